"""Skewed sales made up for the measurements: few accounts and products make most of the lines, as in real life."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from mainstay.ledger.engine import duckdb_opened

LAST_DAY = date(2024, 6, 30)
DAYS = 3 * 365
PRODUCTS = 20_000
# Lines per document on average; one of COSTS lines has a cost line of its own.
PER_DOCUMENT, COSTS = 5, 20
FORMS = ("parquet", "csv")


@dataclass(frozen=True)
class MadeUp:
    """The files to import; people own the accounts. Of the sales there are those of the forms asked for."""

    accounts: Path
    sales_parquet: Path
    sales_csv: Path
    costs: Path


# The same number always gives the same line: hash() of a number is fixed, and all is made of it.
def _unit(salt: int, of: str) -> str:
    return f"(hash({of} * 1000 + {salt}) / 18446744073709551616.0)"


def write(folder: Path, *, lines: int, accounts: int, people: int, forms: tuple[str, ...] = FORMS) -> MadeUp:
    """Write about `lines` sales lines of `accounts` accounts over three years, with costs and the accounts' data.

    Lines are written as they are made: memory stays small, however many there are.
    """
    made = MadeUp(*(folder / name for name in ("accounts.csv", "sales.parquet", "sales.csv", "costs.parquet")))
    documents = _documents(lines)
    with duckdb_opened() as connection:
        for form in forms:
            _copy(connection, _sales(f"range({documents}) t(d)", documents, accounts), folder / f"sales.{form}")
        _copy(connection, _costs(lines, accounts), made.costs)
        _copy(connection, _accounts(accounts, people), made.accounts)
    return made


def write_addition(to: Path, *, lines: int, accounts: int, more: int) -> None:
    """Write about `more` sales lines as CSV, half of them lines of `write`, from all its years; the others are new."""
    documents, half = _documents(lines), max(1, more // 2 // PER_DOCUMENT)
    step = max(1, documents // half)
    chosen = f"""(SELECT d FROM (SELECT d FROM range(0, {documents}, {step}) t(d) LIMIT {half})
        UNION ALL SELECT d FROM range({documents}, {documents + half}) t(d)) ORDER BY d"""
    with duckdb_opened() as connection:
        _copy(connection, _sales(f"(FROM {chosen})", documents, accounts), to)


def code_of(place: float, accounts: int) -> str:
    """The account that holds the line at `place` (0 to 1) when all lines are put in order of accounts."""
    return f"C{int(accounts * place**4):07}"


def _documents(lines: int) -> int:
    return max(1, lines // PER_DOCUMENT)


def _copy(connection: duckdb.DuckDBPyConnection, query: str, to: Path) -> None:
    connection.execute(f"COPY ({query}) TO '{to}' (FORMAT {to.suffix[1:]})").fetchall()


def _account(accounts: int) -> str:
    # u^4 is about Zipf's law: a fifth of the accounts gets two thirds of the documents, the first alone one in 25.
    return f"'C' || lpad(floor({accounts} * pow({_unit(1, 'd')}, 4))::BIGINT::VARCHAR, 7, '0')"


def _sales(numbers: str, documents: int, accounts: int) -> str:
    """The lines of the documents whose numbers `d` are given; from `documents` on they begin at the last day again."""
    return f"""
        WITH documents AS (
            SELECT d, {_account(accounts)} AS account,
                DATE '{LAST_DAY}' - ((d % {documents}) * {DAYS} // {documents})::INTEGER AS date,
                1 + (hash(d * 1000 + 2) % {2 * PER_DOCUMENT - 1})::INTEGER AS n
            FROM {numbers}
        ), lines AS (SELECT *, unnest(range(n)) AS k, d * 16 + k AS i FROM documents)
        SELECT 'D' || lpad(d::VARCHAR, 9, '0') AS document, k + 1 AS line, date,
            CASE WHEN hash(d * 1000 + 3) % 200 > 0 THEN account END AS account,
            'P' || lpad(floor({PRODUCTS} * pow({_unit(4, "i")}, 3))::BIGINT::VARCHAR, 6, '0') AS product,
            (CASE WHEN hash(i * 1000 + 5) % 40 = 0 THEN -1 ELSE 1 END * (1 + hash(i * 1000 + 6) % 20)::INTEGER)
                ::DECIMAL(18, 6) AS quantity,
            ((100 + hash(i * 1000 + 7) % 50000) / 100.0)::DECIMAL(18, 6) AS unit_price,
            (quantity * unit_price)::DECIMAL(18, 4) AS amount,
            (quantity * unit_price * ((40 + hash(i * 1000 + 8) % 70) / 100))::DECIMAL(18, 4) AS cost,
            'EUR' AS currency
        FROM lines
    """


def _costs(lines: int, accounts: int) -> str:
    return f"""
        SELECT 'K' || d AS reference, DATE '{LAST_DAY}' - (d % {DAYS})::INTEGER AS date,
            CASE WHEN hash(d * 1000 + 3) % 50 > 0 THEN {_account(accounts)} END AS account, 'delivery' AS kind,
            ((100 + hash(d * 1000 + 9) % 9000) / 100.0)::DECIMAL(18, 4) AS amount, 'EUR' AS currency
        FROM range({max(1, lines // COSTS)}) t(d)
    """


def _accounts(accounts: int, people: int) -> str:
    return f"""
        SELECT 'C' || lpad(d::VARCHAR, 7, '0') AS code,
            (['Alder', 'Birch', 'Cedar', 'Elm', 'Fir', 'Hazel', 'Larch', 'Maple', 'Oak', 'Pine'])[1 + d % 10] || ' '
            || (['Works', 'Trading', 'Foods', 'Steel', 'Paper', 'Tools', 'Glass'])[1 + d // 10 % 7]
            || ' ' || d AS name,
            'Country ' || floor(40 * pow({_unit(11, "d")}, 2))::INTEGER AS country,
            'Region ' || hash(d * 1000 + 12) % 12 AS region, 'Industry ' || hash(d * 1000 + 13) % 30 AS industry,
            'Size ' || hash(d * 1000 + 14) % 5 AS size,
            CASE WHEN hash(d * 1000 + 15) % 10 > 0
                THEN 'p' || hash(d * 1000 + 16) % {people} || '@example.com' END AS owner,
            CASE WHEN hash(d * 1000 + 17) % 10 = 0 THEN 'need' END AS need,
            CASE WHEN hash(d * 1000 + 18) % 3 = 0
                THEN DATE '{LAST_DAY}' - (hash(d * 1000 + 19) % 700)::INTEGER END AS last_contact,
            CASE WHEN hash(d * 1000 + 20) % 10 = 0 THEN 100 * (hash(d * 1000 + 21) % 5000) END AS potential
        FROM range({accounts}) t(d)
    """
