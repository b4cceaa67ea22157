"""Ledgers for tests, written straight to Parquet as an import leaves them behind.

batch = sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 'A1' AS account, 5 AS amount")
tiny_ledger()
"""

import uuid
from datetime import date
from pathlib import Path

import duckdb
from django.conf import settings

from mainstay.accounts.models import Account
from mainstay.core import clock
from mainstay.ledger.models import Batch, Content, Head, LedgerFile, State
from mainstay.ledger.schema import COST_COLUMNS, SALES_COLUMNS
from tests.factories import make_account, make_contact

TINY = Path(__file__).parent / "data" / "tiny"
DEMO = Path(__file__).parents[1] / "src" / "mainstay" / "cli" / "demo" / "data"
ONLINE_RETAIL = Path(__file__).parent / "data" / "online_retail.parquet"
TINY_DAY = date(2024, 6, 30)
DEMO_DAY = date(2013, 11, 29)


def sales_batch(query: str) -> Batch:
    """A live batch of the sales lines that `query` gives; columns it leaves out are NULL."""
    return _batch("sales", query, SALES_COLUMNS, {})


def costs_batch(query: str) -> Batch:
    """A live batch of the cost lines that `query` gives; columns it leaves out are NULL."""
    return _batch("costs", query, COST_COLUMNS, {"unit": "''"})


def _batch(kind: str, query: str, columns: dict[str, str], made: dict[str, str]) -> Batch:
    batch = Batch.objects.create(
        kind=kind, source="default", state=State.LIVE, opened_at=clock.now(), live_at=clock.now()
    )
    path = settings.MAINSTAY_HOME / "ledger" / kind / f"{uuid.uuid4().hex}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        given = connection.execute(f"SELECT * FROM ({query}) LIMIT 0").description
        fixed = {"source": "'default'", "batch": str(batch.pk)} | made
        have = {column[0] for column in given} | set(fixed)
        chosen = ", ".join(
            f"({fixed.get(name, name) if name in have else 'NULL'})::{kind} AS {name}" for name, kind in columns.items()
        )
        connection.execute(f"COPY (SELECT {chosen} FROM ({query})) TO '{path}' (FORMAT parquet)")
        rows = connection.execute(f"SELECT count(*) FROM '{path}'").fetchall()[0][0]
    LedgerFile.objects.create(
        kind=kind,
        content=Content.LINES,
        batch=batch,
        path=path.relative_to(settings.MAINSTAY_HOME).as_posix(),
        rows=rows,
    )
    _move_on()
    return batch


def _move_on() -> None:
    head, _made = Head.objects.get_or_create(pk=1)
    Head.objects.filter(pk=1).update(revision=head.revision + 1)


def cover(query: str) -> None:
    """The file of covered pairs of sales lines: batch, source, whole, part."""
    path = settings.MAINSTAY_HOME / "ledger" / "sales" / f"{uuid.uuid4().hex}.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
        rows = connection.execute(f"SELECT count(*) FROM '{path}'").fetchall()[0][0]
    LedgerFile.objects.create(
        kind="sales",
        content=Content.COVERED,
        path=path.relative_to(settings.MAINSTAY_HOME).as_posix(),
        rows=rows,
    )
    _move_on()


def _rows(query: str) -> list[dict[str, object]]:
    with duckdb.connect() as connection:
        found = connection.execute(query)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def tiny_ledger() -> dict[str, Account]:
    """The set worked out by hand in tests/data/tiny/expected.md; returns its accounts by code."""
    csv = "all_varchar=true, header=true"
    sales_batch(f"SELECT * REPLACE (nullif(account, '') AS account) FROM read_csv('{TINY}/sales.csv', {csv})")
    costs_batch(f"SELECT * REPLACE (nullif(account, '') AS account) FROM read_csv('{TINY}/costs.csv', {csv})")
    rows = _rows(
        "SELECT code, name, industry, country, size, coalesce(need, '') AS need, last_contact::DATE AS last_contact "
        f"FROM read_csv('{TINY}/accounts.csv', {csv})"
    )
    return {str(row["code"]): make_account(**row) for row in rows}


def adventureworks_ledger() -> None:
    """The demonstration company: 701 shops, each with a contact, 60,855 lines, freight as costs."""
    sales_batch(f"FROM '{DEMO}/sales.parquet'")
    costs_batch(f"FROM read_csv('{DEMO}/costs.csv', all_varchar=true, header=true)")
    rows = _rows(
        f"""
        SELECT code, name, coalesce(industry, '') AS industry, coalesce(employees, '') AS size,
            coalesce(country, '') AS country, coalesce(region, '') AS region,
            lower(code) || chr(10) || lower(name) AS search
        FROM read_csv('{DEMO}/accounts.csv', all_varchar=true, header=true)
        """
    )
    Account.objects.bulk_create(Account(**row) for row in rows)
    accounts = {account.code: account for account in Account.objects.all()}
    for row in _rows(
        f"SELECT account, name, department FROM read_csv('{DEMO}/contacts.csv', all_varchar=true, header=true)"
    ):
        make_contact(accounts[str(row["account"])], str(row["name"]))


def online_retail_ledger() -> None:
    """A year of a gift shop's lines: returns, postage, a quarter of the lines without an account; no costs."""
    price = "UnitPrice::DECIMAL(18, 6)"
    sales_batch(
        "SELECT InvoiceNo AS document, InvoiceDate::DATE AS date, CustomerID::VARCHAR AS account, "
        f"StockCode AS product, Quantity AS quantity, {price} AS unit_price, "
        f"round(Quantity * {price}, 4) AS amount FROM '{ONLINE_RETAIL}'"
    )
    rows = _rows(f"SELECT DISTINCT CustomerID::VARCHAR AS code FROM '{ONLINE_RETAIL}' WHERE CustomerID IS NOT NULL")
    Account.objects.bulk_create(Account(code=row["code"], search=row["code"]) for row in rows)
