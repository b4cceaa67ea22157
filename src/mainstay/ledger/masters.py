"""What a file states of accounts, contacts, aliases, products and rates: kept with its batch, and written to them."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from mainstay.accounts import services
from mainstay.accounts.statements import Outcome
from mainstay.ledger.models import Batch, CreatedAccount, Kind
from mainstay.ledger.product_files import plan_products, write_products
from mainstay.ledger.rate_files import load_rates, plan_rates, write_rates
from mainstay.people.selectors import person_finder

Row = Mapping[str, Any]
CHUNK = 5_000
# The field that every row of a kind has.
KEYS: Mapping[str, str] = {
    Kind.ACCOUNTS: "code",
    Kind.CONTACTS: "account",
    Kind.ALIASES: "alias",
    Kind.PRODUCTS: "code",
    Kind.RATES: "currency",
}


def rows_of(connection: duckdb.DuckDBPyConnection, kind: str, mapped: frozenset[str]) -> list[dict[str, Any]]:
    """The staged rows, in the order of the files, with `file`, `row` and the mapped fields."""
    names = ["file", "row", *sorted(mapped | {KEYS[kind]})]
    found = connection.execute(f"SELECT {', '.join(names)} FROM staged_rows ORDER BY file, row").fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]


def plan(kind: str, rows: Sequence[Row]) -> Outcome:
    """What writing these rows would do."""
    if kind == Kind.ACCOUNTS:
        return services.accounts_plan(rows=rows, people=person_finder())
    if kind == Kind.ALIASES:
        return services.aliases_plan(rows=rows)
    if kind == Kind.PRODUCTS:
        return plan_products(rows)
    if kind == Kind.RATES:
        return plan_rates(rows)
    return services.contacts_plan(rows=rows)


def write(kind: str, rows: Sequence[Row], batch: Batch) -> Outcome:
    """Write these rows, in the transaction of the commit."""
    if kind == Kind.CONTACTS:
        return services.contacts_write(rows=rows)
    if kind == Kind.ALIASES:
        return services.aliases_write(rows=rows, by=batch.by)
    if kind == Kind.PRODUCTS:
        return write_products(rows, batch)
    if kind == Kind.RATES:
        return write_rates(rows, batch)
    outcome = services.accounts_write(rows=rows, people=person_finder())
    CreatedAccount.objects.bulk_create(
        (CreatedAccount(batch=batch, account_id=pk) for pk in outcome.created), batch_size=CHUNK
    )
    return outcome


def load_facts(connection: duckdb.DuckDBPyConnection, kind: str, mapped: frozenset[str], rows: Sequence[Row]) -> None:
    """`account_facts`: what the batch will be known to have stated, in the order of its files."""
    if kind == Kind.RATES:
        load_rates(connection, rows)
        return
    names = ", ".join(sorted(mapped | {KEYS[kind]}))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE account_facts AS SELECT {names} FROM staged_rows ORDER BY file, row"
    )
