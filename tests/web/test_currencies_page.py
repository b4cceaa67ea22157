"""Settings, Currencies: the currency of figures and the rates to it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from mainstay.core import clock
from mainstay.ledger.models import Batch, Rate
from mainstay.ledger.services import currencies_set, rate_add
from mainstay.ledger.workings import workings
from mainstay.nightly.refresh import refresh
from mainstay.people.models import User
from tests.ledgers import sales_batch
from tests.web.accounts import table, words

pytestmark = pytest.mark.django_db
URL = "/settings/currencies/"
DAY = date(2024, 1, 10)


def rate(**more: Any) -> Rate:
    return rate_add(**({"currency": "USD", "base": "EUR", "day": DAY, "rate": Decimal("0.9134")} | more))


def settings_form(**more: str) -> dict[str, str]:
    now = {"action": "settings", "reporting": "EUR", "unnamed": "", "oldest_rate": "31"}
    return now | {"revision": str(workings().revision)} | more


def test_the_currency_of_figures_is_chosen_and_figures_follow_with_a_refresh(logged_in: Client) -> None:
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 'A' AS account, 100 AS amount, 'USD' AS currency")
    refresh()
    answer = logged_in.post(URL, settings_form(oldest_rate="7"))
    assert (answer.status_code, answer["Location"]) == (303, URL)
    now = workings()
    assert (now.reporting, now.oldest_rate) == ("EUR", 7)
    page = logged_in.get(URL)
    assert "does not count the latest imports and changes yet" in words(page)
    answer = logged_in.post("/refresh/", {"next": URL}, follow=True)
    assert "Rates to EUR are missing: USD on 10 Jan 2024 (lines: 1)" in words(answer)
    logged_in.post(URL, {"action": "rate", "currency": "usd", "day": "2024-01-10", "rate": "0,9134", "base": ""})
    assert (Rate.objects.get().rate, Rate.objects.get().base) == (Decimal("0.9134"), "EUR")
    logged_in.post("/refresh/", {"next": URL})
    assert "€91.34" in words(logged_in.get("/insight/pareto/"))
    assert "does not count" not in words(logged_in.get(URL))


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"reporting": "Euro zone"}, "no code of a currency"),
        ({"oldest_rate": "many"}, "no whole number"),
        ({"oldest_rate": "99999"}, "from 0 to 3660 days"),
        ({"revision": "x"}, "no whole number"),
    ],
)
def test_bad_settings_are_refused_in_a_sentence(logged_in: Client, form: dict[str, str], why: str) -> None:
    answer = logged_in.post(URL, settings_form() | form)
    assert answer.status_code == 422
    assert why in words(answer)
    assert workings().reporting == ""


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"rate": "much"}, "is no number"),
        ({"rate": "0"}, "above 0"),
        ({"rate": "1e999999999"}, "is no number"),
        ({"rate": "7,123"}, "could be 7123 or 7.123"),
        ({"rate": "1,23,456"}, "is no number"),
        ({"day": "soon"}, "is no day"),
        ({"currency": "<b>"}, "no code"),
        ({"currency": "EUR"}, "both are EUR"),
    ],
)
def test_a_bad_rate_is_refused_in_a_sentence(logged_in: Client, form: dict[str, str], why: str) -> None:
    """quality 17"""
    sent = {"action": "rate", "currency": "USD", "day": "2024-01-10", "rate": "0.9", "base": "EUR"} | form
    answer = logged_in.post(URL, sent)
    assert answer.status_code == 422
    assert why in words(answer)
    assert "<b>" not in answer.content.decode()
    assert not Rate.objects.exists()


def test_a_rate_far_from_its_neighbours_is_asked_about(logged_in: Client) -> None:
    rate(rate=Decimal("7.2"), base="CNY")
    sent = {"action": "rate", "currency": "USD", "day": "2024-02-10", "rate": "1,234.5", "base": "CNY"}
    answer = logged_in.post(URL, sent)
    assert answer.status_code == 422
    assert "more than twice or less than half" in words(answer)
    assert "The rate is right" in words(answer)
    assert Rate.objects.count() == 1
    assert logged_in.post(URL, sent | {"sure": "1"}).status_code == 303
    assert Rate.objects.count() == 2
    page = f"{URL}rates/{Rate.objects.latest('pk').pk}/"
    answer = logged_in.post(page, {"action": "save", "rate": "72", "revision": "0"})
    assert (answer.status_code, "The rate is right" in words(answer)) == (422, True)
    assert logged_in.post(page, {"action": "save", "rate": "72", "revision": "0", "sure": "1"}).status_code == 303
    assert logged_in.post(page, {"action": "save", "rate": "7.3", "revision": "1"}).status_code == 303


def test_who_saves_second_gets_409_and_sees_what_stands_there(logged_in: Client) -> None:
    """quality 37"""
    seen = settings_form(reporting="CNY")
    currencies_set(reporting="USD")
    answer = logged_in.post(URL, seen)
    assert answer.status_code == 409
    assert "Now it is: USD" in words(answer)
    assert 'value="CNY"' in answer.content.decode()
    found = rate()
    sent = {"action": "save", "rate": "0.95", "revision": "0"}
    assert logged_in.post(f"{URL}rates/{found.pk}/", sent).status_code == 303
    answer = logged_in.post(f"{URL}rates/{found.pk}/", sent | {"rate": "0.99"})
    assert (answer.status_code, Rate.objects.get().rate) == (409, Decimal("0.95"))
    assert "Now it is 0.9500." in words(answer)


def test_who_types_over_an_imported_rate_second_sees_the_typed_one(logged_in: Client) -> None:
    """quality 37"""
    batch = Batch.objects.create(kind="rates", source="default", opened_at=clock.now())
    imported = rate()
    Rate.objects.update(batch=batch)
    page = f"{URL}rates/{imported.pk}/"
    assert logged_in.post(page, {"action": "save", "rate": "0.95", "revision": "0"}).status_code == 303
    typed = Rate.objects.get(batch=None)
    answer = logged_in.post(page, {"action": "save", "rate": "0.99", "revision": "0"})
    assert (answer.status_code, Rate.objects.get(pk=typed.pk).rate) == (409, Decimal("0.95"))
    assert "Now it is 0.9500." in words(answer)
    for text in ('value="0.99"', f'action="{URL}rates/{typed.pk}/"'):
        assert text in answer.content.decode()


def test_a_typed_rate_is_changed_and_removed(logged_in: Client) -> None:
    found = rate()
    page = f"{URL}rates/{found.pk}/"
    assert "One USD in EUR" in words(logged_in.get(page))
    assert logged_in.post(page, {"action": "save", "rate": "0", "revision": "0"}).status_code == 422
    assert logged_in.post(page, {"action": "burn", "revision": "0"}).status_code == 422
    assert logged_in.post(page, {"action": "remove", "revision": "0"}).status_code == 303
    assert not Rate.objects.exists()
    assert logged_in.get(page).status_code == 404


def test_rates_are_listed_page_by_page_and_by_currency(logged_in: Client) -> None:
    for place in range(60):
        rate(day=DAY + timedelta(days=place))
    rate(currency="GBP", day=DAY + timedelta(days=30))
    rows = table(logged_in.get(URL), "All rates")
    assert len(rows) == 51
    assert [row[0] for row in table(logged_in.get(URL), "The latest rates")[1:]] == ["GBP", "USD"]
    answer = logged_in.get(URL)
    older = answer.content.decode().split('href="')[-1:]
    assert older
    following = next(
        part.split('"')[0].replace("&amp;", "&")
        for part in answer.content.decode().split('href="')
        if part.startswith(f"{URL}?before=")
    )
    rest = table(logged_in.get(following), "All rates")
    assert len(rows) + len(rest) - 2 == 61
    assert not {tuple(row) for row in rows[1:]} & {tuple(row) for row in rest[1:]}
    assert len(table(logged_in.get(f"{URL}?currency=GBP"), "All rates")) == 2
    for bad in ("?before=x", "?before=2024-01-01.A.B.x", "?order=1"):
        assert logged_in.get(URL + bad).status_code == 422


@pytest.mark.parametrize("role", ["account_manager", "scout", "read_only"])
def test_it_is_not_there_for_who_may_not_import(person: Callable[..., User], role: str) -> None:
    """quality 2, 4"""
    client = Client()
    client.force_login(person(role=role))
    found = rate()
    assert client.get(URL).status_code == 403
    for url, sent in (
        (URL, settings_form()),
        (URL, {"action": "rate", "currency": "GBP", "day": "2024-01-10", "rate": "1", "base": "EUR"}),
        (f"{URL}rates/{found.pk}/", {"action": "remove", "revision": "0"}),
    ):
        assert client.post(url, sent).status_code == 403
    assert (Rate.objects.count(), workings().reporting) == (1, "")
    assert client.put(URL).status_code == 405


def test_the_page_asks_little_of_the_database(logged_in: Client, django_assert_num_queries: Any) -> None:
    rate()
    logged_in.get(URL)
    with django_assert_num_queries(9):
        logged_in.get(URL)
