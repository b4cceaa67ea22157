"""Which products one account bought, and which ones others like it buy beside these."""

from dataclasses import dataclass
from decimal import Decimal

import duckdb

from mainstay.grading.marts.engine import reading
from mainstay.grading.marts.files import file_of, has_mart
from mainstay.grading.models import Refresh

NOTHING = Decimal("0.0000")


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
    quantity_before: Decimal | None


@dataclass(frozen=True)
class Products:
    """The first of them; count and sums are of all."""

    rows: list[Bought]
    count: int
    sales: Decimal
    profit: Decimal
    sales_before: Decimal


@dataclass(frozen=True)
class Assortment:
    """`bought` has lines in the window, `lost` only in the window before; a product None: lines that name none.

    `charges` are codes that are no products, such as postage, in either window: with `bought` and `lost` they make up
    all that was sold.
    """

    bought: Products
    lost: Products
    charges: Products


@dataclass(frozen=True)
class Branch:
    """What was bought of a category and all below it. `path` None: of products that are in no category, or, below a
    category, directly in it. `deeper`: there are categories below."""

    path: str | None
    name: str
    products: int
    sales: Decimal
    profit: Decimal
    sales_before: Decimal
    deeper: bool


@dataclass(frozen=True)
class NotBought:
    """A product that accounts like this one buy; `rank` from 1, by how many of them do."""

    product: str
    rank: int


SEPARATOR = " / "


def assortment(refresh: Refresh, code: str, *, limit: int | None = None, category: str = "") -> Assortment:
    """What was bought in the window, most sales first, and what in the one before only; the first `limit` of each.

    With `category`, of products in it and below it alone; charges are of the whole.
    """
    with reading() as connection:
        _create_products(connection, refresh, code)
        inside = "" if not category else " AND (category = $path OR starts_with(category, $path || $separator))"
        bound = {"path": category, "separator": SEPARATOR} if category else {}
        return Assortment(
            bought=_products(connection, f"now AND NOT marked{inside}", "sales DESC, sales_before DESC", limit, bound),
            lost=_products(connection, f"NOT now AND NOT marked{inside}", "sales_before DESC", limit, bound),
            charges=_products(connection, "marked", "sales DESC, sales_before DESC", limit, {}),
        )


def branches(refresh: Refresh, code: str, *, category: str = "") -> list[Branch]:
    """What was bought in either window by the categories below `category`, at the top where it is blank.

    Most sales first, what is directly in it or in none last; empty where the refresh knows no categories.
    """
    if not has_mart(refresh, "products"):
        return []
    with reading() as connection:
        _create_products(connection, refresh, code)
        rows = connection.execute(
            """
            WITH inside AS (
                SELECT *, CASE WHEN $path = '' THEN category
                    WHEN starts_with(category, $path || $separator) THEN substr(category, length($path) + 4) END AS rest
                FROM products WHERE NOT marked
                    AND ($path = '' OR category = $path OR starts_with(category, $path || $separator))
            )
            SELECT string_split(rest, $separator)[1] AS name, count(*) FILTER (now), sum(sales), sum(profit),
                sum(sales_before), bool_or(contains(rest, $separator))
            FROM inside GROUP BY name ORDER BY name IS NULL, sum(sales) DESC, name
            """,
            {"path": category, "separator": SEPARATOR},
        ).fetchall()
    return [
        Branch(
            path=None if name is None else SEPARATOR.join(filter(None, (category, name))),
            name=name or "",
            products=products,
            sales=sales,
            profit=profit,
            sales_before=before,
            deeper=bool(deeper),
        )
        for name, products, sales, profit, before, deeper in rows
    ]


def _create_products(connection: duckdb.DuckDBPyConnection, refresh: Refresh, code: str) -> None:
    """The table `products`: what an account bought of each, with its category and whether it is no product."""
    connection.execute(
        """
        CREATE TEMP TABLE bought AS SELECT product,
            coalesce(sum(sales) FILTER (period = 0), 0)::DECIMAL(38, 4) AS sales,
            coalesce(sum(sales - goods_cost) FILTER (period = 0), 0)::DECIMAL(38, 4) AS profit,
            sum(quantity) FILTER (period = 0) AS quantity,
            coalesce(sum(sales) FILTER (period = 1), 0)::DECIMAL(38, 4) AS sales_before,
            sum(quantity) FILTER (period = 1) AS quantity_before,
            bool_or(period = 0) AS now
        FROM read_parquet(?) WHERE account = ? AND period < 2 GROUP BY product
        """,
        [file_of(refresh, "months"), code],
    )
    if has_mart(refresh, "products"):
        connection.execute(
            """
            CREATE TEMP TABLE products AS SELECT bought.*, told.category, coalesce(told.marked, false) AS marked
            FROM bought LEFT JOIN read_parquet(?) AS told USING (product)
            """,
            [file_of(refresh, "products")],
        )
    else:
        connection.execute(
            "CREATE TEMP TABLE products AS SELECT *, NULL::VARCHAR AS category, false AS marked FROM bought"
        )


def _products(
    connection: duckdb.DuckDBPyConnection, which: str, order: str, limit: int | None, bound: dict[str, str]
) -> Products:
    ((count, *sums),) = connection.execute(
        "SELECT count(*), coalesce(sum(sales), 0)::DECIMAL(38, 4), coalesce(sum(profit), 0)::DECIMAL(38, 4), "
        f"coalesce(sum(sales_before), 0)::DECIMAL(38, 4) FROM products WHERE {which}",
        bound,
    ).fetchall()
    rows = connection.execute(
        "SELECT product, sales, profit, quantity, sales_before, quantity_before "
        f"FROM products WHERE {which} ORDER BY {order}, product NULLS LAST LIMIT $limit",
        bound | {"limit": limit},
    )
    return Products([Bought(*values) for values in rows.fetchall()], count, *sums)


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
