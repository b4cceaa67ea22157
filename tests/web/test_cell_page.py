"""The page of a cell: its accounts beside its playbook."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from mainstay.accounts.models import Account
from mainstay.grading.marts.members import members
from mainstay.grading.selectors import refresh_of
from mainstay.nightly.refresh import refresh
from mainstay.people.models import User
from tests.factories import make_account, make_user
from tests.ledgers import TINY_DAY, sales_batch, tiny_ledger
from tests.web.test_portfolio import ROLES, client_of, give

pytestmark = pytest.mark.django_db
EARLIER = date(2023, 12, 31)


@pytest.fixture
def graded() -> dict[str, Account]:
    """The set worked out by hand, refreshed."""
    accounts = tiny_ledger()
    refresh(as_of=TINY_DAY)
    return accounts


@pytest.fixture
def many() -> str:
    """120 accounts, of which those of the same cell are asked for; two days. Returns the cell that holds the most."""
    for number in range(120):
        make_account(f"K{number:03}", name=f"Name {number:03}")
    sales_batch(
        "SELECT 'S' || n AS document, DATE '2023-12-01' AS date, printf('K%03d', n) AS account, 'P' AS product, "
        "1000 - (n // 2) AS amount, 10 AS cost FROM range(120) t(n)"
    )
    refresh(as_of=EARLIER)
    refresh(as_of=TINY_DAY)
    current = refresh_of()
    fullest: str = max(current.matrix, key=lambda cell: current.matrix[cell]["accounts"])
    return fullest


def rows(response: Any) -> list[tuple[str, Decimal]]:
    return [(row.code, row.sales) for row in response.context["page"].shown.rows]


def walked(client: Client, address: str) -> list[list[tuple[str, Decimal]]]:
    """All pages forward, and the way back to the first again."""
    pages = []
    while address:
        page = client.get(address)
        assert page.status_code == 200
        pages.append(rows(page))
        address, last = page.context["page"].shown.next, page
    back = [pages[-1]]
    while address := last.context["page"].shown.previous:
        last = client.get(address)
        back.append(rows(last))
    assert back[::-1] == pages
    return pages


def test_the_accounts_beside_the_playbook(logged_in: Client, graded: Any) -> None:
    page = logged_in.get("/portfolio/C3/")
    assert rows(page) == [("C1", Decimal(160)), ("D1", Decimal(40))]
    text = page.content.decode()
    assert "Ordinary customer" in text
    assert "Relationship: Weak" in text
    assert "Decide whether effort pays here: compare what the account costs with what it could bring." in text
    assert 'data-cell="B2" href="/portfolio/B2/"' in text.split("play-target")[1]
    assert f'href="/accounts/{graded["C1"].pk}/"' in text
    assert 'href="/accounts/?cell=C3"' in text
    told = page.context["page"].sum
    assert (told.cell.accounts, told.cell.sales) == (2, Decimal(200))
    assert told.sales_share == Decimal(200) / Decimal("1310.3333")


def test_where_to_go_from_a_cell(logged_in: Client, graded: Any) -> None:
    assert "Stay here" in logged_in.get("/portfolio/A1/").content.decode()
    assert "nothing is aimed at here" in logged_in.get("/portfolio/C6/").content.decode()


def test_in_chinese(logged_in: Client, graded: Any) -> None:
    User.objects.update(language="zh-hans")
    text = logged_in.get("/portfolio/C3/").content.decode()
    assert "普通客户" in text
    assert "值得，就制定有限的计划，建立信任、发掘潜力；不值得，就以电话和网络按标准价格服务。" in text


def test_a_cell_without_accounts(logged_in: Client, graded: Any) -> None:
    assert "No account stands here" in logged_in.get("/portfolio/A6/").content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_its_part(role: str, graded: dict[str, Account]) -> None:
    """quality 6"""
    user = make_user("Ines", role)
    give(user, graded["D1"])
    found = rows(client_of(user).get("/portfolio/C3/"))
    everything = [("C1", Decimal(160)), ("D1", Decimal(40))]
    assert found == (everything if role in ("director", "analyst") else everything[1:])


@pytest.mark.parametrize("query", ["", "?as_of=2023-12-31"])
def test_an_outsider_sees_none(graded: Any, query: str) -> None:
    """quality 5"""
    refresh(as_of=EARLIER)
    text = client_of(make_user("Otto")).get(f"/portfolio/C3/{query}").content.decode()
    assert "No account stands here" in text
    assert "Cedar" not in text


@pytest.mark.parametrize("day", ["", "?as_of=2023-12-31"])
def test_page_by_page_to_the_end_and_back(logged_in: Client, many: str, day: str) -> None:
    cells = refresh_of(EARLIER if day else None).matrix
    cell = max(cells, key=lambda one: cells[one]["accounts"])
    pages = walked(logged_in, f"/portfolio/{cell}/{day}")
    assert len(pages) > 1
    assert all(len(page) == 50 for page in pages[:-1])
    found = [row for page in pages for row in page]
    assert len(found) == len(set(found)) == cells[cell]["accounts"]
    assert sum(sales for _code, sales in found) == Decimal(cells[cell]["sales"])
    assert found == sorted(found, key=lambda row: (-row[1], row[0]))


def test_a_day_gone_by_has_todays_names_and_owners(logged_in: Client, many: str) -> None:
    ines = make_user("Ines")
    code = members(refresh_of(EARLIER), many).rows[0].code
    account = Account.objects.get(code=code)
    give(ines, account)
    page = logged_in.get(f"/portfolio/{many}/?as_of=2023-12-31&owner={ines.pk}")
    (row,) = page.context["page"].shown.rows
    assert (row.code, row.name, row.owner, row.pk) == (code, account.name, "Ines", account.pk)
    assert "Open as a list" not in page.content.decode()
    assert rows(client_of(ines).get(f"/portfolio/{many}/?as_of=2023-12-31")) == [(code, row.sales)]


@pytest.mark.parametrize("cell", ["Z1", "A7", "a1", "A11", "<b>"])
def test_no_such_cell(logged_in: Client, graded: Any, cell: str) -> None:
    page = logged_in.get(f"/portfolio/{cell}/")
    assert page.status_code == 404
    assert b"<b>" not in page.content


def test_before_the_first_refresh(logged_in: Client) -> None:
    assert logged_in.get("/portfolio/A1/").status_code == 404


@pytest.mark.parametrize("cursor", ["x", "WyJub3QiXQ", "bnVsbA", "WzAsIk5hTiIsIkExIl0", "é"])
@pytest.mark.parametrize("day", ["", "&as_of=2023-12-31"])
def test_a_page_it_does_not_know_is_refused(logged_in: Client, many: str, cursor: str, day: str) -> None:
    """quality 20"""
    assert logged_in.get(f"/portfolio/{many}/?after={cursor}{day}").status_code == 422
    assert logged_in.get(f"/portfolio/{many}/?order=sales{day}").status_code == 422


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_it_is_only_read(logged_in: Client, verb: str) -> None:
    assert getattr(logged_in, verb)("/portfolio/A1/").status_code == 405


def test_htmx_gets_what_it_asks_for(logged_in: Client, graded: Any) -> None:
    whole = logged_in.get("/portfolio/C3/", headers={"HX-Request": "true", "HX-Target": "page"})
    assert b"<html" not in whole.content
    assert b"<title>C3 Ordinary customer" in whole.content
    assert whole.content.count(b"<h1") == 1
    assert whole["HX-Push-Url"] == "/portfolio/C3/"
    part = logged_in.get("/portfolio/C3/?country=", headers={"HX-Request": "true", "HX-Target": "part"})
    assert b"<h1" not in part.content
    assert b"Cedar Ltd" in part.content


def test_names_are_text(logged_in: Client, graded: Any) -> None:
    """quality 16, quality 18"""
    give(make_user('"><b hx-get="/x">Eve', email="eve@example.com"), graded["C1"])
    Account.objects.filter(code="C1").update(name="<script>alert(1)</script>")
    text = logged_in.get("/portfolio/C3/").content.decode()
    assert "<script>alert" not in text
    assert "<b hx-get" not in text


@pytest.mark.parametrize(("query", "queries"), [("", 12), ("?country=France", 12), ("?as_of=2024-06-30", 12)])
def test_it_asks_little_and_never_the_ledger(
    logged_in: Client,
    graded: Any,
    ledger_closed: None,
    django_assert_max_num_queries: Any,
    query: str,
    queries: int,
) -> None:
    with django_assert_max_num_queries(queries):
        assert logged_in.get(f"/portfolio/C3/{query}").status_code == 200
