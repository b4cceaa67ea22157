"""Exchange rates: imported, taken back, typed over; which one counts on which day."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from mainstay.core.errors import Conflict, NotAllowed, NotFound, Refused
from mainstay.ledger.models import Rate, Workings
from mainstay.ledger.rate_book import Quote, RateBook
from mainstay.ledger.rates import quotes
from mainstay.ledger.services import currencies_set, rate_add, rate_change, rate_remove, undo_batch
from mainstay.ledger.workings import workings
from mainstay.people.models import AuditEntry
from tests.factories import make_user
from tests.ledger.files import bring_text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
HEAD = "currency,date,rate,to\n"
DAY = date(2024, 1, 2)


def held() -> set[tuple[str, str, str, str]]:
    """What counts: currency, base, day, rate."""
    found = {q for code in ("EUR", "USD", "CNY") for q in quotes(code)}
    return {(q.currency, q.base, q.day.isoformat(), f"{q.rate.normalize():f}") for q in found}


def test_a_file_of_rates_comes_in_and_the_same_again_adds_nothing(tmp_path: Path) -> None:
    """quality 38"""
    text = HEAD + 'USD,2024-01-02,0.9134,EUR\nusd,2024-01-03,"0.9141",EUR\n人民币,2024-01-02,0.128046,EUR\n'
    outcome = bring_text(tmp_path, "rates", text)
    assert (outcome.counts["new"], outcome.counts["known"]) == (3, 0)
    assert held() == {
        ("USD", "EUR", "2024-01-02", "0.9134"),
        ("USD", "EUR", "2024-01-03", "0.9141"),
        ("CNY", "EUR", "2024-01-02", "0.128046"),
    }
    again = bring_text(tmp_path, "rates", text)
    assert (again.counts["new"], again.counts["changed"], again.counts["known"]) == (0, 0, 3)
    assert Rate.objects.count() == 3


def test_all_twelve_decimals_are_kept(tmp_path: Path) -> None:
    bring_text(tmp_path, "rates", HEAD + "VND,2024-01-02,0.000037654321,EUR\n")
    assert Rate.objects.get().rate == Decimal("0.000037654321")


def test_chinese_headings_units_and_the_other_way_round(tmp_path: Path) -> None:
    text = "币种,日期,汇率,本位币,单位,间接标价\n美元,2024-01-02,712.58,人民币,100,\n欧元,2024-01-02,1.0956,美元,,是\n"
    bring_text(tmp_path, "rates", text)
    assert held() == {("USD", "CNY", "2024-01-02", "7.1258"), ("USD", "EUR", "2024-01-02", "1.0956")}


def test_without_a_second_currency_rates_are_to_that_of_the_figures(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="which currency its rates are to"):
        bring_text(tmp_path, "rates", "currency,date,rate\nUSD,2024-01-02,0.9\n")
    currencies_set(reporting="EUR")
    bring_text(tmp_path, "rates", "currency,date,rate\nUSD,2024-01-02,0.9\nEUR,2024-01-02,1\n")
    assert held() == {("USD", "EUR", "2024-01-02", "0.9")}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("USD,2024-01-02,0,EUR", "no rate"),
        ("USD,2024-01-02,-2,EUR", "no rate"),
        ("USD,2024-01-02,9000001,EUR", "no rate"),
        ("US$ of A,2024-01-02,1,EUR", "no code"),
        ("USD,2024-01-02,1,Euro zone", "no code"),
        ("EUR,2024-01-02,2,EUR", "not 1"),
        ("USD,soon,1,EUR", "soon"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused(tmp_path: Path, row: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        bring_text(tmp_path, "rates", HEAD + "USD,2024-01-01,0.9,EUR\n" + row + "\n")
    assert not Rate.objects.exists()
    outcome = bring_text(
        tmp_path, "rates", HEAD + "USD,2024-01-01,0.9,EUR\n" + row + "\n", allow_errors=True, name="again.csv"
    )
    assert (outcome.counts["new"], outcome.counts["refused"]) == (1, 1)


def test_undo_puts_back_what_the_batch_had_covered_and_keeps_what_a_later_one_repeats(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "rates", HEAD + "USD,2024-01-02,0.91,EUR\nUSD,2024-01-03,0.92,EUR\n").batch
    second = bring_text(tmp_path, "rates", HEAD + "USD,2024-01-02,0.95,EUR\nUSD,2024-01-04,0.96,EUR\n").batch
    third = bring_text(tmp_path, "rates", HEAD + "USD,2024-01-04,0.96,EUR\n").batch
    assert first
    assert second
    assert third
    undo_batch(batch=second.pk)
    assert held() == {
        ("USD", "EUR", "2024-01-02", "0.91"),
        ("USD", "EUR", "2024-01-03", "0.92"),
        ("USD", "EUR", "2024-01-04", "0.96"),
    }
    undo_batch(batch=first.pk)
    undo_batch(batch=third.pk)
    assert not Rate.objects.exists()


def test_undo_reads_what_a_file_meant_then_though_the_currency_of_figures_is_another_now(tmp_path: Path) -> None:
    currencies_set(reporting="EUR")
    bring_text(tmp_path, "rates", "currency,date,rate\nUSD,2024-01-02,0.91\n")
    over = bring_text(tmp_path, "rates", HEAD + "USD,2024-01-02,0.95,EUR\n").batch
    currencies_set(reporting="CNY")
    assert over
    undo_batch(batch=over.pk)
    assert held() == {("USD", "EUR", "2024-01-02", "0.91")}


def test_a_typed_rate_counts_before_an_imported_one_until_it_is_removed(tmp_path: Path) -> None:
    anna = make_user("Anna", role="analyst")
    bring_text(tmp_path, "rates", HEAD + "USD,2024-01-02,0.91,EUR\n")
    imported = Rate.objects.get()
    typed = rate_change(rate=imported.pk, value=Decimal("0.95"), revision=imported.revision, by=anna)
    bring_text(tmp_path, "rates", HEAD + "USD,2024-01-02,0.97,EUR\n")
    assert held() == {("USD", "EUR", "2024-01-02", "0.95")}
    with pytest.raises(Refused, match="came with batch"):
        rate_remove(rate=imported.pk, revision=0, by=anna)
    rate_remove(rate=typed.pk, revision=typed.revision, by=anna)
    assert held() == {("USD", "EUR", "2024-01-02", "0.97")}
    assert set(AuditEntry.objects.filter(person=anna).values_list("verb", flat=True)) == {"rate added", "rate removed"}


def test_who_types_over_an_imported_rate_second_is_told(tmp_path: Path) -> None:
    """quality 37"""
    bring_text(tmp_path, "rates", HEAD + "USD,2024-01-02,0.91,EUR\n")
    seen = Rate.objects.get()
    bring_text(tmp_path, "rates", HEAD + "USD,2024-01-02,0.97,EUR\n")
    with pytest.raises(Conflict):
        rate_change(rate=seen.pk, value=Decimal("0.95"), revision=seen.revision)
    seen.refresh_from_db()
    bring_text(tmp_path, "rates", HEAD + "USD,2024-01-02,0.97,EUR\nUSD,2024-01-03,0.98,EUR\n")
    rate_change(rate=seen.pk, value=Decimal("0.95"), revision=seen.revision)
    with pytest.raises(Conflict):
        rate_change(rate=seen.pk, value=Decimal("0.96"), revision=seen.revision)
    assert ("USD", "EUR", "2024-01-02", "0.95") in held()


def test_who_changes_a_rate_second_is_told() -> None:
    """quality 37"""
    rate = rate_add(currency="USD", base="EUR", day=DAY, rate=Decimal("0.9"))
    rate_change(rate=rate.pk, value=Decimal("0.91"), revision=rate.revision)
    with pytest.raises(Conflict):
        rate_change(rate=rate.pk, value=Decimal("0.92"), revision=rate.revision)
    with pytest.raises(Conflict):
        rate_remove(rate=rate.pk, revision=rate.revision)
    assert Rate.objects.get().rate == Decimal("0.91")
    before = workings().revision
    currencies_set(reporting="EUR", revision=before)
    with pytest.raises(Conflict):
        currencies_set(reporting="USD", revision=before)
    assert workings().reporting == "EUR"


def test_bad_rates_and_currencies_are_refused_in_a_sentence() -> None:
    def add(**more: object) -> None:
        rate_add(**({"currency": "USD", "base": "EUR", "day": DAY, "rate": Decimal(1)} | more))  # type: ignore[arg-type]

    add()
    for more, why in (
        ({}, "already"),
        ({"currency": "$"}, "no code"),
        ({"base": "USD"}, "both are USD"),
        ({"rate": Decimal(0), "currency": "GBP"}, "above 0"),
        ({"day": date(1899, 12, 31)}, "between 1900"),
        ({"base": "", "currency": "GBP"}, "which currency figures"),
    ):
        with pytest.raises(Refused, match=why):
            add(**more)
    for options, why in (({"reporting": "Euro zone"}, "no code"), ({"reporting": "EUR", "oldest_rate": 4000}, "days")):
        with pytest.raises(Refused, match=why):
            currencies_set(**options)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        rate_change(rate=10**6, value=Decimal(1), revision=0)
    assert Rate.objects.count() == 1


@pytest.mark.parametrize("role", ["account_manager", "sales_representative", "scout", "read_only"])
def test_only_who_imports_may_change_rates(role: str) -> None:
    """quality 2, 4"""
    person = make_user(role=role)
    rate = rate_add(currency="USD", base="EUR", day=DAY, rate=Decimal(1))
    revision = workings().revision
    for change in (
        lambda: rate_add(currency="GBP", base="EUR", day=DAY, rate=Decimal(1), by=person),
        lambda: rate_change(rate=rate.pk, value=Decimal(2), revision=0, by=person),
        lambda: rate_remove(rate=rate.pk, revision=0, by=person),
        lambda: currencies_set(reporting="CNY", by=person),
    ):
        with pytest.raises(NotAllowed):
            change()
    assert (Rate.objects.get().rate, Workings.objects.get().revision) == (Decimal(1), revision)


def test_the_latest_rate_on_or_before_the_day_counts_if_it_is_not_too_old() -> None:
    first, second = date(2024, 1, 10), date(2024, 1, 20)
    quoted = [Quote("USD", "EUR", first, Decimal("0.9")), Quote("USD", "EUR", second, Decimal("0.8"))]
    book = RateBook.of("EUR", quoted, oldest=5)
    days = {day: book.rate("USD", date(2024, 1, day)) for day in (9, 10, 15, 16, 20, 25, 26)}
    assert {day for day, rate in days.items() if rate is None} == {9, 16, 26}
    assert [days[day] for day in (10, 15, 20)] == [Decimal("0.9"), Decimal("0.9"), Decimal("0.8")]
    assert book.rate("EUR", date(1900, 1, 1)) == 1


def test_a_rate_the_other_way_round_serves_where_there_is_no_direct_one() -> None:
    quoted = [
        Quote("EUR", "USD", DAY, Decimal("1.0956")),
        Quote("EUR", "CNY", DAY, Decimal(8)),
        Quote("CNY", "EUR", DAY, Decimal("0.13")),
    ]
    book = RateBook.of("EUR", quoted, oldest=0)
    assert book.rate("USD", DAY) == Decimal("0.912741876597")
    assert book.rate("CNY", DAY) == Decimal("0.13")
    assert book.rate("GBP", DAY) is None


@pytest.mark.parametrize(("rate", "shown"), [("0", "0"), ("-1.50", "-1.5"), ("0.000", "0")])
def test_a_rate_that_is_none_is_quoted(tmp_path: Path, rate: str, shown: str) -> None:
    with pytest.raises(Refused, match=f"“{shown}” under “rate” is no rate"):
        bring_text(tmp_path, "rates", HEAD + f"USD,2024-01-02,{rate},EUR\n")
