"""What one account bought month by month, in the window and in the one before, to the cent of its figures."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mainstay.grading.marts.engine import reading
from mainstay.grading.marts.files import file_of, has_mart
from mainstay.grading.models import Refresh


@dataclass(frozen=True)
class WindowMonth:
    """`month` is its first day; `before` tells the window before from this one, which may share a month."""

    month: date
    before: bool
    sales: Decimal
    goods_cost: Decimal
    lines: int


def window_months(refresh: Refresh, code: str, *, category: str = "") -> list[WindowMonth]:
    """An account's months with sales lines in the window or the one before, oldest first.

    With `category`, of the products in it and below it alone.
    """
    inside, bound = "", {"months": file_of(refresh, "months"), "code": code}
    if category:
        if not has_mart(refresh, "products"):
            return []
        inside = (
            "AND product IN (SELECT product FROM read_parquet($products) WHERE NOT marked "
            "AND (category = $path OR starts_with(category, $path || ' / ')))"
        )
        bound |= {"products": file_of(refresh, "products"), "path": category}
    with reading() as connection:
        found = connection.execute(
            "SELECT month::DATE, period = 1, sum(sales), sum(goods_cost), sum(lines)::BIGINT "
            f"FROM read_parquet($months) WHERE account = $code AND period < 2 {inside} GROUP BY ALL ORDER BY ALL",
            bound,
        )
        return [WindowMonth(*values) for values in found.fetchall()]
