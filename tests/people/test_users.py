"""People are added and changed by the services."""

from collections.abc import Callable

import pytest

from mainstay.core.errors import NotAllowed, Refused
from mainstay.people.models import AuditEntry, User
from mainstay.people.roles import Role, role_named
from mainstay.people.selectors import person_finder, user_list
from mainstay.people.services import (
    user_add,
    user_set_active,
    user_set_password,
    user_set_preferences,
    user_set_role,
    user_set_team,
)
from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_a_user_is_added_with_a_password_made_up() -> None:
    user, password = user_add(email=" Anna@Example.com", role="scout", rank=2, team="North")
    user.refresh_from_db()
    assert (user.email, user.name, user.role, user.rank) == ("anna@example.com", "anna", "scout", 2)
    assert user.team is not None
    assert user.check_password(password)
    assert len(password) >= 12
    assert AuditEntry.objects.get().verb == "user added"


def test_nobody_is_added_twice_in_any_case() -> None:
    user_add(email="josé@example.com", role="scout", password=PASSWORD)
    with pytest.raises(Refused, match="already"):
        user_add(email="JOSÉ@Example.com", role="scout", password=PASSWORD)


@pytest.mark.parametrize(("email", "role"), [("nobody", "scout"), ("a@b", "scout"), ("", "scout"), ("a@b.com", "king")])
def test_what_cannot_be_a_user_is_refused_and_leaves_nothing(email: str, role: str) -> None:
    with pytest.raises(Refused):
        user_add(email=email, role=role, team="North", password=PASSWORD)
    assert not User.objects.exists()
    assert not AuditEntry.objects.exists()


def test_role_team_and_log_in_change_and_are_in_the_audit_log() -> None:
    user, director = make_user("Anna"), make_user("Dan", "director")
    user_set_role(user=user, role="scout", by=director)
    user_set_team(user=user, team="North", by=director)
    user_set_active(user=user, active=False, by=director)
    user.refresh_from_db()
    assert (user.role, user.team and user.team.name, user.is_active) == ("scout", "North", False)
    assert [(entry.verb, entry.person) for entry in AuditEntry.objects.order_by("pk")] == [
        ("role changed", director),
        ("team changed", director),
        ("active changed", director),
    ]
    user_set_team(user=user, team="", by=director)
    user.refresh_from_db()
    assert user.team is None


def test_a_role_that_is_none_is_refused() -> None:
    user = make_user()
    with pytest.raises(Refused):
        user_set_role(user=user, role="king", by=None)
    user.refresh_from_db()
    assert user.role == "sales_representative"


@pytest.mark.parametrize(
    "write",
    [
        lambda user, by: user_set_role(user=user, role="director", by=by),
        lambda user, by: user_set_team(user=user, team="North", by=by),
        lambda user, by: user_set_active(user=user, active=False, by=by),
        lambda user, by: user_add(email="x@example.com", role="director", by=by),
    ],
)
@pytest.mark.parametrize("role", ["analyst", "account_manager", "read_only"])
def test_only_a_director_changes_people(write: Callable[[User, User], object], role: str) -> None:
    """quality 4, 13"""
    user, by = make_user("Anna"), make_user("Ben", role)
    with pytest.raises(NotAllowed):
        write(user, by)
    user.refresh_from_db()
    assert (user.role, user.team, user.is_active, User.objects.count()) == ("sales_representative", None, True, 2)


def test_a_new_password_replaces_the_old_one() -> None:
    user = make_user("Anna")
    password = user_set_password(email="ANNA@example.com")
    user.refresh_from_db()
    assert user.check_password(password)
    assert not user.check_password(PASSWORD)
    with pytest.raises(Refused, match=r"none@example\.com"):
        user_set_password(email="none@example.com")


def test_preferences_change_one_by_one() -> None:
    user = make_user()
    user_set_preferences(user=user, language="zh-hans")
    user_set_preferences(user=user, theme="dark")
    user.refresh_from_db()
    assert (user.language, user.theme) == ("zh-hans", "dark")


def test_people_are_found_by_email_and_by_a_name_of_their_own() -> None:
    anna = make_user("Anna")
    make_user("Ben"), make_user("ben", email="ben2@example.com")
    found = person_finder()
    assert found["anna"] == found["anna@example.com"] == anna
    assert "ben" not in found
    assert found["ben2@example.com"].email == "ben2@example.com"


def test_a_name_goes_to_who_may_log_in_before_who_no_longer_may() -> None:
    make_user("Anna", is_active=False)
    new = make_user("Anna", email="anna2@example.com")
    gone = make_user("Ben", is_active=False)
    found = person_finder()
    assert (found["anna"], found["ben"]) == (new, gone)


def test_people_are_listed_by_name_those_who_left_last() -> None:
    make_user("Chris"), make_user("Anna", is_active=False), make_user("Ben")
    assert [user.name for user in user_list()] == ["Ben", "Chris", "Anna"]


def test_roles_are_known_by_value_and_by_name() -> None:
    assert [role_named(text) for text in ("scout", " Sales Representative ", "大客户经理", "King", "")] == [
        Role.SCOUT,
        Role.SALES_REPRESENTATIVE,
        Role.ACCOUNT_MANAGER,
        None,
        None,
    ]
    assert all(role_named(role.value) == role_named(str(role.label)) == role for role in Role)
