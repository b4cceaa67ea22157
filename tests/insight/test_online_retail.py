"""A real wholesaler's half a million lines against plain SQL on another engine."""

import sqlite3
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pyarrow.parquet as pq
import pytest

from mainstay.core.periods import Window
from mainstay.grading.compute import Sources, graded
from mainstay.grading.scheme import DEFAULT
from mainstay.insight import pareto, products
from tests.insight.tables import ONLINE_RETAIL, Row, Tables, by_code, one, online_retail, rows

AS_OF = date(2011, 12, 9)
FIRST_DAY = "2010-12-10"

ACCOUNTS = """
SELECT account, sum(CASE WHEN day >= :first THEN amount ELSE 0 END) AS sales,
    sum(day >= :first) AS lines,
    count(DISTINCT CASE WHEN day >= :first AND amount > 0 THEN document END) AS orders,
    count(DISTINCT CASE WHEN day >= :first THEN product END) AS products,
    count(DISTINCT CASE WHEN day >= :first THEN substr(day, 1, 7) END) AS months,
    min(CASE WHEN amount > 0 THEN day END) AS first_order,
    max(CASE WHEN amount > 0 THEN day END) AS last_order
FROM lines WHERE account IS NOT NULL GROUP BY account
"""
PARETO = """
WITH active AS (
    SELECT account, sum(amount) AS sales FROM lines WHERE account IS NOT NULL AND day >= :first GROUP BY account
),
numbered AS (SELECT sales, row_number() OVER (ORDER BY sales DESC, account) AS n, count(*) OVER () AS size,
    sum(sales) OVER (ORDER BY sales DESC, account ROWS UNBOUNDED PRECEDING) AS reached, sum(sales) OVER () AS total
    FROM active)
SELECT max(size), max(total), (max(size) + 4) / 5,
    sum(CASE WHEN n <= (size + 4) / 5 THEN sales END),
    min(CASE WHEN reached * 10 >= total * 8 THEN n END),
    sum(sales <= 0), sum(CASE WHEN sales > 0 THEN sales END), sum(sales > 0),
    sum((sales / 10000.0 / (total / 10000.0)) * (sales * 1.0 / total))
FROM numbered
"""


@pytest.fixture(scope="module")
def database() -> sqlite3.Connection:
    """The lines with amounts in whole ten-thousandths, multiplied out and rounded by Python's decimals."""
    names = ["InvoiceNo", "StockCode", "InvoiceDate", "CustomerID", "Quantity", "UnitPrice"]
    columns = pq.read_table(ONLINE_RETAIL, columns=names).to_pydict()
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE lines (document, product, day, account, amount INTEGER)")
    found = zip(*(columns[name] for name in names), strict=True)
    connection.executemany(
        "INSERT INTO lines VALUES (?, ?, ?, ?, ?)",
        (
            (
                document,
                product,
                moment.date().isoformat(),
                None if account is None else str(account),
                units(count, price),
            )
            for document, product, moment, account, count, price in found
        ),
    )
    return connection


def units(count: int, price: float) -> int:
    return int((count * Decimal(str(price)) * 10_000).to_integral_value(ROUND_HALF_UP))


@pytest.fixture(scope="module")
def tables() -> Tables:
    return online_retail()


@pytest.fixture(scope="module")
def result(tables: Tables) -> dict[str, Any]:
    found = graded(Sources(tables.lines, tables.costs, tables.accounts), Window(AS_OF), DEFAULT, tables.materialise)
    accounts = tables.materialise("mart", found.accounts)
    return {"accounts": by_code(accounts), "summary": one(found.summary), "pareto": one(pareto.summary(accounts))}


def test_every_account_has_the_figures_of_plain_sql(database: sqlite3.Connection, result: dict[str, Any]) -> None:
    expected = database.execute(ACCOUNTS, {"first": FIRST_DAY}).fetchall()
    accounts: dict[str, Row] = result["accounts"]
    assert len(accounts) == len(expected) == 4_372
    for code, sales, lines, orders, products_bought, months, first, last in expected:
        row = accounts[code]
        assert (row["sales"] * 10_000, row["lines"], row["orders"]) == (sales, lines, orders)
        assert (row["products"], row["months_bought"]) == (products_bought, months)
        days = [None if row[name] is None else row[name].isoformat() for name in ("first_order", "last_order")]
        assert days == [first, last]


def test_80_20_has_the_figures_of_plain_sql(database: sqlite3.Connection, result: dict[str, Any]) -> None:
    (expected,) = database.execute(PARETO, {"first": FIRST_DAY}).fetchall()
    active, total, top, top_sales, head, unprofitable, peak, at, hhi = expected
    found = result["pareto"]
    assert (found["active"], found["top20_accounts"], found["head_accounts"]) == (active, top, head)
    assert found["top20_sales_share"] == pytest.approx(top_sales / total, rel=1e-14)
    assert found["unprofitable_accounts"] == unprofitable
    assert (found["peak_profit"] * 10_000, found["peak_accounts"]) == (peak, at)
    assert found["hhi"] == pytest.approx(hhi, rel=1e-12)
    assert found["gini"] is None


def test_the_summary_has_the_totals_of_plain_sql(database: sqlite3.Connection, result: dict[str, Any]) -> None:
    (expected,) = database.execute(
        "SELECT count(*), sum(amount), sum(CASE WHEN account IS NULL THEN amount END), count(DISTINCT account) "
        "FROM lines WHERE day >= ?",
        [FIRST_DAY],
    ).fetchall()
    found = result["summary"]
    assert (found["lines"], found["sales"] * 10_000) == expected[:2]
    assert (found["unattributed_sales"] * 10_000, found["active"]) == expected[2:]
    assert found["profit"] == found["sales"]


def test_months_of_products_have_the_sums_of_plain_sql(database: sqlite3.Connection, tables: Tables) -> None:
    expected = database.execute(
        "SELECT account, substr(day, 1, 7) || '-01', product, day < ?, sum(amount), count(*) FROM lines "
        "WHERE account IS NOT NULL GROUP BY 1, 2, 3, 4",
        [FIRST_DAY],
    ).fetchall()
    found = rows(products.monthly(tables.lines, Window(AS_OF)), "")
    assert sorted(expected) == sorted(
        (row["account"], str(row["month"]), row["product"], row["period"], int(row["sales"] * 10_000), row["lines"])
        for row in found
    )
