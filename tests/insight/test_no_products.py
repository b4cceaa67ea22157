"""Codes that are no products, on a real file: against SQL of its own."""

from datetime import date

import ibis
import pyarrow as pa
import pytest

from mainstay.core.periods import Window
from mainstay.grading.marts.company import popular
from mainstay.insight import products, purchases
from tests.insight.tables import ONLINE_RETAIL, Tables, by_code, online_retail, rows

CHARGES = ("POST", "DOT", "M", "BANK CHARGES")
WINDOW = Window(date(2011, 11, 30))
SOLD = f"""(
    SELECT CustomerID::VARCHAR AS account, StockCode AS product, InvoiceDate::DATE AS date,
        round(Quantity * UnitPrice::DECIMAL(18, 6), 4)::DECIMAL(18, 4) AS amount FROM '{ONLINE_RETAIL}'
)"""
WITHIN = "date > '2010-11-30' AND date <= '2011-11-30'"


@pytest.fixture(scope="module")
def retail() -> Tables:
    return online_retail()


def marked() -> ibis.Table:
    return ibis.memtable(pa.table({"product": list(CHARGES)}))


def test_they_are_left_out_of_how_many_products_an_account_buys(retail: Tables) -> None:
    found = by_code(purchases.breadth(retail.lines, WINDOW, marked()), "account")
    expected = retail.backend.con.execute(
        f"SELECT account, count(DISTINCT product) FILTER (product NOT IN {CHARGES}) FROM {SOLD} "
        f"WHERE account IS NOT NULL AND {WITHIN} GROUP BY 1"
    ).fetchall()
    assert {code: row["products"] for code, row in found.items()} == dict(expected)
    before = by_code(purchases.breadth(retail.lines, WINDOW), "account")
    changed = {code for code in found if found[code]["products"] != before[code]["products"]}
    assert len(changed) > 300
    assert all(before[code] | {"products": 0} == found[code] | {"products": 0} for code in found), "orders, months"


def test_they_stay_in_what_was_sold_of_each_code(retail: Tables) -> None:
    months = retail.materialise("months_of_products", products.monthly(retail.lines, WINDOW))
    found = {row["product"]: row for row in rows(products.sold(months, retail.lines, WINDOW), "")}
    expected = retail.backend.con.execute(
        f"SELECT product, coalesce(sum(amount) FILTER ({WITHIN}), 0), count(*) FILTER ({WITHIN}) FROM {SOLD} "
        "WHERE date > '2009-11-30' AND date <= '2011-11-30' GROUP BY 1"
    ).fetchall()
    assert {code: (row["sales"], row["lines"]) for code, row in found.items()} == {
        code: (sales, lines) for code, sales, lines in expected
    }
    assert found["POST"]["sales"] > 50_000


def test_they_are_no_product_that_others_buy(retail: Tables) -> None:
    months = retail.materialise("months_to_rank", products.monthly(retail.lines, WINDOW))
    told = ibis.memtable(
        pa.table({"product": list(CHARGES), "category": pa.array([None] * 4, pa.string()), "marked": [True] * 4})
    )
    with_charges = [row["product"] for row in rows(popular(months, retail.accounts), "rank")]
    without = [row["product"] for row in rows(popular(months, retail.accounts, told), "rank")]
    assert "POST" in with_charges
    assert not set(CHARGES) & set(without)
    expected = retail.backend.con.execute(
        f"SELECT product FROM {SOLD} WHERE account IS NOT NULL AND {WITHIN} AND product NOT IN {CHARGES} "
        "GROUP BY 1 ORDER BY count(DISTINCT account) DESC, product LIMIT 100"
    ).fetchall()
    assert without == [code for (code,) in expected]
