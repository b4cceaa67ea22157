"""grading.listing: the list of accounts, searched, filtered, sorted, page by page by key."""

import base64
import itertools
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mainstay.core.errors import Refused
from mainstay.grading.listing import ORDERS, Filters, Page, Row, standing_list, standing_rows
from mainstay.grading.models import CELLS, Refresh, Standing
from mainstay.people.models import User
from tests.factories import make_account, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def director() -> User:
    return make_user("Dora", role="director")


@pytest.fixture
def owner() -> User:
    return make_user("Olaf")


@pytest.fixture
def refresh() -> Refresh:
    return Refresh.objects.create(as_of=date(2024, 6, 30), months=12, current=True, started_at="2024-07-01T00:00Z")


@pytest.fixture
def rows(refresh: Refresh, owner: User) -> list[Standing]:
    """Twenty-three accounts with ties and empty values in every column."""
    made = []
    for index in range(23):
        account = make_account(
            f"N{index:02}",
            name=f"{'Oak' if index % 4 else 'Ash'} {index % 5}",
            country=["", "Chile", "Peru"][index % 3],
            region=["North", "South"][index % 2],
            industry=["Food", "Steel", "Wood"][index // 8],
            owner=owner if index % 6 == 0 else None,
        )
        cell = CELLS[index % 18]
        active = int(cell[1]) <= 3
        made.append(
            Standing.objects.create(
                refresh=refresh,
                account=account,
                cell=cell,
                letter=cell[0],
                account_class=int(cell[1]),
                letter_basis="estimated",
                active=active,
                score=None if index % 7 == 0 else float(index % 4),
                attractiveness=float(index) if active else None,
                potential=float(index % 3),
                sales=Decimal(index % 4) * 10 if active else Decimal(0),
                profit=Decimal(5 - index % 3),
                sales_before=Decimal(index),
                rank=index + 1 if active else None,
                orders=index % 3,
                first_order=date(2024, 1, 1 + index % 5) if index % 5 else None,
                last_order=date(2024, 2, 1 + index % 5) if index % 5 else None,
            )
        )
    refresh.matrix = {
        cell: {
            "accounts": sum(standing.cell == cell for standing in made),
            "sales": str(sum(standing.sales for standing in made if standing.cell == cell)),
            "profit": str(sum(standing.profit for standing in made if standing.cell == cell)),
        }
        for cell in CELLS
    }
    refresh.save()
    return made


def _value(standing: Standing, name: str) -> Any:
    if name in ("code", "name", "country", "region", "industry"):
        return getattr(standing.account, name)
    if name == "owner":
        return standing.account.owner.name if standing.account.owner else None
    return getattr(standing, {"class": "account_class"}.get(name, name))


def _sorted(rows: list[Standing], order: str) -> list[str]:
    """The same by Python: by the value, empty ones last, ties by id, the other way round where the order is."""
    name = order.removeprefix("-")
    turned = order.startswith("-")
    falling = ORDERS[name].falling != turned
    filled = [standing for standing in rows if _value(standing, name) is not None]
    empty = [standing for standing in rows if _value(standing, name) is None]
    for part in (filled, empty):
        part.sort(key=lambda standing: standing.pk, reverse=turned)
    filled.sort(key=lambda standing: _value(standing, name), reverse=falling)
    return [standing.account.code for standing in filled + empty]


@pytest.mark.parametrize("order", [sign + name for name in ORDERS for sign in ("", "-")])
def test_pages_by_key_go_through_every_row_once_and_back(
    order: str, rows: list[Standing], refresh: Refresh, director: User
) -> None:
    wanted = _sorted(rows, order)
    page = standing_list(director, refresh, order=order, size=5)
    assert page.previous == ""
    pages = [page]
    while page.next:
        page = standing_list(director, refresh, order=order, size=5, cursor=page.next)
        pages.append(page)
    assert [row.code for page in pages for row in page.rows] == wanted
    back = [_codes(page)]
    while page.previous:
        page = standing_list(director, refresh, order=order, size=5, cursor=page.previous)
        back.append(_codes(page))
    assert back[::-1] == [_codes(page) for page in pages]


def _codes(page: Page) -> list[str]:
    return [row.code for row in page.rows]


def _passes(standing: Standing, filters: Filters) -> bool:
    account = standing.account
    return all(
        (
            filters.search.casefold() in f"{account.code} {account.name}".casefold(),
            filters.cell in ("", standing.cell),
            filters.account_class in (None, standing.account_class),
            filters.letter in ("", standing.letter),
            filters.active in (None, standing.active),
            filters.owner is None or (account.owner_id or 0) == filters.owner,
            filters.country in ("", account.country),
            filters.region in ("", account.region),
            filters.industry in ("", account.industry),
        )
    )


def test_filters_and_totals_are_those_of_a_plain_loop(
    rows: list[Standing], refresh: Refresh, director: User, owner: User
) -> None:
    parts: dict[str, list[Any]] = {
        "search": ["", "OAK", "n1"],
        "cell": ["", "B2"],
        "account_class": [None, 3],
        "letter": ["", "A"],
        "active": [None, True, False],
        "owner": [None, owner.pk, 0],
        "country": ["", "Peru"],
        "region": ["", "South"],
        "industry": ["", "Food"],
    }
    tried = 0
    for pair in itertools.combinations(parts, 2):
        for values in itertools.product(*(parts[name] for name in pair)):
            filters = Filters(**dict(zip(pair, values, strict=True)))
            page = standing_list(director, refresh, filters=filters, order="code", size=100)
            wanted = [standing for standing in rows if _passes(standing, filters)]
            assert _codes(page) == [standing.account.code for standing in wanted], filters
            assert page.totals.accounts == len(wanted)
            assert page.totals.sales == sum(standing.sales for standing in wanted)
            assert page.totals.profit == sum(standing.profit for standing in wanted)
            tried += 1
    assert tried > 100


def test_a_search_finds_all_words_in_code_and_name(rows: list[Standing], refresh: Refresh, director: User) -> None:
    page = standing_list(director, refresh, filters=Filters(search="  oak  3 N1"))
    assert sorted(_codes(page)) == ["N13", "N18"]
    assert _codes(standing_list(director, refresh, filters=Filters(search="100%_"))) == []


def test_a_row_holds_account_and_standing(rows: list[Standing], refresh: Refresh, director: User) -> None:
    row = standing_list(director, refresh, filters=Filters(search="N06")).rows[0]
    standing = rows[6]
    assert row == Row(
        pk=standing.account_id,
        code="N06",
        name="Oak 1",
        country="",
        region="North",
        industry="Food",
        owner_id=standing.account.owner_id,
        owner_name="Olaf",
        held_class=None,
        cell=standing.cell,
        account_class=standing.account_class,
        letter=standing.letter,
        letter_basis="estimated",
        active=standing.active,
        score=standing.score,
        attractiveness=standing.attractiveness,
        potential=standing.potential,
        sales=standing.sales,
        profit=standing.profit,
        sales_before=Decimal(6),
        rank=standing.rank,
        orders=0,
        first_order=standing.first_order,
        last_order=standing.last_order,
    )


def test_others_see_their_own_accounts_only(
    rows: list[Standing], refresh: Refresh, owner: User, director: User
) -> None:
    """quality 6, 9: rows, totals and exports are of what the user may see."""
    mine = [standing for standing in rows if standing.account.owner_id == owner.pk]
    page = standing_list(owner, refresh, order="code")
    assert _codes(page) == [standing.account.code for standing in mine]
    assert page.totals.accounts == len(mine)
    assert page.totals.sales == sum(standing.sales for standing in mine)
    assert [row.code for row in standing_rows(owner, refresh, order="code")] == _codes(page)
    assert _codes(standing_list(owner, refresh, filters=Filters(owner=0))) == []
    cursor = standing_list(director, refresh, order="code", size=2).next
    assert set(_codes(standing_list(owner, refresh, order="code", cursor=cursor))) <= set(_codes(page))
    assert standing_list(make_user("Stranger"), refresh).totals.accounts == 0


def test_another_refresh_is_not_listed(rows: list[Standing], refresh: Refresh, director: User) -> None:
    later = Refresh.objects.create(as_of=date(2024, 7, 1), months=12, started_at="2024-07-02T00:00Z")
    Standing.objects.filter(pk=rows[0].pk).update(refresh=later)
    assert len(standing_list(director, refresh, size=100).rows) == 22


def test_an_export_streams_every_row_in_order(rows: list[Standing], refresh: Refresh, director: User) -> None:
    assert [row.code for row in standing_rows(director, refresh, order="-score")] == _sorted(rows, "-score")
    filtered = standing_rows(director, refresh, filters=Filters(region="North"), order="name")
    assert [row.code for row in filtered] == _sorted([row for row in rows if row.account.region == "North"], "name")


def test_before_the_first_refresh_accounts_are_listed_without_a_grade(director: User, owner: User) -> None:
    for index in range(7):
        make_account(f"N{index}", region="North" if index < 5 else "South", owner=owner if index == 3 else None)
    page = standing_list(director, None, size=3)
    assert [row.code for row in page.rows] == ["N0", "N1", "N2"]
    assert (page.rows[0].cell, page.rows[0].sales, page.totals.accounts) == (None, None, 7)
    page = standing_list(director, None, size=3, cursor=page.next)
    assert [row.code for row in page.rows] == ["N3", "N4", "N5"]
    assert [row.code for row in standing_list(owner, None).rows] == ["N3"]
    assert standing_list(director, None, filters=Filters(region="South")).totals.accounts == 2
    with pytest.raises(Refused, match="cannot be sorted by “sales”"):
        standing_list(director, None, order="sales")


@pytest.mark.parametrize("order", ["password", "account__owner__password", "--sales", "sales; DROP TABLE", "pk"])
def test_an_order_outside_the_list_is_refused(order: str, refresh: Refresh, director: User) -> None:
    """quality 20"""
    with pytest.raises(Refused, match="cannot be sorted"):
        standing_list(director, refresh, order=order)


@pytest.mark.parametrize("cursor", ["x", "W10", "eyJhIjoxfQ", "é", "WyJzYWxlcyIsMCwieCIsMV0", "A" * 10_000])
def test_a_cursor_that_means_nothing_is_refused(cursor: str, refresh: Refresh, director: User) -> None:
    with pytest.raises(Refused, match="Begin at the first page"):
        standing_list(director, refresh, order="sales", cursor=cursor)


def test_a_cursor_of_another_order_is_refused(rows: list[Standing], refresh: Refresh, director: User) -> None:
    cursor = standing_list(director, refresh, order="code", size=2).next
    with pytest.raises(Refused):
        standing_list(director, refresh, order="sales", cursor=cursor)


def test_it_takes_as_many_queries_for_many_rows_as_for_few(
    rows: list[Standing], refresh: Refresh, director: User, owner: User
) -> None:
    for user, filters, most in ((director, Filters(), 2), (director, Filters(search="oak"), 2), (owner, Filters(), 3)):
        for size in (2, 50):
            with CaptureQueriesContext(connection) as queries:
                standing_list(user, refresh, filters=filters, size=size)
            assert len(queries) == most


@pytest.mark.parametrize(
    ("order", "told"),
    [
        ("sales", ["sales", 0, "NaN", 1]),
        ("sales", ["sales", 0, "Infinity", 1]),
        ("sales", ["sales", 0, "1e308", 1]),
        ("sales", ["sales", 0, "9" * 4000, 1]),
        ("score", ["score", 0, "nan", 1]),
        ("sales", ["sales", 0, "1", 10**30]),
        ("code", ["code", 0, "\ud800", 1]),
        ("code", ["code", 0, "\x00", 1]),
    ],
)
def test_a_cursor_no_database_could_be_asked_for_is_refused(
    order: str, told: list[object], rows: list[Standing], refresh: Refresh, director: User
) -> None:
    """quality 20"""
    cursor = base64.urlsafe_b64encode(json.dumps(told).encode()).decode()
    with pytest.raises(Refused, match="Begin at the first page"):
        standing_list(director, refresh, order=order, cursor=cursor)


def test_a_cursor_that_nests_without_end_is_refused(refresh: Refresh, director: User) -> None:
    cursor = base64.urlsafe_b64encode(b"[" * 5_000).decode()
    with pytest.raises(Refused, match="Begin at the first page"):
        standing_list(director, refresh, cursor=cursor)
