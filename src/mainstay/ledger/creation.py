"""What lines bring with them: accounts and products that were not known, and what the file says of them."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
from django.db.models import QuerySet

from mainstay.accounts.models import Account
from mainstay.accounts.selectors import aliases_without_account
from mainstay.accounts.services import accounts_plan_from_sales, accounts_write_from_sales
from mainstay.ledger.models import Batch, CreatedAccount, Product
from mainstay.ledger.units import copy_to
from mainstay.orm.bulk import insert_rows
from mainstay.people.selectors import person_finder

pa: Any = importlib.import_module("pyarrow")

ACCOUNT_FACTS = {
    "account_name": "name",
    "country": "country",
    "industry": "industry",
    "parent": "parent",
    "owner": "owner",
}
_HELD = {"parent": "parent_id", "owner": "owner_id"}
CHUNK = 5_000
MANY = 20_000
Made = tuple[dict[str, int], Sequence[tuple[str, dict[str, Any]]]]


@dataclass(frozen=True)
class Created:
    """Accounts (rows of code and facts) and products (code → name) that lines name; not all of them are new."""

    accounts: list[dict[str, Any]] = field(default_factory=list)
    products: dict[str, str] = field(default_factory=dict)

    def _of_accounts(self) -> list[dict[str, Any]]:
        """The rows without those of codes that only stand for another account."""
        aliases = aliases_without_account()
        return [row for row in self.accounts if row["code"] not in aliases] if aliases else self.accounts

    def foreseen(self) -> Made:
        """How many of each a commit would make, and its warnings."""
        planned = accounts_plan_from_sales(rows=self._of_accounts(), people=person_finder())
        products = set(Product.objects.values_list("code", flat=True).iterator())
        counts = {"accounts": planned.new, "products": sum(code not in products for code in self.products)}
        return counts, planned.warnings

    def carry_out(self, batch: Batch) -> Made:
        """Make what is not there yet, in the transaction of the commit; returns counts and warnings."""
        written = accounts_write_from_sales(rows=self._of_accounts(), people=person_finder())
        insert_rows(CreatedAccount, ("batch_id", "account_id"), ((batch.pk, pk) for pk in written.created))
        known = dict(Product.objects.values_list("code", "sales_name").iterator())
        made = [code for code in self.products if code not in known]
        insert_rows(
            Product,
            ("code", "name", "sales_name", "revision", "batch_id"),
            ((code, self.products[code], self.products[code], 0, batch.pk) for code in made),
        )
        unnamed = {code for code, name in self.products.items() if name and known.get(code) == ""}
        if unnamed:
            named = [p for p in Product.objects.filter(sales_name="").iterator() if p.code in unnamed]
            for product in named:
                product.sales_name = self.products[product.code]
                product.name = product.name or product.sales_name
            Product.objects.bulk_update(named, ["name", "sales_name"], batch_size=500)
        return {"accounts": len(written.created), "products": len(made)}, list(written.warnings)


def load_created(connection: duckdb.DuckDBPyConnection, kind: str, mapped: frozenset[str]) -> Created:
    """Gather from `stated_rows` which accounts and products they name; leaves the table `account_facts`.

    Where rows differ on a fact, the latest dated row that states it counts.
    """
    facts = {ours: theirs for theirs, ours in ACCOUNT_FACTS.items() if kind == "sales" and theirs in mapped}
    latest = ", ".join(
        f"arg_max({theirs}, (date, file, row)) FILTER ({theirs} IS NOT NULL) AS {ours}"
        for ours, theirs in facts.items()
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE account_facts AS
        SELECT account AS code{", " + latest if latest else ""} FROM stated_rows
        WHERE account IS NOT NULL GROUP BY account ORDER BY account"""
    )
    known = Account.objects.values_list("code", *(_HELD.get(name, name) for name in facts))
    accounts = _news(connection, "account_facts", ["code", *facts], known)
    return Created(accounts=accounts, products=_products(connection, mapped) if kind == "sales" else {})


def _products(connection: duckdb.DuckDBPyConnection, mapped: frozenset[str]) -> dict[str, str]:
    name = (
        "arg_max(product_name, (date, file, row)) FILTER (product_name IS NOT NULL)"
        if "product_name" in mapped
        else "NULL::VARCHAR"
    )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE product_facts AS SELECT product AS code, left({name}, 400) AS name
        FROM stated_rows WHERE product IS NOT NULL GROUP BY product ORDER BY product"""
    )
    rows = _news(connection, "product_facts", ["code", "name"], Product.objects.values_list("code", "sales_name"))
    return {row["code"]: row["name"] or "" for row in rows}


def _news(
    connection: duckdb.DuckDBPyConnection, table: str, names: list[str], known: QuerySet[Any]
) -> list[dict[str, Any]]:
    """The rows of `table` (code and facts), in its order. Of many only those that the database does not know, or whose
    facts it lacks; the others stay out of memory. `known` gives the same columns of the database."""
    query = f"FROM {table}"
    if connection.execute(f"SELECT count(*) > {MANY} FROM {table}").fetchall()[0][0]:
        columns = ", ".join(f"{name} VARCHAR" for name in names)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE held_facts ({columns})")
        rows = known.iterator(chunk_size=CHUNK)
        while block := list(islice(rows, CHUNK)):
            texts = [
                [None if value in (None, "") else str(value) for value in column] for column in zip(*block, strict=True)
            ]
            connection.register("held_block", pa.table([pa.array(text, pa.string()) for text in texts], names=names))
            connection.execute("INSERT INTO held_facts FROM held_block")
        lacks = [f"(t.{name} IS NOT NULL AND h.{name} IS NULL)" for name in names]
        query = (
            f"SELECT t.* FROM {table} t LEFT JOIN held_facts h USING (code) WHERE {' OR '.join(lacks)} ORDER BY code"
        )
    return [dict(zip(names, row, strict=True)) for row in connection.execute(query).fetchall()]


def write_facts(connection: duckdb.DuckDBPyConnection, to: Path) -> int:
    """Write what the batch says of its accounts; returns how many there are."""
    return copy_to(connection, "FROM account_facts", to)
