"""Settings › Cost model, and what the pages of an account and 80:20 tell with the model on."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mainstay.costing import selectors, services
from mainstay.costing.models import CostModelSwitch, CostModelVersion
from mainstay.costing.services import Stated
from mainstay.insight.cost_model import CostModel, Pool
from mainstay.nightly.refresh import refresh
from tests.factories import make_user
from tests.ledgers import TINY_DAY
from tests.nightly.test_cost_model import MODEL, turn_on
from tests.web.accounts import ROLES, client_of, graded_tiny, money, spec, table, words

pytestmark = pytest.mark.django_db
URL = "/settings/cost-model/"
SENT = {
    "name": "2024",
    "valid_from": "2020-01-01",
    "note": "first try",
    "capacity_rate": "0.80",
    "order-minutes": "12.5",
    "line-rate": "1.50",
    "pool-0-name": "Administration",
    "pool-0-of": "year",
    "pool-0-amount": "120",
    "pool-0-by": "orders",
    "pool-1-name": "Overhead",
    "pool-1-of": "booked",
    "pool-1-by": "sales",
    "pool-2-of": "year",
    "pool-2-by": "sales",
    "revision": "0",
}


def director() -> Client:
    return client_of(make_user("Dora", role="director"))


def test_a_version_is_drafted_previewed_activated_and_turned_on() -> None:
    graded = graded_tiny()
    client = client_of(graded.director)
    assert "No version yet" in words(client.get(URL))
    answer = client.post(f"{URL}new/", SENT)
    version = CostModelVersion.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"{URL}{version.pk}/")
    assert (version.model, version.made_by, version.note) == (MODEL, graded.director, "first try")
    seen = client.get(f"{URL}{version.pk}/?preview=1")
    rows = {row[0]: row[1:] for row in table(seen, "Preview")[1:]}
    assert rows["Orders"] == ["8 × 10.00", "2024: 1 Jul 2023 – 30 Jun 2024", "10.00", "80.00"]
    assert rows["Overhead"][-2:] == ["4.38", "100.00"]
    assert rows["Total"][-2:] == ["30.88", "316.50"]
    assert client.post(f"{URL}{version.pk}/activate/", {"revision": version.revision}).status_code == 303
    assert client.post(f"{URL}switch/", {"on": "1"}).status_code == 303
    listed = words(client.get(URL))
    assert "The model is on" in listed
    assert "What is graded was costed otherwise" in listed
    refresh(as_of=TINY_DAY)
    assert "What is graded was costed otherwise" not in words(client.get(URL))
    client.post(f"{URL}switch/", {"on": "0"})
    assert not selectors.is_on()


def test_an_account_s_profit_ends_after_the_model() -> None:
    graded = graded_tiny()
    page = client_of(graded.owner).get(graded.url("profit"))
    steps = {row[0]: money(row[1]) for row in table(page, "How the profit comes about")[1:]}
    assert steps == {
        "Sales": Decimal("750.33"),
        "Cost of goods": Decimal("-530.00"),
        "Delivery": Decimal("-25.00"),
        "Profit": Decimal("195.33"),
    }
    assert "What the cost model adds" not in words(page)
    turn_on()
    refresh(as_of=TINY_DAY)
    page = client_of(graded.owner).get(graded.url("profit"))
    steps = {row[0]: money(row[1]) for row in table(page, "How the profit comes about")[1:]}
    assert list(steps)[-6:] == [
        "Profit",
        "Orders",
        "Order lines",
        "Administration",
        "Overhead",
        "Profit after the model",
    ]
    assert steps["Profit"] == Decimal("195.33")
    assert steps["Profit after the model"] == Decimal("86.08")
    parts = table(page, "Parts of the cost model")
    assert parts[1] == ["Orders", "2 × 10.00", "M: 1 Jul 2023 – 30 Jun 2024", "20.00"]
    assert parts[-1][-1] == "109.26"
    drawn = spec(page, "profit")["datasets"]["rows"]
    assert drawn[-1]["to"] == pytest.approx(86.0778)
    assert [row["from"] for row in drawn[1:]] == pytest.approx(
        [750.3333, 220.3333, 0, 195.3333, 175.3333, 170.8333, 140.8333, 0]
    )
    nothing = client_of(graded.director).get(graded.url("profit", "F1"))
    labels = [row[0] for row in table(nothing, "How the profit comes about")[1:]]
    assert labels == ["Sales", "Cost of goods", "Selling", "Profit", "Profit after the model"]
    assert "charges nothing here" in words(nothing)


def test_80_20_by_kind_of_cost_and_with_the_model() -> None:
    graded = graded_tiny()
    answer = client_of(graded.director).get("/insight/pareto/")
    steps = {row[0]: money(row[1]) for row in table(answer, "The profit by kind of cost")[1:]}
    assert steps == {
        "Purchases": Decimal("1370.33"),
        "Cost of goods": Decimal("-1020.00"),
        "Service": Decimal("-30.00"),
        "Delivery": Decimal("-25.00"),
        "Rebates": Decimal("-10.00"),
        "Selling": Decimal("-60.00"),
        "Profit": Decimal("225.33"),
        "Overhead": Decimal("-100.00"),
        "Profit after overhead": Decimal("125.33"),
    }
    assert "no difference" in words(answer)
    turn_on(
        CostModel(activities=MODEL.activities, capacity_rate=MODEL.capacity_rate, pools=(Pool("Service", "sales"),))
    )
    refresh(as_of=TINY_DAY)
    answer = client_of(graded.director).get("/insight/pareto/")
    steps = {row[0]: money(row[1]) for row in table(answer, "The profit by kind of cost")[1:]}
    # All overhead is in the model: it is not taken off a second time. A pool called as a kind stays apart from it.
    assert list(steps)[-5:] == ["Profit", "Orders", "Order lines", "Service (model)", "Profit after the model"]
    assert steps["Profit after the model"] == Decimal("28.83")
    part = client_of(graded.owner).get("/insight/pareto/")
    assert "no difference" not in words(part)
    assert len(table(part, "Parts of the cost model")[0]) == 4
    for hidden in ("Unallocated", "100.00"):
        assert hidden not in words(part)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"name": " "}, "needs a name"),
        ({"valid_from": "soon"}, "from which day"),
        ({"order-rate": "3"}, "either a rate or minutes"),
        ({"capacity_rate": ""}, "what a minute of capacity costs"),
        ({"line-rate": "much"}, "needs an amount"),
        ({"pool-0-amount": ""}, "needs an amount"),
        ({"pool-1-amount": "5"}, "leave its amount empty"),
        ({"pool-1-of": "thin air"}, "is made of"),
        ({"pool-1-by": "<script>alert(1)</script>"}, "is none of"),
        ({"pool-1-name": "Administration"}, "Two pools are called"),
        ({"note": "x" * 2001}, "at most 2000"),
    ],
)
def test_a_form_that_makes_no_sense_says_what_is_wrong(changes: dict[str, str], wrong: str) -> None:
    """quality 16: what was typed comes back as text."""
    client = director()
    answer = client.post(f"{URL}new/", SENT | changes)
    assert answer.status_code == 422
    assert wrong in words(answer)
    assert "<script>alert" not in answer.content.decode()
    assert 'value="Administration"' in answer.content.decode()
    assert not CostModelVersion.objects.exists()


@pytest.mark.parametrize(
    ("text", "value"),
    [("6,40", "6.40"), ("1,5", "1.5"), ("12,000", "12000"), ("1,234.56", "1234.56"), ("1.234,56", "1234.56")],
)
def test_an_amount_is_read_as_it_is_typed(text: str, value: str) -> None:
    director().post(f"{URL}new/", SENT | {"line-rate": text, "pool-0-amount": text, "capacity_rate": text})
    model = CostModelVersion.objects.get().model
    assert model.capacity_rate == model.activities["line"].rate == model.pools[0].amount == Decimal(value)


@pytest.mark.parametrize("text", ["1,23,45", "1,2345,6", "12,00.5", "1.23.4", "--1", "1_0"])
def test_an_amount_that_can_be_read_in_no_way_is_refused(text: str) -> None:
    answer = director().post(f"{URL}new/", SENT | {"pool-0-amount": text})
    assert answer.status_code == 422
    assert f'value="{text}"' in answer.content.decode()
    assert not CostModelVersion.objects.exists()


def test_of_two_who_change_a_draft_the_second_is_told() -> None:
    """quality 37"""
    client = director()
    client.post(f"{URL}new/", SENT)
    version = CostModelVersion.objects.get()
    address = f"{URL}{version.pk}/"
    assert client.post(address, SENT | {"revision": "1", "name": "mine"}).status_code == 303
    late = SENT | {"revision": "1", "name": "theirs", "line-rate": "1,75", "pool-0-by": "lines"}
    answer = client.post(address, late)
    assert answer.status_code == 409
    assert CostModelVersion.objects.get().name == "mine"
    page = answer.content.decode()
    for typed in ('value="theirs"', 'value="1,75"', 'name="revision" value="2"'):
        assert typed in page
    assert "Now it says: Name = mine; Order lines: Or rate each = 1.50; Pools: Administration = 120, " in words(answer)
    assert client.post(address, late | {"revision": "2", "name": "mine"}).status_code == 303
    assert client.post(address, SENT | {"revision": "3", "name": "mine"}).status_code == 303
    assert client.post(f"{address}activate/", {"revision": "1"}).status_code == 409
    assert client.post(f"{address}activate/", {"revision": "4"}).status_code == 303
    assert client.post(address, SENT | {"revision": "5"}).status_code == 409
    assert client.post(f"{address}discard/", {"revision": "5"}).status_code == 409
    assert " disabled" in client.get(address).content.decode()


def test_a_draft_is_discarded() -> None:
    client = director()
    client.post(f"{URL}new/", SENT)
    version = CostModelVersion.objects.get()
    assert client.post(f"{URL}{version.pk}/discard/", {"revision": "1"}).status_code == 303
    assert client.get(f"{URL}{version.pk}/").status_code == 404
    assert client.get(f"{URL}{2**40}/").status_code == 404


@pytest.mark.parametrize("role", ROLES)
def test_only_directors_and_analysts_see_and_change_it(role: str) -> None:
    """quality 2, 4: what is forbidden writes nothing."""
    version = services.version_add(stated=Stated("M", date(2024, 1, 1), MODEL), by=None)
    client = client_of(make_user("Uta", role=role))
    allowed = role in ("director", "analyst")
    pages = [URL, f"{URL}new/", f"{URL}{version.pk}/", f"{URL}{version.pk}/?preview=1"]
    assert {client.get(page).status_code for page in pages} == {200 if allowed else 403}
    assert ('href="/settings/cost-model/"' in client.get("/accounts/").content.decode()) == allowed
    if not allowed:
        sent = [(f"{URL}new/", SENT), (f"{URL}{version.pk}/", SENT | {"revision": "1"}), (f"{URL}switch/", {"on": "1"})]
        sent += [(f"{URL}{version.pk}/{verb}/", {"revision": "1"}) for verb in ("activate", "discard")]
        assert {client.post(page, given).status_code for page, given in sent} == {403}
        assert CostModelVersion.objects.get().revision == 1
        assert not CostModelSwitch.objects.exists()


def test_all_mistakes_are_told_at_once_each_at_its_field() -> None:
    client = client_of(make_user("Dora", role="director"))
    wrong = {
        **SENT, "name": "", "valid_from": "soon", "capacity_rate": "much", "order-minutes": "-1", "line-rate": "x",
        "pool-0-amount": "few",
    }  # fmt: skip
    answer = client.post(f"{URL}new/", wrong)
    assert answer.status_code == 422
    form = answer.context["page"].form
    assert set(form.errors) == {"name", "valid_from", "capacity_rate", "order", "line", "pool-0"}
    assert form.pools[0].errors
    page = answer.content.decode()
    assert page.count("field-error") == 6
    assert page.count('aria-invalid="true"') == 3 + 2 * 2 + 1
    assert "Mend what is marked below" in words(answer)
    assert not CostModelVersion.objects.exists()


def test_wrong_verbs_strangers_and_values() -> None:
    client = director()
    version = services.version_add(stated=Stated("M", date(2024, 1, 1), MODEL), by=None)
    assert client.put(URL).status_code == 405
    assert client.get(f"{URL}switch/").status_code == 405
    for verb in ("activate", "discard"):
        assert client.get(f"{URL}{version.pk}/{verb}/").status_code == 405
    assert client.post(f"{URL}switch/", {"on": "maybe"}).status_code == 422
    assert Client().get(URL).status_code == 302
    assert Client(enforce_csrf_checks=True).post(f"{URL}switch/", {"on": "1"}).status_code in (302, 403)


def test_the_preview_before_a_refresh_says_what_to_do() -> None:
    client = director()
    version = services.version_add(stated=Stated("M", date(2024, 1, 1), MODEL), by=None)
    assert "Import sales, then refresh" in words(client.get(f"{URL}{version.pk}/?preview=1"))


def test_the_pages_ask_little_of_the_database(django_assert_max_num_queries: Any) -> None:
    graded = graded_tiny()
    turn_on()
    refresh(as_of=TINY_DAY)
    client = client_of(graded.director)
    version = CostModelVersion.objects.get()
    for address, most in ((URL, 9), (reverse("costmodel-version", args=[version.pk]), 5), (graded.url("profit"), 6)):
        with django_assert_max_num_queries(most):
            client.get(address)
