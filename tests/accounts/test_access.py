"""Who may see which account."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from mainstay.accounts.access import visible
from mainstay.accounts.models import Account
from mainstay.accounts.services import accounts_set_owner, accounts_write
from mainstay.people.models import User
from mainstay.people.selectors import person_finder
from tests.factories import make_account, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def seen(user: User | AnonymousUser) -> set[str]:
    return set(visible(user).values_list("code", flat=True))


@pytest.mark.parametrize("role", ["director", "analyst"])
def test_directors_and_analysts_see_every_account(role: str) -> None:
    make_account("A")
    make_account("B", owner=make_user("Ben"))
    assert seen(make_user(role=role)) == {"A", "B"}


@pytest.mark.parametrize("role", ["account_manager", "sales_representative", "scout", "read_only"])
def test_others_see_what_is_theirs_and_their_teams(role: str) -> None:
    me, mate, other = make_user("Me", role, team="North"), make_user("Mate", team="North"), make_user("Other")
    make_account("mine", owner=me)
    make_account("mate's", owner=mate)
    make_account("team's", team="North")
    make_account("other's", owner=other, team="South")
    make_account("nobody's")
    assert seen(me) == {"mine", "mate's", "team's"}
    assert seen(other) == {"other's"}


def test_whoever_is_in_no_team_shares_nothing_with_others_in_none() -> None:
    make_account("A", owner=make_user("Ben"))
    assert seen(make_user("Me")) == set()


def test_subsidiaries_are_seen_with_their_parent_but_not_the_other_way_round() -> None:
    top, low = make_user("Top"), make_user("Low")
    group = make_account("group", owner=top)
    company = make_account("company", parent=group)
    make_account("plant", parent=company, owner=low)
    assert seen(top) == {"group", "company", "plant"}
    assert seen(low) == {"plant"}


def test_nobody_logged_in_and_nobody_deactivated_sees_anything() -> None:
    gone = make_user("Gone", "director", is_active=False)
    make_account("A", owner=gone)
    assert seen(AnonymousUser()) == set()
    assert seen(gone) == set()


def test_an_account_seen_for_several_reasons_is_seen_once() -> None:
    me = make_user("Me", team="North")
    parent = make_account("A", owner=me, team="North")
    make_account("B", owner=me, team="North", parent=parent)
    assert sorted(visible(me).values_list("code", flat=True)) == ["A", "B"]


def test_asking_is_one_query(django_assert_num_queries: Callable[[int], Any]) -> None:
    me = make_user("Me", team="North")
    make_account("A", owner=me)
    with django_assert_num_queries(1):
        assert len(visible(me)) == 1


def test_a_chain_of_five_thousand_companies_is_seen_from_its_top() -> None:
    top, bottom = make_user("Top"), make_user("Bottom")
    rows = [{"code": "C0", "owner": "top@example.com"}]
    rows += [{"code": f"C{number}", "parent": f"C{number - 1}"} for number in range(1, 5000)]
    rows[-1]["owner"] = "bottom@example.com"
    accounts_write(rows=reversed(rows), people=person_finder())
    assert visible(top).count() == 5000
    assert seen(bottom) == {"C4999"}
    accounts_set_owner(accounts=[Account.objects.get(code="C2500").pk], owner=bottom, by=None)
    assert visible(bottom).count() == 2500
    assert visible(top).count() == 5000


def test_a_thousand_subsidiaries_are_seen_from_their_parent() -> None:
    me = make_user("Me")
    rows = [{"code": f"S{number}", "parent": "P"} for number in range(1000)]
    accounts_write(rows=[*rows, {"code": "P", "owner": "me@example.com"}], people=person_finder())
    assert visible(me).count() == 1001
