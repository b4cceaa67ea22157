"""What one account bought: by month, by product, and what others like it buy beside that."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from mainstay.grading.marts.engine import reading
from mainstay.grading.marts.files import file_of
from mainstay.grading.models import Refresh

NOTHING = Decimal("0.0000")


@dataclass(frozen=True)
class Month:
    """`month` is its first day; booked costs are known by account only and not in it."""

    month: date
    sales: Decimal
    goods_cost: Decimal
    lines: int


@dataclass(frozen=True)
class Bought:
    """What was bought of a product in the window, and in the window before; `quantity` None where no line had one.

    `profit` is sales − goods cost.
    """

    product: str | None
    sales: Decimal
    profit: Decimal
    quantity: Decimal | None
    sales_before: Decimal
    profit_before: Decimal
    quantity_before: Decimal | None
    last_month: date


@dataclass(frozen=True)
class NotBought:
    """A product that accounts like this one buy; `rank` from 1, by how many of them do."""

    product: str
    rank: int


def months(refresh: Refresh, code: str) -> list[Month]:
    """An account's months with sales lines, oldest first, over all history up to the as-of date."""
    with reading() as connection:
        found = connection.execute(
            "SELECT month, sum(sales), sum(goods_cost), sum(lines)::BIGINT FROM read_parquet(?) WHERE account = ? "
            "GROUP BY month ORDER BY month",
            [file_of(refresh, "months"), code],
        )
        return [Month(*values) for values in found.fetchall()]


def bought(refresh: Refresh, code: str) -> list[Bought]:
    """Products bought in the window or the one before, most sales first; None: lines that name none."""
    with reading() as connection:
        found = connection.execute(
            """
            SELECT product,
                coalesce(sum(sales) FILTER (period = 0), 0)::DECIMAL(38, 4),
                coalesce(sum(sales - goods_cost) FILTER (period = 0), 0)::DECIMAL(38, 4),
                sum(quantity) FILTER (period = 0),
                coalesce(sum(sales) FILTER (period = 1), 0)::DECIMAL(38, 4),
                coalesce(sum(sales - goods_cost) FILTER (period = 1), 0)::DECIMAL(38, 4),
                sum(quantity) FILTER (period = 1),
                max(month)
            FROM read_parquet(?) WHERE account = ? AND period < 2
            GROUP BY product ORDER BY 2 DESC, 5 DESC, product NULLS LAST
            """,
            [file_of(refresh, "months"), code],
        )
        return [Bought(*values) for values in found.fetchall()]


def not_bought(refresh: Refresh, code: str, *, limit: int = 10) -> list[NotBought]:
    """What accounts of the same industry buy most, or all accounts where these are few, and this one did not.

    Told as ranks only: how many others buy it is not for everybody to see.
    """
    with reading() as connection:
        found = connection.execute(
            """
            WITH own AS (SELECT industry FROM read_parquet($facts) WHERE code = $code),
            alike AS (
                SELECT industry, rank, product FROM read_parquet($popular)
                WHERE industry IS NULL OR industry IN (SELECT industry FROM own)
            )
            SELECT product, rank FROM alike
            WHERE (industry IS NOT NULL OR NOT EXISTS (SELECT 1 FROM alike WHERE industry IS NOT NULL))
                AND product NOT IN (
                    SELECT product FROM read_parquet($months)
                    WHERE account = $code AND period = 0 AND product IS NOT NULL
                )
            ORDER BY rank LIMIT $limit
            """,
            {
                "facts": file_of(refresh, "facts"),
                "popular": file_of(refresh, "popular"),
                "months": file_of(refresh, "months"),
                "code": code,
                "limit": limit,
            },
        )
        return [NotBought(*values) for values in found.fetchall()]
