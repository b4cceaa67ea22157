"""Lines in several currencies, against Decimal in Python: the same to the last digit, line by line."""

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstay.core.errors import Refused
from mainstay.grading.models import Refresh
from mainstay.grading.selectors import current_refresh
from mainstay.ledger.models import Rate
from mainstay.ledger.rate_book import RateBook
from mainstay.ledger.services import currencies_set, rate_add, rate_change, undo_batch
from mainstay.nightly.freshness import is_stale
from mainstay.nightly.refresh import refresh
from mainstay.nightly.reporting_currency import Choice, Conversion
from tests.factories import make_account
from tests.ledger.files import bring_text
from tests.ledgers import costs_batch, sales_batch

pytestmark = pytest.mark.django_db
DAY = date(2024, 1, 10)
AMOUNTS = st.integers(min_value=-(10**13), max_value=10**13).map(lambda units: Decimal(units).scaleb(-4))
RATES = st.integers(min_value=1, max_value=10**13).map(lambda units: Decimal(units).scaleb(-12))
LINES = pa.schema(
    {
        "date": pa.date32(),
        "amount": pa.decimal128(18, 4),
        "cost": pa.decimal128(18, 4),
        "currency": pa.string(),
    }
)


def exact(amount: Decimal | None, rate: Decimal) -> Decimal | None:
    if amount is None:
        return None
    with localcontext() as context:
        context.prec = 80
        return (amount * rate).quantize(Decimal("0.0001"), ROUND_HALF_UP)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(AMOUNTS, st.none() | AMOUNTS, RATES), min_size=1, max_size=60))
def test_every_line_is_rounded_as_decimal_rounds_it(given_lines: list[tuple[Decimal, Decimal | None, Decimal]]) -> None:
    days = [DAY + timedelta(days=place) for place in range(len(given_lines))]
    rows = [
        {"date": day, "amount": amount, "cost": cost, "currency": "USD"}
        for day, (amount, cost, _rate) in zip(days, given_lines, strict=True)
    ]
    backend = ibis.duckdb.connect()
    backend.con.execute("SET threads = 1")
    backend.con.register("given_lines", pa.Table.from_pylist(rows, LINES))
    backend.con.execute("CREATE TABLE sold AS FROM given_lines")
    lines = backend.table("sold")
    rates = {("USD", day): rate for day, (_amount, _cost, rate) in zip(days, given_lines, strict=True)}
    found = Conversion(Choice("EUR", "EUR", 31, 0), rates).applied(lines)
    assert found.columns == lines.columns
    got = {row["date"]: (row["amount"], row["cost"]) for row in backend.to_pyarrow(found).to_pylist()}
    expected = {
        day: (exact(amount, rate), exact(cost, rate))
        for day, (amount, cost, rate) in zip(days, given_lines, strict=True)
    }
    assert got == expected


@pytest.mark.parametrize(("amount", "converted"), [("0.0001", "0.0001"), ("-0.0001", "-0.0001"), ("0.0003", "0.0002")])
def test_halves_go_away_from_zero(amount: str, converted: str) -> None:
    assert exact(Decimal(amount), Decimal("0.5")) == Decimal(converted)


def several() -> None:
    """Sales in four currencies and spellings, costs in two."""
    sales_batch(
        """
        SELECT 'S' || n AS document, DATE '2024-01-10' + (n % 40)::INTEGER AS date, 'A' || (n % 3) AS account,
            'P' || (n % 4) AS product, ((n * 7919) % 100003 - 20000)::DECIMAL(18, 4) / 7 AS amount,
            CASE WHEN n % 5 > 0 THEN (n * 31 % 977)::DECIMAL(18, 4) / 3 END AS cost,
            ['USD', 'usd', 'EUR', '人民币', NULL][n % 5 + 1] AS currency
        FROM range(1, 400) AS t(n)
        """
    )
    costs_batch(
        "SELECT 'K1' AS reference, DATE '2024-01-12' AS date, 'A1' AS account, 'service' AS kind, "
        "100.55 AS amount, 'USD' AS currency UNION ALL "
        "SELECT 'K2', DATE '2024-02-01', NULL, 'other', 33.33, 'CNY'"
    )
    for number in range(3):
        make_account(f"A{number}")


def rates_of() -> None:
    for place in range(0, 60, 3):
        day = date(2024, 1, 1) + timedelta(days=place)
        rate_add(currency="USD", base="EUR", day=day, rate=Decimal("0.91") + Decimal(place) / 7919)
        rate_add(currency="EUR", base="CNY", day=day, rate=Decimal("7.8") + Decimal(place) / 331)


def converted_by_hand() -> tuple[Decimal, Decimal, Decimal]:
    """Sales, goods cost and booked cost with overhead, computed with Python's decimals from the lines themselves."""
    from mainstay.ledger.engine import opened
    from mainstay.ledger.selectors import cost_lines, sales_lines

    usd = {rate.day: rate.rate for rate in Rate.objects.filter(currency="USD")}
    cny = {rate.day: rate.rate for rate in Rate.objects.filter(base="CNY")}
    with localcontext() as context:
        context.prec = 80
        turned = {day: (1 / rate).quantize(Decimal(1).scaleb(-12), ROUND_HALF_UP) for day, rate in cny.items()}

    def rate(currency: str | None, day: date) -> Decimal:
        kind = {"USD": usd, "usd": usd, "CNY": turned, "人民币": turned}.get(currency or "")
        return kind[max(known for known in kind if known <= day)] if kind else Decimal(1)

    with opened() as engine:
        sales = sales_lines(engine).to_pyarrow().to_pylist()
        costs = cost_lines(engine).to_pyarrow().to_pylist()
    total, goods, booked = Decimal(0), Decimal(0), Decimal(0)
    for row in sales:
        total += exact(row["amount"], rate(row["currency"], row["date"])) or Decimal(0)
        goods += exact(row["cost"], rate(row["currency"], row["date"])) or Decimal(0)
    for row in costs:
        booked += exact(row["amount"], rate(row["currency"], row["date"])) or Decimal(0)
    return total, goods, booked


def test_a_refresh_of_several_currencies_is_what_decimals_give() -> None:
    several()
    rates_of()
    currencies_set(reporting="EUR")
    done = refresh()
    told = done.summary
    sales, goods, booked = converted_by_hand()
    assert told["currency"] == "EUR"
    assert (Decimal(told["sales"]), Decimal(told["goods_cost"])) == (sales, goods)
    assert Decimal(told["profit_after_overhead"]) == sales - goods - booked
    assert done.basis["currency"] == "EUR"
    assert len(done.basis["rates"]) == 64


def test_original_amounts_are_kept() -> None:
    from mainstay.ledger.engine import opened
    from mainstay.ledger.selectors import sales_lines

    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 5 AS amount, 'USD' AS currency")
    currencies_set(reporting="EUR")
    rate_add(currency="USD", day=DAY, rate=Decimal("0.5"))
    assert refresh().summary["sales"] == "2.5000"
    with opened() as engine:
        (row,) = sales_lines(engine).to_pyarrow().to_pylist()
    assert (row["amount"], row["currency"]) == (Decimal("5.0000"), "USD")


def test_a_missing_rate_stops_the_refresh_naming_currencies_days_and_lines_and_publishes_nothing() -> None:
    from mainstay.ledger.engine import opened
    from mainstay.ledger.selectors import cost_lines, sales_lines

    several()
    currencies_set(reporting="EUR")
    rate_add(currency="CNY", day=date(2024, 1, 1), rate=Decimal("0.13"))
    with pytest.raises(Refused) as refused:
        refresh()
    told = str(refused.value)
    with opened() as engine:
        lines = [*sales_lines(engine).to_pyarrow().to_pylist(), *cost_lines(engine).to_pyarrow().to_pylist()]
    usd = [row["date"] for row in lines if (row["currency"] or "").upper() == "USD"]
    assert len(usd) > 100
    assert f"USD {min(usd)} – {max(usd)} ({len(set(usd))}; {len(usd)})" in told
    assert "GBP" not in told
    assert f"USD {min(usd)} {max(usd)} {len(set(usd))} {len(usd)}" in refused.value.params["gaps"].split(";")
    assert not Refresh.objects.exists()


def test_a_rate_that_is_too_old_is_missing() -> None:
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 5 AS amount, 'USD' AS currency")
    currencies_set(reporting="EUR", oldest_rate=9)
    rate_add(currency="USD", day=date(2023, 12, 31), rate=Decimal("0.5"))
    with pytest.raises(Refused, match="also of the 9 days before"):
        refresh()
    currencies_set(reporting="EUR", oldest_rate=10)
    assert refresh().summary["sales"] == "2.5000"


def test_a_late_rate_counts_from_its_day_on_only() -> None:
    sales_batch(
        "SELECT 'S' || n AS document, DATE '2024-01-10' + n::INTEGER AS date, 100 AS amount, 'USD' AS currency "
        "FROM range(2) AS t(n)"
    )
    currencies_set(reporting="EUR")
    rate_add(currency="USD", day=DAY, rate=Decimal("0.5"))
    rate_add(currency="USD", day=date(2024, 1, 11), rate=Decimal("0.6"))
    rate_add(currency="USD", day=date(2024, 1, 12), rate=Decimal("0.7"))
    assert refresh().summary["sales"] == "110.0000"


def test_a_changed_rate_makes_what_is_published_stale_and_leaves_it_as_it_was(tmp_path: Path) -> None:
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 100 AS amount, 'USD' AS currency")
    currencies_set(reporting="EUR")
    rate = rate_add(currency="USD", day=DAY, rate=Decimal("0.5"))
    first = refresh()
    assert not is_stale(current_refresh())
    rate_change(rate=rate.pk, value=Decimal("0.6"), revision=rate.revision)
    assert is_stale(current_refresh())
    second = refresh()
    assert not is_stale(current_refresh())
    first.refresh_from_db()
    assert (first.summary["sales"], second.summary["sales"]) == ("50.0000", "60.0000")
    assert first.basis["rates"] != second.basis["rates"]
    imported = bring_text(tmp_path, "rates", "currency,date,rate\nGBP,2024-01-10,1.1\n").batch
    assert imported
    undo_batch(batch=imported.pk)
    assert refresh().basis["rates"] == second.basis["rates"], "of other currencies"


def test_another_currency_of_figures_is_shown_from_its_refresh_on() -> None:
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 100 AS amount, 'USD' AS currency")
    first = refresh()
    assert (first.summary["currency"], first.basis["rates"]) == ("USD", "")
    currencies_set(reporting="EUR")
    assert is_stale(current_refresh())
    rate_add(currency="USD", day=DAY, rate=Decimal("0.5"))
    second = refresh()
    assert [Refresh.objects.get(pk=done.pk).summary["currency"] for done in (first, second)] == ["USD", "EUR"]


def test_lines_without_a_currency_are_in_the_one_that_was_chosen_for_them() -> None:
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 100 AS amount")
    currencies_set(reporting="EUR")
    assert refresh().summary["sales"] == "100.0000"
    currencies_set(reporting="EUR", unnamed="USD")
    assert is_stale(current_refresh())
    rate_add(currency="USD", day=DAY, rate=Decimal("0.5"))
    assert refresh().summary["sales"] == "50.0000"


def test_rates_do_not_matter_to_a_ledger_in_the_currency_of_its_figures() -> None:
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 100 AS amount, 'EUR' AS currency")
    refresh()
    rate_add(currency="USD", base="EUR", day=DAY, rate=Decimal("0.5"))
    currencies_set(reporting="eur")
    assert not is_stale(current_refresh())
    lines = ibis.table({"currency": "string", "date": "date", "amount": "decimal(18, 4)"}, name="lines")
    assert Conversion(Choice("EUR", "EUR", 31, 0)).applied(lines) is lines


@pytest.mark.parametrize("dialect", ["postgres", "pyspark", "clickhouse", "snowflake", "bigquery", "trino"])
def test_the_conversion_compiles_for_other_engines(dialect: str) -> None:
    lines = ibis.table(ibis.Schema.from_pyarrow(LINES), name="sold")
    found = Conversion(Choice("EUR", "EUR", 31, 0), {("USD", DAY): Decimal("0.9")}).applied(lines)
    assert "JOIN" in str(ibis.to_sql(found, dialect=dialect))


def test_lines_after_the_day_need_no_rate() -> None:
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 5 AS amount, 'USD' AS currency")
    sales_batch("SELECT 'S2' AS document, DATE '2024-03-11' AS date, 5 AS amount, 'USD' AS currency")
    currencies_set(reporting="EUR")
    rate_add(currency="USD", day=DAY, rate=Decimal("0.5"))
    done = refresh(as_of=DAY)
    assert (done.summary["lines"], done.summary["sales"]) == (1, "2.5000")


def test_an_amount_that_would_be_too_large_is_told() -> None:
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 99999999999 AS amount, 'USD' AS currency")
    currencies_set(reporting="VND")
    rate_add(currency="USD", day=DAY, rate=Decimal("25400"))
    with pytest.raises(Refused, match="too large"):
        refresh()


def test_nothing_is_asked_of_the_book_for_its_own_currency() -> None:
    assert RateBook("EUR", 0).rate("EUR", DAY) == 1
