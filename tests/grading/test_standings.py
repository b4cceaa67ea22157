"""grading.selectors and grading.records: what pages and the command line read of a refresh."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from mainstay.accounts.models import Account
from mainstay.core.errors import NotFound, Refused
from mainstay.grading.listing import Filters
from mainstay.grading.models import CELLS, Standing
from mainstay.grading.records import account_record, account_records, cell_changes
from mainstay.grading.selectors import (
    Cell,
    codes_for,
    current_refresh,
    filter_choices,
    matrix,
    published_days,
    refresh_of,
    sees_everything,
)
from mainstay.nightly.refresh import refresh
from mainstay.people.models import User
from tests.factories import make_account, make_user
from tests.ledgers import TINY_DAY, sales_batch, tiny_ledger

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

EARLIER = date(2024, 3, 31)


@pytest.fixture
def accounts() -> dict[str, Account]:
    """The tiny company; Olaf owns B1 and C1."""
    olaf = make_user("Olaf")
    accounts = tiny_ledger()
    for code in ("B1", "C1"):
        accounts[code].delete()
        kept = {"name": accounts[code].name, "industry": accounts[code].industry, "country": accounts[code].country}
        accounts[code] = make_account(code, owner=olaf, size=accounts[code].size, **kept)
    return accounts


def _olaf() -> User:
    return User.objects.get(name="Olaf")


def test_days_and_refreshes_are_found_by_day(accounts: dict[str, Account]) -> None:
    with pytest.raises(NotFound, match="run: mainstay refresh"):
        refresh_of()
    with pytest.raises(NotFound, match="Nothing was refreshed yet"):
        refresh_of(TINY_DAY)
    newest, earlier, again = refresh(as_of=TINY_DAY), refresh(as_of=EARLIER), refresh(as_of=EARLIER)
    assert current_refresh() == newest
    assert refresh_of() == newest
    assert refresh_of(TINY_DAY) == newest
    assert refresh_of(EARLIER) == again != earlier
    assert published_days() == [TINY_DAY, EARLIER]
    with pytest.raises(Refused, match=r"2024-01-01 was not refreshed. Days there are: 2024-06-30, 2024-03-31\."):
        refresh_of(date(2024, 1, 1))


def test_the_matrix_of_the_company(accounts: dict[str, Account]) -> None:
    found = matrix(refresh(as_of=TINY_DAY))
    assert list(found.cells) == list(CELLS)
    assert found.cells["A1"] == Cell(1, Decimal("750.3333"), Decimal("195.3333"))
    assert found.cells["C3"] == Cell(2, Decimal(200), Decimal(10))
    assert found.cells["A6"] == Cell(0, Decimal(0), Decimal(0))
    # 265.3333 of the active accounts, less 45 and 15 spent on the two others.
    assert found.total == Cell(7, Decimal("1310.3333"), Decimal("205.3333"))


def test_the_matrix_of_a_part_is_made_of_that_part(accounts: dict[str, Account]) -> None:
    """quality 9"""
    done = refresh(as_of=TINY_DAY)
    earlier = refresh(as_of=EARLIER)
    found = matrix(done, user=_olaf())
    assert {cell: told for cell, told in found.cells.items() if told.accounts} == {
        "B2": Cell(1, Decimal(300), Decimal(40)),
        "C3": Cell(1, Decimal(160), Decimal(6)),
    }
    food = matrix(done, user=_olaf(), filters=Filters(industry="Food"))
    assert food.total == Cell(1, Decimal(160), Decimal(6))
    assert matrix(done, user=make_user("Eve")).total.accounts == 0
    director = make_user("Dora", role="director")
    assert matrix(done, user=director) == matrix(done)
    assert matrix(done, user=director, filters=Filters(industry="Food")).total.accounts == 4
    # The earlier day is read from its mart: the same two accounts, D1 and F1's selling costs not counted.
    assert matrix(earlier, user=_olaf()).total == Cell(2, Decimal(460), Decimal(46))
    only_b = matrix(earlier, user=_olaf(), filters=Filters(letter="B"))
    assert all(cell.startswith("B") or not told.accounts for cell, told in only_b.cells.items())


def test_scopes(accounts: dict[str, Account]) -> None:
    director = make_user("Dora", role="director")
    assert sees_everything(director)
    assert not sees_everything(_olaf())
    assert codes_for(director) is None
    assert sorted(codes_for(_olaf())["code"].to_pylist()) == ["B1", "C1"]
    assert sorted(codes_for(director, Filters(industry="Food"))["code"].to_pylist()) == ["C1", "D1", "F1", "G1"]
    assert filter_choices(_olaf()) == {
        "country": ["France", "Germany"],
        "region": [],
        "industry": ["Food", "Machinery"],
        "owner": [(_olaf().pk, "Olaf")],
    }
    make_account("Z1", region="North", country="Austria")
    assert filter_choices(director) == {
        "country": ["Austria", "France", "Germany"],
        "region": ["North"],
        "industry": ["Food", "Machinery"],
        "owner": [(_olaf().pk, "Olaf")],
    }


def test_a_record_has_the_keys_of_show_account(accounts: dict[str, Account]) -> None:
    done = refresh(as_of=TINY_DAY)
    Account.objects.filter(code="B1").update(held_class=1)
    record = account_record(done, Account.objects.get(code="B1"))
    assert record is not None
    told = record.told()
    reasons, strategy = told.pop("reasons"), told.pop("strategy")
    share, attractiveness = told.pop("sales_share"), told.pop("attractiveness")
    assert told == {
        "code": "B1",
        "name": "Birch & Sons",
        "cell": "B2",
        "class": 2,
        "held_class": 1,
        "letter": "B",
        "letter_basis": "estimated",
        "score": pytest.approx(54.16667, abs=1e-5),
        "potential": 37.5,
        "potential_basis": "estimated",
        "state": None,
        "rung": 1,
        "sales": Decimal(300),
        "profit": Decimal(40),
        "rank": 2,
        "first_order": date(2024, 2, 11),
        "last_order": date(2024, 2, 12),
        "orders": 2,
        "products": 2,
        "target": "A2",
        "goods_cost": Decimal(230),
        "booked_cost": Decimal(30),
        "costs": dict.fromkeys(("goods", "delivery", "rebate", "selling", "finance", "other"), Decimal(0))
        | {"service": Decimal(30)},
        "modelled_cost": None,
        "profit_after_model": None,
        "model": None,
    }
    assert share == pytest.approx(300 / 1310.3333)
    assert attractiveness == pytest.approx(45.83333, abs=1e-5)
    assert [text.split(":")[0] for text in map(str, reasons)] == ["Class 2", "Letter B"]
    assert strategy
    assert record.figures["booked_cost"] == Decimal(30)


def test_reasons_and_strategy_follow_the_language(accounts: dict[str, Account]) -> None:
    done = refresh(as_of=TINY_DAY)
    english = account_record(done, accounts["A1"])
    with translation.override("zh-hans"):
        chinese = account_record(done, accounts["A1"])
        assert english is not None
        assert chinese is not None
        assert english.strategy != chinese.strategy


def test_an_account_that_never_ordered_stands_on_no_rung(accounts: dict[str, Account]) -> None:
    record = account_record(refresh(as_of=TINY_DAY), accounts["F1"])
    assert record is not None
    assert (record.rung, record.score, record.rank, record.sales_share) == (None, None, None, None)
    assert (record.letter_basis, record.sales, record.profit) == ("unassessed", Decimal(0), Decimal(-45))


def test_an_account_made_later_has_no_record(accounts: dict[str, Account]) -> None:
    done = refresh(as_of=TINY_DAY)
    assert account_record(done, make_account("Z1")) is None


def test_records_of_many_accounts(accounts: dict[str, Account]) -> None:
    done = refresh(as_of=TINY_DAY)
    records = account_records(done)
    assert [record.code for record in records] == ["A1", "B1", "C1", "E1", "D1", "F1", "G1"]
    assert "reasons" not in records[0].told(reasons=False)
    assert records[0].name == "Alder Works"
    assert [record.code for record in account_records(done, order="-sales", limit=2)] == ["F1", "G1"]
    assert [record.code for record in account_records(done, order="rank")][-2:] == ["F1", "G1"]
    mine = account_records(done, Account.objects.filter(owner=_olaf()), order="code")
    assert [record.code for record in mine] == ["B1", "C1"]
    assert account_records(done, Account.objects.none()) == []
    with pytest.raises(Refused, match="cannot be sorted"):
        account_records(done, order="code; DROP TABLE")


def test_history_tells_every_change_with_its_reasons(accounts: dict[str, Account]) -> None:
    first = refresh(as_of=EARLIER)
    sales_batch("SELECT 'S90' AS document, DATE '2024-06-30' AS date, 'G1' AS account, 3000 AS amount")
    refresh(as_of=TINY_DAY)
    changes = cell_changes(accounts["G1"])
    cell = Standing.objects.get(account=accounts["G1"], refresh__current=True).cell
    assert [(change.as_of, change.before, change.after) for change in changes] == [
        (TINY_DAY, changes[1].after, cell),
        (EARLIER, "", changes[1].after),
    ]
    assert changes[1].after[1] == "6"
    # What history kept tells the same as the mart does.
    for done, change in ((refresh_of(TINY_DAY), changes[0]), (first, changes[1])):
        record = account_record(done, accounts["G1"])
        assert record is not None
        assert list(map(str, record.reasons)) == list(map(str, change.reasons))


def test_history_keeps_what_every_sentence_needs(accounts: dict[str, Account]) -> None:
    done = refresh(as_of=TINY_DAY)
    for account in accounts.values():
        record = account_record(done, account)
        assert record is not None
        assert list(map(str, cell_changes(account)[0].reasons)) == list(map(str, record.reasons))
