"""What was sold of each product, to everybody, as one refresh has it."""

from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from mainstay.core.sql import quoted
from mainstay.grading.marts.engine import reading
from mainstay.grading.marts.files import file_of, has_mart
from mainstay.grading.models import Refresh

NOTHING = Decimal("0.0000")


@dataclass(frozen=True)
class Sold:
    """Sales of a product in the window and in the one before, and lines in the window."""

    product: str
    sales: Decimal = NOTHING
    sales_before: Decimal = NOTHING
    lines: int = 0


@dataclass(frozen=True)
class Total:
    """Of many products together; `sold`: how many of them had lines in the window."""

    products: int
    sold: int
    sales: Decimal
    sales_before: Decimal


def page(
    refresh: Refresh | None, codes: pa.Table, *, by_sales: bool, after: tuple[Decimal, str] | None, size: int
) -> list[Sold]:
    """The first `size` of the products `codes` (column `code`) after the sales and code `after`.

    Most sales first, ties by code, or by code alone; a product that was not sold has none.
    """
    key, order = "", "code"
    bound: list[object] = []
    if by_sales:
        order = "sales DESC, code"
    if after is not None and by_sales:
        key, bound = (
            "WHERE sales < ?::DECIMAL(38, 4) OR (sales = ?::DECIMAL(38, 4) AND code > ?)",
            [
                str(after[0]),
                str(after[0]),
                after[1],
            ],
        )
    elif after is not None:
        key, bound = "WHERE code > ?", [after[1]]
    with reading() as connection:
        connection.register("wanted", codes)
        rows = connection.execute(
            f"SELECT code, sales, sales_before, lines FROM ({_joined(refresh)}) {key} ORDER BY {order} LIMIT ?",
            [*bound, size],
        ).fetchall()
    return [Sold(*row) for row in rows]


def totals(refresh: Refresh | None, groups: list[pa.Table]) -> list[Total]:
    """Of each of these lists of products (column `code`) its sums."""
    found = []
    with reading() as connection:
        for codes in groups:
            connection.register("wanted", codes)
            (row,) = connection.execute(
                "SELECT count(*), count(*) FILTER (lines > 0), coalesce(sum(sales), 0)::DECIMAL(38, 4), "
                f"coalesce(sum(sales_before), 0)::DECIMAL(38, 4) FROM ({_joined(refresh)})"
            ).fetchall()
            found.append(Total(*row))
            connection.unregister("wanted")
    return found


def unnamed(refresh: Refresh | None) -> Sold:
    """What was sold on lines that name no product."""
    if refresh is None or not has_mart(refresh, "sold"):
        return Sold("")
    with reading() as connection:
        row = connection.execute(
            "SELECT '', sales, sales_before, lines FROM read_parquet(?) WHERE product IS NULL",
            [file_of(refresh, "sold")],
        ).fetchone()
    return Sold(*row) if row else Sold("")


def _joined(refresh: Refresh | None) -> str:
    """SQL: code, sales, sales_before and lines of every code wanted."""
    if refresh is None or not has_mart(refresh, "sold"):
        return (
            "SELECT code, 0::DECIMAL(38, 4) AS sales, 0::DECIMAL(38, 4) AS sales_before, 0::BIGINT AS lines FROM wanted"
        )
    path = quoted(file_of(refresh, "sold"))
    return (
        "SELECT code, coalesce(sales, 0)::DECIMAL(38, 4) AS sales, "
        "coalesce(sales_before, 0)::DECIMAL(38, 4) AS sales_before, coalesce(lines, 0)::BIGINT AS lines "
        f"FROM wanted LEFT JOIN read_parquet({path}) AS sold ON code = product"
    )
