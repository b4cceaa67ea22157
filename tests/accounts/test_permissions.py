"""Who may set which field of an account."""

from collections.abc import Callable

import pytest

from mainstay.accounts.models import Account
from mainstay.accounts.permissions import check_may_set, may_set
from mainstay.accounts.services import account_set_parent, accounts_set_owner, accounts_set_team
from mainstay.core.errors import NotAllowed, Refused
from mainstay.people.models import AuditEntry, User
from tests.factories import make_account, make_team, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.mark.parametrize("role", ["account_manager", "sales_representative", "scout", "read_only"])
@pytest.mark.parametrize("field", ["owner", "team", "parent"])
def test_only_directors_and_analysts_say_whose_an_account_is(role: str, field: str) -> None:
    """quality 12"""
    assert not may_set(make_user(role=role), field)
    with pytest.raises(NotAllowed, match=field):
        check_may_set(User(role=role), ["name", field])


@pytest.mark.parametrize("role", ["director", "analyst"])
def test_directors_and_analysts_and_the_machine_itself_may(role: str) -> None:
    check_may_set(make_user(role=role), ["owner", "team", "parent", "name"])
    check_may_set(None, ["owner"])
    assert not may_set(User(role=role, is_active=False), "owner")


def test_other_fields_are_for_all_but_read_only_users() -> None:
    assert may_set(User(role="scout"), "need")
    assert not may_set(User(role="read_only"), "need")


@pytest.mark.parametrize(
    "write",
    [
        lambda account, by: accounts_set_owner(accounts=[account.pk], owner=by, by=by),
        lambda account, by: accounts_set_team(accounts=[account.pk], team=make_team(), by=by),
        lambda account, by: account_set_parent(account=account, parent=make_account("P"), by=by),
    ],
)
def test_a_forbidden_change_changes_nothing(write: Callable[[Account, User], None]) -> None:
    """quality 2"""
    account, by = make_account(), make_user()
    with pytest.raises(NotAllowed):
        write(account, by)
    account.refresh_from_db()
    assert (account.owner, account.team, account.parent) == (None, None, None)
    assert not AuditEntry.objects.exists()


def test_changes_by_hand_are_in_the_audit_log() -> None:
    director, account = make_user("Dan", "director"), make_account()
    accounts_set_owner(accounts=[account.pk], owner=director, by=director)
    entry = AuditEntry.objects.get()
    assert (entry.person, entry.verb, entry.about) == (director, "owner set", "A1")
    assert entry.detail == {"accounts": 1, "to": "dan@example.com"}


def test_a_parent_that_would_close_a_circle_is_refused() -> None:
    top = make_account("T")
    low = make_account("L", parent=make_account("M", parent=top))
    for parent in (low, top):
        with pytest.raises(Refused, match="Choose another parent"):
            account_set_parent(account=top, parent=parent, by=None)
    account_set_parent(account=low, parent=None, by=None)
    account_set_parent(account=top, parent=low, by=None)
