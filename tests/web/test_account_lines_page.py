"""The sales lines behind an account's figures."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mainstay.accounts.merging import alias_add
from mainstay.ledger.account_lines import Place
from mainstay.ledger.services import currencies_set, rate_add
from mainstay.nightly.refresh import refresh
from mainstay.web.pages import account_lines as page_module
from tests.factories import make_user
from tests.ledgers import sales_batch
from tests.web.accounts import Graded, client_of, graded_tiny, money, table, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def graded() -> Graded:
    return graded_tiny()


def sums(answer: Any) -> tuple[int, Decimal]:
    """Count and amount at the foot of the table."""
    rows = table(answer, "Sales lines")
    assert len(rows) - 2 == int(rows[-1][0].removeprefix("All ").split()[0])
    assert sum((money(row[4]) for row in rows[1:-1]), Decimal(0)) == money(rows[-1][2])
    return len(rows) - 2, money(rows[-1][2])


def test_every_month_and_product_leads_to_lines_that_add_up_to_it(graded: Graded) -> None:
    client = client_of(graded.director)
    months = table(client.get(graded.url("sales")), "Sales by month")[1:]
    assert sums(client.get(graded.url("lines"))) == (int(months[-1][-1]), money(months[-1][1]))
    tied = 0
    for month, sales, *_others, lines in months[:-1]:
        if int(lines):
            year_month = f"{month.split()[1]}-{'JanFebMarAprMayJunJulAugSepOctNovDec'.index(month[:3]) // 3 + 1:02}"
            address = f"{graded.url('lines')}?month={year_month}"
            assert address.partition("/lines/")[2] in client.get(graded.url("sales")).content.decode()
            assert sums(client.get(address)) == (int(lines), money(sales))
            tied += 1
    assert tied > 1
    for product, _quantity, sales, *_others in table(client.get(graded.url("sales")), "Products bought")[1:-1]:
        if product != "No product named":
            found = sums(client.get(graded.url("lines"), {"product": product.split()[-1]}))
            assert found[1] == money(sales)


def test_pages_lead_on_and_back(graded: Graded, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(graded.owner)
    whole = [row[1] for row in table(client.get(graded.url("lines")), "Sales lines")[1:-1]]
    read = page_module.account_lines
    monkeypatch.setattr(page_module, "account_lines", lambda wanted, after: read(wanted, after=after, limit=2))
    address, seen = graded.url("lines"), []
    while address:
        answer = client.get(address)
        seen += [row[1] for row in table(answer, "Sales lines")[1:-1]]
        address = answer.context["page"].next
    assert seen == whole
    assert answer.context["page"].start == graded.url("lines")


def test_the_same_for_htmx_is_the_part(graded: Graded) -> None:
    answer = client_of(graded.owner).get(graded.url("lines"), headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert table(answer, "Sales lines")


def test_others_accounts_are_not_there(graded: Graded) -> None:
    """quality 1"""
    assert client_of(graded.outsider).get(graded.url("lines")).status_code == 404
    assert client_of(graded.owner).get(graded.url("lines", "B1")).status_code == 404
    assert client_of(graded.director).get(graded.url("lines", "B1")).status_code == 200


def test_a_wrong_verb_is_405(graded: Graded) -> None:
    assert client_of(graded.director).post(graded.url("lines")).status_code == 405


@pytest.mark.parametrize(
    "asked",
    [
        {"month": "May"}, {"month": "9999-12"}, {"month": "2024-13"}, {"after": "x"}, {"after": "W10"},
        {"after": "e" * 3000}, {"sort": "amount"}, {"product": "\x00"},
    ],
)  # fmt: skip
def test_what_the_page_cannot_be_asked_for_is_422(graded: Graded, asked: dict[str, str]) -> None:
    assert client_of(graded.director).get(graded.url("lines"), asked).status_code == 422


def test_a_place_comes_back_as_it_was_told() -> None:
    place = Place(date(2024, 5, 1), "default", "单据 1", "", 3)
    assert page_module._place(page_module._cursor(place)) == place


def test_lines_that_came_after_the_refresh_are_spoken_of(graded: Graded) -> None:
    client = client_of(graded.director)
    assert "The ledger has changed" not in words(client.get(graded.url("lines")))
    sales_batch("SELECT 'S99' AS document, DATE '2024-06-29' AS date, 'A1' AS account, 5 AS amount")
    told = words(client.get(graded.url("lines")))
    assert "The ledger has changed since the last refresh" in told
    assert "S99" in told


def test_lines_under_an_alias_are_the_account_s(graded: Graded) -> None:
    client = client_of(graded.director)
    own, merged = sums(client.get(graded.url("lines"))), sums(client.get(graded.url("lines", "C1")))
    alias_add(code="C1", account=graded.accounts["A1"], by=graded.director)
    refresh(as_of=graded.refresh.as_of)
    both = own[0] + merged[0], own[1] + merged[1]
    assert sums(client.get(graded.url("lines"))) == both
    months = table(client.get(graded.url("sales")), "Sales by month")[1:]
    assert (int(months[-1][-1]), money(months[-1][1])) == both
    assert "There is no such line." in words(client.get(graded.url("lines", "C1")))


def test_each_currency_has_a_total_of_its_own(graded: Graded) -> None:
    currencies_set(reporting="EUR", unnamed="EUR")
    rate_add(currency="USD", day=date(2024, 6, 1), rate=Decimal("0.5"))
    sales_batch(
        "SELECT 'U' || i AS document, DATE '2024-06-02' AS date, 'A1' AS account, 10 * i AS amount, "
        "spelled AS currency FROM (VALUES (1, 'USD'), (2, 'usd'), (3, 'EUR')) AS told(i, spelled)"
    )
    client = client_of(graded.director)
    refresh(as_of=graded.refresh.as_of)
    answer = client.get(graded.url("lines"))
    page = answer.context["page"]
    assert [(total.currency, total.lines) for total in page.totals] == [("EUR", page.count - 2), ("USD", 2)]
    assert page.totals[1].amount == 30
    assert "figures are in EUR" in words(answer)
    months = table(client.get(graded.url("sales")), "Sales by month")[1:]
    assert money(months[-1][1]) == round(page.totals[0].amount + 15, 2)


def test_a_product_that_was_not_bought_has_no_lines(graded: Graded) -> None:
    assert "There is no such line." in words(client_of(graded.director).get(graded.url("lines"), {"product": "none"}))


def test_before_the_first_refresh_there_is_none(graded: Graded) -> None:
    from mainstay.grading.models import CellChange, Refresh, Standing

    for model in (Standing, CellChange, Refresh):
        model.objects.all().delete()
    assert client_of(graded.director).get(graded.url("lines")).status_code == 200


def test_it_takes_so_many_queries(graded: Graded, django_assert_max_num_queries: Any) -> None:
    client = client_of(make_user("Dirk", role="director"))
    client.get(graded.url("lines"))
    with django_assert_max_num_queries(20):
        client.get(graded.url("lines"))
