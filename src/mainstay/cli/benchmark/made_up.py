"""Skewed sales made up for the measurements: few accounts and products make most of the lines, as in real life."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mainstay.ledger.engine import duckdb_opened

LAST_DAY = date(2024, 6, 30)
DAYS = 3 * 365
PRODUCTS = 20_000
# Lines per document on average; one of COSTS lines has a cost line of its own.
PER_DOCUMENT, COSTS = 5, 20


@dataclass(frozen=True)
class MadeUp:
    """The files to import; people own the accounts."""

    accounts: Path
    sales_parquet: Path
    sales_csv: Path
    costs: Path


# The same number always gives the same line: hash() of a number is fixed, and all is made of it.
def _unit(salt: int, of: str) -> str:
    return f"(hash({of} * 1000 + {salt}) / 18446744073709551616.0)"


def write(folder: Path, *, lines: int, accounts: int, people: int) -> MadeUp:
    """Write about `lines` sales lines of `accounts` accounts over three years, with costs and the accounts' data."""
    made = MadeUp(*(folder / name for name in ("accounts.csv", "sales.parquet", "sales.csv", "costs.parquet")))
    documents = max(1, lines // PER_DOCUMENT)
    # u^4 is about Zipf's law: a fifth of the accounts gets two thirds of the documents, the first alone one in 25.
    account = f"'C' || lpad(floor({accounts} * pow({_unit(1, 'd')}, 4))::BIGINT::VARCHAR, 7, '0')"
    with duckdb_opened() as connection:
        connection.execute(
            f"""
            CREATE VIEW sales AS
            WITH documents AS (
                SELECT d, {account} AS account, DATE '{LAST_DAY}' - (d * {DAYS} // {documents})::INTEGER AS date,
                    1 + (hash(d * 1000 + 2) % {2 * PER_DOCUMENT - 1})::INTEGER AS n
                FROM range({documents}) t(d)
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
        )
        for path, form in ((made.sales_parquet, "parquet"), (made.sales_csv, "csv")):
            connection.execute(f"COPY sales TO '{path}' (FORMAT {form})").fetchall()
        connection.execute(
            f"""
            COPY (SELECT 'K' || d AS reference, DATE '{LAST_DAY}' - (d % {DAYS})::INTEGER AS date,
                CASE WHEN hash(d * 1000 + 3) % 50 > 0 THEN {account} END AS account, 'delivery' AS kind,
                ((100 + hash(d * 1000 + 9) % 9000) / 100.0)::DECIMAL(18, 4) AS amount, 'EUR' AS currency
            FROM range({max(1, lines // COSTS)}) t(d)) TO '{made.costs}' (FORMAT parquet)
            """
        ).fetchall()
        connection.execute(
            f"""
            COPY (SELECT 'C' || lpad(d::VARCHAR, 7, '0') AS code,
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
            FROM range({accounts}) t(d)) TO '{made.accounts}' (FORMAT csv)
            """
        ).fetchall()
    return made
