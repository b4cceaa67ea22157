"""What one account bought month by month, in the window and in the one before, to the cent of its figures."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mainstay.grading.marts.engine import reading
from mainstay.grading.marts.files import file_of
from mainstay.grading.models import Refresh


@dataclass(frozen=True)
class WindowMonth:
    """`month` is its first day; `before` tells the window before from this one, which may share a month."""

    month: date
    before: bool
    sales: Decimal
    goods_cost: Decimal
    lines: int


def window_months(refresh: Refresh, code: str) -> list[WindowMonth]:
    """An account's months with sales lines in the window or the one before, oldest first."""
    with reading() as connection:
        found = connection.execute(
            "SELECT month::DATE, period = 1, sum(sales), sum(goods_cost), sum(lines)::BIGINT FROM read_parquet(?) "
            "WHERE account = ? AND period < 2 GROUP BY ALL ORDER BY ALL",
            [file_of(refresh, "months"), code],
        )
        return [WindowMonth(*values) for values in found.fetchall()]
