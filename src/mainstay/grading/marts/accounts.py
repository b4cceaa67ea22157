"""The account mart: one account's row, many in some order, the cells of a part of the company."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
from django.db.models import QuerySet

from mainstay.accounts.models import Account
from mainstay.core.errors import N_, Refused
from mainstay.grading.marts.engine import reading
from mainstay.grading.marts.files import file_of
from mainstay.grading.models import Refresh

Row = dict[str, Any]

# What accounts may be sorted by, and whether the largest comes first.
ORDERS = {
    "code": False,
    "cell": False,
    "class": False,
    "letter": False,
    "rank": False,
    "profit_rank": False,
    "sales": True,
    "profit": True,
    "sales_before": True,
    "sales_share": True,
    "score": True,
    "attractiveness": True,
    "potential": True,
    "orders": True,
    "products": True,
    "first_order": False,
    "last_order": True,
}


def codes_of(accounts: QuerySet[Account]) -> pa.Table:
    """The codes of accounts as a column `code`, to be joined in DuckDB."""
    codes = accounts.order_by().values_list("code", flat=True).iterator(chunk_size=20_000)
    return pa.table({"code": pa.array(codes, pa.string())})


def rows_of(result: duckdb.DuckDBPyConnection) -> list[Row]:
    """What a query found, as dictionaries."""
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, values, strict=True)) for values in result.fetchall()]


def scoped(connection: duckdb.DuckDBPyConnection, codes: pa.Table | None) -> str:
    """A WHERE clause that leaves the accounts of `codes`; all where there are none."""
    if codes is None:
        return "TRUE"
    connection.register("visible", codes)
    return "code IN (SELECT code FROM visible)"


def account(refresh: Refresh, code: str) -> Row | None:
    """The row of one account, its columns as `grading.compute.COLUMNS`; None where it had none."""
    with reading() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?) WHERE code = ?", [file_of(refresh, "accounts"), code])
        return next(iter(rows_of(found)), None)


def accounts(
    refresh: Refresh, *, codes: pa.Table | None = None, order: str = "sales", limit: int | None = None
) -> list[Row]:
    """Rows of the account mart sorted by one of ORDERS, with a minus the other way round; ties by code, empty last.

    Raises Refused for an order it does not know.
    """
    plain = order.removeprefix("-")
    if plain not in ORDERS:
        raise Refused(
            N_("Accounts cannot be sorted by “%(order)s”. Choose one of: %(orders)s."),
            order=order,
            orders=", ".join(ORDERS),
        )
    direction = "DESC" if ORDERS[plain] != order.startswith("-") else "ASC"
    with reading() as connection:
        found = connection.execute(
            f"SELECT * FROM read_parquet(?) WHERE {scoped(connection, codes)} "
            f'ORDER BY "{plain}" {direction} NULLS LAST, code LIMIT ?',
            [file_of(refresh, "accounts"), limit if limit is not None else 2**62],
        )
        return rows_of(found)


def sums_of(refresh: Refresh, codes: pa.Table) -> dict[str, tuple[Decimal, Decimal]]:
    """Sales and profit of some accounts, by code."""
    with reading() as connection:
        found = connection.execute(
            f"SELECT code, sales, profit FROM read_parquet(?) WHERE {scoped(connection, codes)}",
            [file_of(refresh, "accounts")],
        )
        return {code: (sales, profit) for code, sales, profit in found.fetchall()}


def cells(refresh: Refresh, codes: pa.Table | None = None) -> Mapping[str, tuple[int, Decimal, Decimal]]:
    """Accounts, sales and profit by cell, of the accounts of `codes`; cells without accounts are left out."""
    with reading() as connection:
        found = connection.execute(
            "SELECT cell, count(*), sum(sales), sum(profit) FROM read_parquet(?) "
            f"WHERE {scoped(connection, codes)} GROUP BY cell",
            [file_of(refresh, "accounts")],
        )
        return {cell: (count, sales, profit) for cell, count, sales, profit in found.fetchall()}
