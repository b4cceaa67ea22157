"""An account's Sales, against SQL of its own over the ledger's lines."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest

from mainstay.accounts.models import Account
from mainstay.grading.marts.windows import window_months
from mainstay.ledger.models import Product
from mainstay.nightly.refresh import refresh
from tests.factories import make_account, make_user
from tests.ledgers import DEMO, sales_batch
from tests.web.accounts import client_of, graded_tiny, money, spec, table, words

pytestmark = pytest.mark.django_db
DAY = date(2013, 11, 29)


@pytest.fixture
def customer() -> Account:
    """The largest customer of the demonstration company that bought before, alone with a product that others buy."""
    with duckdb.connect() as connection:
        ((code,),) = connection.execute(
            f"SELECT account FROM '{DEMO}/sales.parquet' WHERE date > '2012-11-29' AND date <= '2013-11-29' "
            "AND account IN "
            f"(SELECT account FROM '{DEMO}/sales.parquet' WHERE date BETWEEN '2012-06-01' AND '2012-11-29') "
            "GROUP BY 1 ORDER BY sum(amount) DESC LIMIT 1"
        ).fetchall()
    sales_batch(f"FROM '{DEMO}/sales.parquet' WHERE account = '{code}'")
    sales_batch(
        "SELECT 'X1' AS document, DATE '2013-06-01' AS date, 'OTHER' AS account, 'TRAILER' AS product, 9 AS amount"
    )
    make_account("OTHER")
    account = make_account(code, name="Largest")
    refresh(as_of=DAY)
    return account


def cents_of(value: Decimal | int) -> str:
    return f"{Decimal(value).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


def computed(query: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()


def test_months_and_products_add_up_to_the_sales_of_the_window(customer: Account) -> None:
    answer = client_of(make_user("Dora", role="director")).get(f"/accounts/{customer.pk}/sales/?products=all")
    lines = f"(FROM '{DEMO}/sales.parquet' WHERE account = '{customer.code}')"
    now, before = "date > '2012-11-29' AND date <= '2013-11-29'", "date > '2011-11-29' AND date <= '2012-11-29'"
    ((sales, old, cost, count),) = computed(
        f"SELECT sum(amount::DECIMAL(18, 4)) FILTER ({now}), sum(amount::DECIMAL(18, 4)) FILTER ({before}), "
        f"sum(cost::DECIMAL(18, 4)) FILTER ({now}), count(*) FILTER ({now}) FROM {lines}"
    )
    cents = [cents_of(value or 0) for value in (sales, old, cost)]
    total = table(answer, "Sales by month")[-1]
    assert [total[place].lstrip("$") for place in (1, 2, 4)] == cents
    assert total[5] == f"{count:,}"
    by_month = computed(
        f"SELECT strftime(date, '%b %Y'), sum(amount::DECIMAL(18, 4)) FROM {lines} WHERE {now} GROUP BY 1"
    )
    shown = {row[0]: money(row[1]) for row in table(answer, "Sales by month")[1:-1]}
    assert {month: value for month, value in shown.items() if value} == {
        month: money(cents_of(value)) for month, value in by_month
    }
    bought = computed(
        f"SELECT product, sum(amount::DECIMAL(18, 4)) FROM {lines} WHERE {now} GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    rows = table(answer, "Products bought")
    assert [(row[0], row[2]) for row in rows[1:-1]] == [(product, cents_of(value)) for product, value in bought]
    assert rows[-1][0] == f"All {len(bought)} products"
    assert rows[-1][2].lstrip("$") == cents[0]
    lost = computed(
        f"SELECT product, sum(amount::DECIMAL(18, 4)) FROM {lines} WHERE {before} AND product NOT IN "
        f"(SELECT product FROM {lines} WHERE {now}) GROUP BY 1 ORDER BY 2 DESC, 1"
    )
    assert [(row[0], row[2]) for row in table(answer, "No longer bought")[1:-1]] == [
        (product, cents_of(value)) for product, value in lost
    ]
    assert table(answer, "Not bought")[1][0] == "TRAILER"


def test_the_first_products_are_shown_until_somebody_asks_for_all(customer: Account) -> None:
    client = client_of(make_user("Dora", role="director"))
    few = client.get(f"/accounts/{customer.pk}/sales/")
    rows = table(few, "Products bought")
    assert len(rows) == 52
    assert "?products=all" in few.content.decode()
    assert rows[-1] == table(client.get(f"/accounts/{customer.pk}/sales/?products=all"), "Products bought")[-1]


def test_the_chart_shows_what_the_table_tells() -> None:
    graded = graded_tiny()
    answer = client_of(graded.director).get(graded.url("sales"))
    rows = table(answer, "Sales by month")[1:-1]
    found = spec(answer, "months")["layer"][1]["data"]
    values = found.get("values") or spec(answer, "months")["datasets"][found["name"]]
    assert [(row["label"], row["exact"]) for row in values] == [(row[0], row[1]) for row in rows]


def test_a_window_that_begins_within_a_month_splits_it() -> None:
    for number, (day, amount) in enumerate(
        [("2023-01-15", 1), ("2023-01-16", 2), ("2024-01-15", 4), ("2024-01-16", 8)]
    ):
        sales_batch(f"SELECT 'S{number}' AS document, DATE '{day}' AS date, 'A1' AS account, {amount} AS amount")
    account = make_account("A1")
    done = refresh(as_of=date(2024, 1, 15))
    months = [(month.month, month.before, int(month.sales)) for month in window_months(done, "A1")]
    assert months == [
        (date(2023, 1, 1), False, 2),
        (date(2023, 1, 1), True, 1),
        (date(2024, 1, 1), False, 4),
    ]
    answer = client_of(make_user("Dora", role="director")).get(f"/accounts/{account.pk}/sales/")
    rows = {row[0]: row[1:3] for row in table(answer, "Sales by month")}
    assert rows["Jan 2023"] == ["2.00", "0.00"]
    assert rows["Jan 2024"] == ["4.00", "1.00"]
    assert rows["Total"] == ["6.00", "1.00"]


def test_products_are_told_by_name_and_code() -> None:
    make_account("A1")
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-02' AS date, 'A1' AS account, 'P1' AS product, 5 AS amount")
    Product.objects.create(code="P1", name="Long <b>bolt</b>")
    refresh()
    account = Account.objects.get()
    text = client_of(make_user("Dora", role="director")).get(f"/accounts/{account.pk}/sales/").content.decode()
    assert 'Long &lt;b&gt;bolt&lt;/b&gt; <span class="quiet">P1</span>' in text
    assert "<b>bolt" not in text


def test_lines_without_a_product_are_told_as_such() -> None:
    sales_batch("SELECT 'S' AS document, DATE '2024-01-10' AS date, 'A1' AS account, 5 AS amount")
    account = make_account("A1")
    refresh(as_of=date(2024, 1, 15))
    text = words(client_of(make_user("Dora", role="director")).get(f"/accounts/{account.pk}/sales/"))
    assert "No product named" in text
    assert "Goods cost" not in text
