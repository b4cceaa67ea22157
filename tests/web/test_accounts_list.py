"""The list of accounts: searched, filtered, sorted, page by page, with the columns one chose."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from mainstay.accounts.models import Account
from mainstay.grading.models import Standing
from mainstay.ledger import engine
from mainstay.nightly.refresh import refresh
from mainstay.people.models import User
from mainstay.web.account_columns import ALL
from tests.factories import make_account, make_user
from tests.ledgers import TINY_DAY, tiny_ledger
from tests.web.test_portfolio import ROLES, client_of, give

pytestmark = pytest.mark.django_db


@pytest.fixture
def graded() -> dict[str, Account]:
    """The set worked out by hand, refreshed."""
    accounts = tiny_ledger()
    refresh(as_of=TINY_DAY)
    return accounts


def codes(response: Any) -> list[str]:
    assert response.status_code == 200
    return [row.code for row in response.context["page"].rows]


def test_searched_filtered_and_sorted(logged_in: Client, graded: dict[str, Account]) -> None:
    ines = make_user("Ines")
    give(ines, graded["B1"])
    Account.objects.filter(code="A1").update(region="North")
    wanted = {
        "": ["A1", "B1", "C1", "E1", "D1", "F1", "G1"],
        "q=ALDER": ["A1"],
        "q=b1": ["B1"],
        "q=+gmbh+elm": ["E1"],
        "q=%25": [],
        "cell=C3": ["C1", "D1"],
        "class=3": ["C1", "E1", "D1"],
        "letter=B": ["B1", "E1", "F1"],
        "active=no": ["F1", "G1"],
        "active=yes&country=France": ["C1", "D1"],
        "industry=Food": ["C1", "D1", "F1", "G1"],
        "region=North": ["A1"],
        f"owner={ines.pk}": ["B1"],
        "owner=0&class=1": ["A1"],
        "order=sales": ["G1", "F1", "D1", "E1", "C1", "B1", "A1"],
        "order=-name": ["G1", "F1", "E1", "D1", "C1", "B1", "A1"],
        "order=code&class=3": ["C1", "D1", "E1"],
        "order=-score": ["A1", "E1", "B1", "G1", "C1", "D1", "F1"],
        "order=rank&active=yes": ["A1", "B1", "C1", "E1", "D1"],
    }
    assert {query: codes(logged_in.get(f"/accounts/?{query}")) for query in wanted} == wanted
    totals = logged_in.get("/accounts/?country=France").context["page"].totals
    assert (totals.accounts, totals.sales) == (4, Decimal(200))
    assert totals.profit == sum(Standing.objects.filter(account__country="France").values_list("profit", flat=True))


def test_a_row_shows_its_figures(logged_in: Client, graded: dict[str, Account]) -> None:
    text = logged_in.get("/accounts/").content.decode()
    row = text.split("Alder Works</a>")[1].split("</tr>")[0]
    for told in (">A1<", 'data-cell="A1"', ">750<", ">195<", "30 Jun 2024", 'width="100.00%"', "estimated"):
        assert told in row
    assert f'href="/accounts/{graded["A1"].pk}/"' in text
    assert "7 accounts" in text.split("<tfoot>")[1]
    assert ">1,310<" in text.split("<tfoot>")[1]


def test_heads_sort_and_say_how(logged_in: Client, graded: Any) -> None:
    text = logged_in.get("/accounts/?country=France").content.decode()
    head = text.split("<thead>")[1].split("</thead>")[0]
    sorted_by = [piece.split("</th>")[0] for piece in head.split("<th") if "aria-sort" in piece]
    assert len(sorted_by) == 1
    assert 'aria-sort="descending"' in sorted_by[0]
    assert ">Sales<" in sorted_by[0]
    assert "?country=France&amp;order=sales" in sorted_by[0]
    assert "?country=France&amp;order=-profit" in text


def test_page_by_page_both_ways(logged_in: Client, graded: Any) -> None:
    for number in range(110):
        make_account(f"N{number:03}", name="Same name")
    refresh(as_of=TINY_DAY)
    for order in ("", "order=name&", "order=-score&"):
        address, pages, back = f"/accounts/?{order}", [], []
        while address:
            page = logged_in.get(address)
            pages.append(codes(page))
            address, last = page.context["page"].next, page
        back.append(pages[-1])
        while address := last.context["page"].previous:
            last = logged_in.get(address)
            back.append(codes(last))
        assert back[::-1] == pages
        assert [len(page) for page in pages] == [50, 50, 17]
        assert len({code for page in pages for code in page}) == 117


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_its_part(role: str, graded: dict[str, Account]) -> None:
    user = make_user("Ines", role)
    give(user, graded["D1"])
    page = client_of(user).get("/accounts/?country=France")
    everything = role in ("director", "analyst")
    assert codes(page) == (["C1", "D1", "F1", "G1"] if everything else ["D1"])
    assert page.context["page"].totals.accounts == (4 if everything else 1)
    assert ("Gum Tree" in page.content.decode()) is everything


def test_an_outsider_finds_nothing(graded: Any) -> None:
    """quality 5"""
    client = client_of(make_user("Otto"))
    assert "No account is yours yet" in client.get("/accounts/").content.decode()
    text = client.get("/accounts/?q=alder").content.decode()
    assert "Alder" not in text
    assert "No account passes these filters" in text


def test_what_it_does_not_know_is_refused(logged_in: Client, graded: Any) -> None:
    """quality 20"""
    for query in (
        "order=password",
        "order=--sales",
        "order=account__owner",
        "sort=sales",
        "owner__password=x",
        "cell=Z1",
        "class=7",
        "letter=a",
        "active=1",
        "owner=x",
        "after=x",
        "before=WzFd",
        "columns=password",
        "q=%00",
        f"q={'x' * 201}",
        "after=é",
    ):
        page = logged_in.get(f"/accounts/?{query}")
        assert page.status_code == 422, query
    assert b"Choose one of" in logged_in.get("/accounts/?order=password").content


def test_it_is_only_read(logged_in: Client) -> None:
    for verb in ("post", "put", "patch", "delete"):
        assert getattr(logged_in, verb)("/accounts/").status_code == 405


def test_columns_are_chosen_and_kept(logged_in: Client, graded: Any) -> None:
    form = logged_in.get("/accounts/?country=France&order=name").content.decode().split('class="columns"')[1]
    assert '<input type="hidden" name="country" value="France">' in form
    assert '<input type="hidden" name="order" value="name">' in form
    answer: Any = logged_in.get("/accounts/?country=France&columns=&columns=industry&columns=orders")
    assert answer.url == "/accounts/?country=France"
    page = logged_in.get(answer.url)
    assert [column.name for column in page.context["page"].columns] == ["orders", "industry"]
    assert "Profit" not in page.content.decode().split("<thead>")[1].split("</thead>")[0]
    logged_in.get("/accounts/?" + "&".join(f"columns={column.name}" for column in ALL))
    page = logged_in.get("/accounts/")
    assert len(page.context["page"].columns) == len(ALL)
    logged_in.cookies["accounts-columns"] = "sales.password"
    assert [column.name for column in logged_in.get("/accounts/").context["page"].columns] == ["sales"]
    logged_in.get("/accounts/?columns=standard")
    assert len(logged_in.get("/accounts/").context["page"].columns) == 8


def test_names_are_text(logged_in: Client, graded: Any) -> None:
    """quality 16, quality 18"""
    give(make_user("<b hx-get=/x>Eve", email="eve@example.com"), graded["A1"])
    Account.objects.filter(code="A1").update(name='"><script>alert(1)</script>', country="<i>France</i>")
    text = (
        logged_in.get("/accounts/?q=%22%3E%3Cscript%3E").content.decode() + logged_in.get("/accounts/").content.decode()
    )
    for bad in ("<script>alert", '"><script>', "<b hx-get", "<i>France"):
        assert bad not in text


def test_htmx_gets_the_list_and_a_short_address(logged_in: Client, graded: Any) -> None:
    headers = {"HX-Request": "true", "HX-Target": "part"}
    part = logged_in.get("/accounts/?q=cedar&class=&letter=&order=name", headers=headers)
    assert part["HX-Push-Url"] == "/accounts/?q=cedar&order=name"
    assert b"Cedar Ltd" in part.content
    assert b"<html" not in part.content
    assert b'<form class="filters"' not in part.content


def test_before_the_first_refresh(logged_in: Client) -> None:
    assert "There are no accounts yet" in logged_in.get("/accounts/").content.decode()
    make_account("A1", name="Alder", country="Germany")
    page = logged_in.get("/accounts/")
    assert codes(page) == ["A1"]
    assert "Nothing has been graded yet" in page.content.decode()
    assert [column.name for column in page.context["page"].columns] == [
        "code",
        "owner_name",
        "country",
        "region",
        "industry",
    ]
    assert logged_in.get("/accounts/?order=sales").status_code == 422


def test_in_chinese(logged_in: Client, graded: Any) -> None:
    User.objects.update(language="zh-hans")
    assert "核心大客户" in logged_in.get("/accounts/").content.decode()


def test_it_asks_little_and_never_the_ledger(
    logged_in: Client, graded: Any, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    def never(*_args: Any, **_named: Any) -> None:
        raise AssertionError("the ledger was read")

    monkeypatch.setattr(engine, "opened", never)
    monkeypatch.setattr(engine, "duckdb_opened", never)
    for query in ("", "?q=a&country=France&order=name"):
        with django_assert_max_num_queries(10):
            assert logged_in.get(f"/accounts/{query}").status_code == 200
