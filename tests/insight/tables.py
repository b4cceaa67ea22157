"""Ibis tables of the sets that tests compute from, and of lines written down in a test."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

import mainstay

TINY = Path(__file__).parents[1] / "data" / "tiny"
ONLINE_RETAIL = Path(__file__).parents[1] / "data" / "online_retail.parquet"
ADVENTURE_WORKS = Path(mainstay.__file__).parent / "cli" / "demo" / "data"

LINES = pa.schema(
    {
        "source": pa.string(),
        "document": pa.string(),
        "date": pa.date32(),
        "account": pa.string(),
        "product": pa.string(),
        "quantity": pa.decimal128(18, 6),
        "amount": pa.decimal128(18, 4),
        "cost": pa.decimal128(18, 4),
    }
)
COSTS = pa.schema({"date": pa.date32(), "account": pa.string(), "kind": pa.string(), "amount": pa.decimal128(18, 4)})
ACCOUNTS = pa.schema(
    {
        "code": pa.string(),
        "industry": pa.string(),
        "size": pa.string(),
        "country": pa.string(),
        "need": pa.string(),
        "last_contact": pa.date32(),
        "potential": pa.decimal128(18, 4),
        "room": pa.float64(),
        "score": pa.float64(),
        "contacts": pa.int64(),
    }
)


class Tables(NamedTuple):
    """Sales lines, cost lines and accounts on one backend."""

    backend: Backend
    lines: Table
    costs: Table
    accounts: Table

    def materialise(self, name: str, table: Table) -> Table:
        return self.backend.create_table(name, table, temp=True)


Row = dict[str, Any]


def sold(account: str | None, day: date, amount: str, **more: Any) -> Row:
    """A sales line; unless told otherwise each is a document of its own account and day."""
    given = {"source": "default", "document": f"{account}-{day}", "product": "P1", "quantity": None, "cost": None}
    return {**given, "account": account, "date": day, "amount": Decimal(amount), **more}


def spent(account: str | None, day: date, amount: str, kind: str | None = "other") -> Row:
    return {"account": account, "date": day, "kind": kind, "amount": Decimal(amount)}


def known(code: str, **more: Any) -> Row:
    return dict.fromkeys(ACCOUNTS.names) | {"code": code, "contacts": 0, **more}


def written(lines: Sequence[Row], costs: Sequence[Row] = (), accounts: Sequence[Row] = ()) -> Tables:
    """Tables of what a test wrote down; accounts that only lines name are not made known."""
    backend = ibis.duckdb.connect()
    backend.con.execute("SET threads = 2")
    tables = {"lines": (lines, LINES), "costs": (costs, COSTS), "accounts": (accounts, ACCOUNTS)}
    for name, (rows, schema) in tables.items():
        backend.con.register("given", pa.Table.from_pylist(list(rows), schema))
        backend.con.execute(f"CREATE TABLE {name} AS FROM given")
    return Tables(backend, *(backend.table(name) for name in tables))


def rows(table: Table, order: str = "code") -> list[Row]:
    """All rows, by `order` where there is such a column."""
    found: list[Row] = table.to_pyarrow().to_pylist()
    return sorted(found, key=lambda row: (row[order] is None, row[order])) if order in table.columns else found


def one(table: Table) -> Row:
    (row,) = rows(table)
    return row


def by_code(table: Table, code: str = "code") -> dict[str | None, Row]:
    return {row[code]: row for row in rows(table, code)}


def _read(lines: str, costs: str, accounts: str) -> Tables:
    backend = ibis.duckdb.connect()
    backend.con.execute("SET threads = 2")
    for name, query in (("lines", lines), ("costs", costs), ("accounts", accounts)):
        backend.con.execute(f"CREATE TABLE {name} AS {query}")
    return Tables(backend, *(backend.table(name) for name in ("lines", "costs", "accounts")))


_NOBODY_SAID = "NULL::DECIMAL(18, 4) AS potential, NULL::DOUBLE AS room, NULL::DOUBLE AS score"


def tiny() -> Tables:
    return _read(
        "SELECT 'default' AS source, document, date, account, product, quantity::DECIMAL(18, 6) AS quantity, "
        f"amount::DECIMAL(18, 4) AS amount, cost::DECIMAL(18, 4) AS cost FROM read_csv('{TINY}/sales.csv')",
        f"SELECT date, account, kind, amount::DECIMAL(18, 4) AS amount FROM read_csv('{TINY}/costs.csv')",
        "SELECT code, industry, size::VARCHAR AS size, country, need, last_contact, "
        f"{_NOBODY_SAID}, 0::BIGINT AS contacts FROM read_csv('{TINY}/accounts.csv')",
    )


def adventure_works() -> Tables:
    """With the number of employees taken as size."""
    folder = ADVENTURE_WORKS
    return _read(
        "SELECT 'default' AS source, document, date, account, product, quantity::DECIMAL(18, 6) AS quantity, "
        f"amount::DECIMAL(18, 4) AS amount, cost::DECIMAL(18, 4) AS cost FROM '{folder}/sales.parquet'",
        f"SELECT date, account, kind, amount::DECIMAL(18, 4) AS amount FROM read_csv('{folder}/costs.csv')",
        "SELECT code, industry, employees::VARCHAR AS size, country, NULL::VARCHAR AS need, "
        f"NULL::DATE AS last_contact, {_NOBODY_SAID}, "
        f"(SELECT count(*) FROM read_csv('{folder}/contacts.csv') c WHERE c.account = a.code) AS contacts "
        f"FROM read_csv('{folder}/accounts.csv') a",
    )


def online_retail() -> Tables:
    """amount = quantity × unit price to four decimals; no costs; accounts are those the lines name."""
    price = "UnitPrice::DECIMAL(18, 6)"
    return _read(
        "SELECT 'default' AS source, InvoiceNo AS document, InvoiceDate::DATE AS date, CustomerID::VARCHAR AS account, "
        "StockCode AS product, Quantity::DECIMAL(18, 6) AS quantity, "
        f"round(Quantity * {price}, 4)::DECIMAL(18, 4) AS amount, NULL::DECIMAL(18, 4) AS cost FROM '{ONLINE_RETAIL}'",
        "SELECT NULL::DATE AS date, NULL::VARCHAR AS account, NULL::VARCHAR AS kind, NULL::DECIMAL(18, 4) AS amount "
        "WHERE false",
        "SELECT DISTINCT account AS code, NULL::VARCHAR AS industry, NULL::VARCHAR AS size, NULL::VARCHAR AS country, "
        f"NULL::VARCHAR AS need, NULL::DATE AS last_contact, {_NOBODY_SAID}, 0::BIGINT AS contacts "
        "FROM lines WHERE account IS NOT NULL",
    )
