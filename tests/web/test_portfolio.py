"""The page Portfolio: the matrix, its filters and days, for whom it shows what."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from mainstay.accounts import access
from mainstay.accounts.models import Account
from mainstay.nightly.refresh import refresh
from mainstay.people.models import User
from tests.factories import make_user
from tests.ledgers import TINY_DAY, sales_batch, tiny_ledger

pytestmark = pytest.mark.django_db
ROLES = ["director", "analyst", "account_manager", "sales_representative", "scout", "read_only"]
# Worked out by hand in tests/data/tiny/expected.md.
TINY = {
    "A1": (1, "750.3333", "195.3333"),
    "B2": (1, "300", "40"),
    "B3": (1, "60", "20"),
    "C3": (2, "200", "10"),
    "B4": (1, "0", "-45"),
    "C6": (1, "0", "-15"),
}


@pytest.fixture
def graded() -> dict[str, Account]:
    """The set worked out by hand, refreshed."""
    accounts = tiny_ledger()
    refresh(as_of=TINY_DAY)
    return accounts


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def give(user: User, *accounts: Account) -> None:
    for account in accounts:
        Account.objects.filter(pk=account.pk).update(owner=user)
    access.rebuild([account.pk for account in accounts])


def tiles(response: Any) -> dict[str, tuple[int, Decimal, Decimal]]:
    """Accounts, sales and profit of the cells that hold an account."""
    rows = response.context["page"].picture.rows
    found = {tile.code: tile.sum.cell for row in rows for tile in row.tiles}
    assert len(found) == 18
    return {code: (cell.accounts, cell.sales, cell.profit) for code, cell in found.items() if cell.accounts}


def by_hand(*codes: str) -> dict[str, tuple[int, Decimal, Decimal]]:
    return {code: (TINY[code][0], Decimal(TINY[code][1]), Decimal(TINY[code][2])) for code in codes}


def test_the_matrix_is_the_one_worked_out_by_hand(logged_in: Client, graded: Any) -> None:
    page = logged_in.get("/portfolio/")
    found = tiles(page)
    assert {code: told[:2] for code, told in found.items()} == {code: told[:2] for code, told in by_hand(*TINY).items()}
    picture = page.context["page"].picture
    assert (picture.sum.cell.accounts, picture.sum.cell.sales) == (7, Decimal("1310.3333"))
    third = picture.rows[2]
    assert (third.sum.cell.accounts, third.sum.cell.sales) == (3, Decimal(260))
    assert third.sum.accounts_share == Decimal(3) / 7
    assert third.sum.sales_share == Decimal(260) / Decimal("1310.3333")
    weak = picture.columns[2]
    assert (weak.sum.cell.accounts, weak.sum.cell.profit) == (3, sum(found[code][2] for code in ("C3", "C6")))
    assert sum(row.sum.cell.profit for row in picture.rows) == picture.sum.cell.profit


def test_each_cell_shows_its_figures_and_the_head_of_its_strategy(logged_in: Client, graded: Any) -> None:
    text = logged_in.get("/portfolio/").content.decode()
    cell = text.split('data-cell="B2"')[1].split("</a>")[0]
    assert "1 account<" in cell
    assert ">300<" in cell
    assert "Serve without a fault, so that nobody has a reason to look elsewhere" in cell
    assert "Growth key account" in text
    assert "Middling" in text
    assert 'href="/portfolio/B2/"' in text
    assert "from 1 Jul 2023 to 30 Jun 2024" in text


def test_in_chinese(logged_in: Client, graded: Any) -> None:
    User.objects.update(language="zh-hans")
    text = logged_in.get("/portfolio/").content.decode()
    assert "成长大客户" in text
    assert "服务做到无可挑剔，使对方没有另寻他人的理由" in text
    assert "Serve without a fault" not in text


@pytest.mark.parametrize("role", ROLES)
def test_each_role_sees_its_part(role: str, graded: dict[str, Account]) -> None:
    user = make_user("Ines", role)
    give(user, graded["B1"], graded["C1"])
    page = client_of(user).get("/portfolio/")
    assert page.status_code == 200
    if role in ("director", "analyst"):
        assert page.context["page"].picture.sum.cell.accounts == 7
    else:
        assert {code: told[:2] for code, told in tiles(page).items()} == {
            "B2": (1, Decimal(300)),
            "C3": (1, Decimal(160)),
        }


def test_who_may_see_no_account_is_told_so(graded: Any) -> None:
    page = client_of(make_user("Otto")).get("/portfolio/")
    assert "No account is yours yet" in page.content.decode()
    assert "750" not in page.content.decode()


@pytest.mark.parametrize(
    ("query", "cells"),
    [
        ("country=France", {"C3": (2, Decimal(200)), "B4": (1, Decimal(0)), "C6": (1, Decimal(0))}),
        ("industry=Machinery", {"A1": (1, Decimal("750.3333")), "B2": (1, Decimal(300)), "B3": (1, Decimal(60))}),
        ("country=Germany&owner=0", {"B2": (1, Decimal(300)), "B3": (1, Decimal(60))}),
        ("region=North", {"B2": (1, Decimal(300))}),
        (
            "region=&country=&owner=&industry=&as_of=2024-06-30",
            {code: told[:2] for code, told in by_hand(*TINY).items()},
        ),
    ],
)
def test_filters_narrow_it(logged_in: Client, graded: Any, query: str, cells: dict[str, Any]) -> None:
    give(make_user("Ines"), graded["A1"])
    Account.objects.filter(code="B1").update(region="North")
    page = logged_in.get(f"/portfolio/?{query}")
    assert {code: told[:2] for code, told in tiles(page).items()} == cells


def test_by_owner(logged_in: Client, graded: Any) -> None:
    ines = make_user("Ines")
    give(ines, graded["A1"])
    page = logged_in.get(f"/portfolio/?owner={ines.pk}")
    assert list(tiles(page)) == ["A1"]
    assert f'href="/portfolio/A1/?owner={ines.pk}"' in page.content.decode()


def test_nothing_passes(logged_in: Client, graded: Any) -> None:
    assert "No account passes these filters" in logged_in.get("/portfolio/?country=Peru").content.decode()


def test_htmx_gets_the_matrix_alone_and_a_short_address(logged_in: Client, graded: Any) -> None:
    headers = {"HX-Request": "true", "HX-Target": "part"}
    part = logged_in.get("/portfolio/?owner=&country=France&region=", headers=headers)
    assert part["HX-Push-Url"] == "/portfolio/?country=France"
    assert b"<html" not in part.content
    assert b'class="matrix"' in part.content
    page = logged_in.get("/portfolio/?country=France").content.decode()
    assert part.content.decode().strip() in page.replace("&amp;owner=", "")


def test_a_day_gone_by(logged_in: Client) -> None:
    ines = make_user("Ines")
    accounts = tiny_ledger()
    refresh(as_of=date(2024, 2, 29))
    refresh(as_of=TINY_DAY)
    page = logged_in.get("/portfolio/?as_of=2024-02-29")
    # In (2023-02-28, 2024-02-29] by the files: A1 600 + S10's 10, B1 300, E1 60.
    assert page.context["page"].as_of == date(2024, 2, 29)
    assert 'href="/portfolio/A1/?as_of=2024-02-29"' in page.content.decode()
    assert '<option value="2024-02-29" selected' in page.content.decode()
    give(ines, accounts["B1"])
    theirs = client_of(ines).get("/portfolio/?as_of=2024-02-29")
    assert theirs.context["page"].picture.sum.cell.accounts == 1
    assert theirs.context["page"].picture.sum.cell.sales == Decimal(300)


def test_a_day_that_was_not_refreshed(logged_in: Client, graded: Any) -> None:
    page = logged_in.get("/portfolio/?as_of=2020-01-01")
    assert page.status_code == 404
    assert "2024-06-30" in page.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "as_of=yesterday",
        "owner=me",
        "owner=-1",
        "owner=9999999999999999999999",
        "owner=%D9%A1",
        "order=sales",
        "q=x",
        "country=%00",
        f"country={'x' * 201}",
        "<script>=1",
    ],
)
def test_what_it_does_not_know_is_refused(logged_in: Client, graded: Any, query: str) -> None:
    """quality 20"""
    page = logged_in.get(f"/portfolio/?{query}")
    assert page.status_code == 422
    assert b"<script>=" not in page.content


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete"])
def test_it_is_only_read(logged_in: Client, verb: str) -> None:
    assert getattr(logged_in, verb)("/portfolio/").status_code == 405


def test_names_are_text(logged_in: Client, graded: Any) -> None:
    """quality 16"""
    give(make_user("<img src=x onerror=alert(1)>", email="x@example.com"), graded["A1"])
    Account.objects.filter(code="B1").update(region="<script>alert(1)</script>")
    text = logged_in.get("/portfolio/").content.decode()
    assert "<img src=x" not in text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_before_the_first_refresh(logged_in: Client, person: Callable[..., User]) -> None:
    text = logged_in.get("/portfolio/").content.decode()
    assert "Import a sales file, then refresh" in text
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 'A1' AS account, 5 AS amount")
    text = logged_in.get("/portfolio/").content.decode()
    assert "Sales are imported" in text
    assert 'href="/imports/"' in text.split('id="part"')[1]
    theirs = client_of(make_user("Otto", "scout")).get("/portfolio/").content.decode().split('id="part"')[1]
    assert "As soon as a director or an analyst" in theirs
    assert "/imports/" not in theirs


@pytest.mark.parametrize(("query", "queries"), [("", 9), ("?country=France", 10), ("?as_of=2024-06-30", 9)])
def test_it_asks_little_and_never_the_ledger(
    logged_in: Client,
    graded: Any,
    ledger_closed: None,
    django_assert_max_num_queries: Any,
    query: str,
    queries: int,
) -> None:
    with django_assert_max_num_queries(queries):
        assert logged_in.get(f"/portfolio/{query}").status_code == 200
