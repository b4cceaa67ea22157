"""A file of people adds them and changes those it knows."""

from typing import Any

import pytest

from mainstay.core.errors import NotAllowed
from mainstay.people.models import AuditEntry, Team, User
from mainstay.people.services import Imported, user_import
from tests.factories import PASSWORD, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def write(*rows: dict[str, Any]) -> Imported:
    return user_import(rows=rows)


def test_new_people_are_added_with_a_password_each() -> None:
    done = write(
        {"email": " Anna@Example.com ", "name": "Anna Li", "role": "director", "rank": "1", "team": "North"},
        {"email": "josé1@adventure-works.com", "role": "销售代表", "rank": 2.0, "team": "North"},
    )
    anna, jose = User.objects.order_by("pk")
    assert (anna.email, anna.name, anna.role, anna.rank) == ("anna@example.com", "Anna Li", "director", 1)
    assert (jose.email, jose.name, jose.role, jose.rank) == (
        "josé1@adventure-works.com",
        "josé1",
        "sales_representative",
        2,
    )
    assert anna.team == jose.team == Team.objects.get(name="North")
    assert [user for user, _password in done.created] == [anna, jose]
    assert all(user.check_password(password) for user, password in done.created)
    assert (done.updated, done.equal, done.refused) == (0, 0, [])


def test_known_people_change_in_what_is_stated_and_keep_their_password() -> None:
    user = make_user("Anna", "scout", rank=3, team="North")
    done = write({"email": "ANNA@example.com", "name": "", "role": "Account manager", "rank": None, "team": "South"})
    user.refresh_from_db()
    assert (user.name, user.role, user.rank, user.team and user.team.name) == ("Anna", "account_manager", 3, "South")
    assert user.check_password(PASSWORD)
    assert (done.created, done.updated) == ([], 1)


def test_the_same_file_twice_changes_nothing() -> None:
    rows = [{"email": "anna@example.com", "role": "scout", "rank": "2", "team": "North"}]
    write(*rows)
    done = write(*rows)
    assert (done.created, done.updated, done.equal) == ([], 0, 1)
    assert AuditEntry.objects.count() == 1


def test_a_changed_role_is_in_the_audit_log() -> None:
    director = make_user("Dan", "director")
    make_user("Anna", "scout")
    user_import(rows=[{"email": "anna@example.com", "role": "analyst"}], by=director)
    entry = AuditEntry.objects.get()
    assert (entry.person, entry.verb, entry.about) == (director, "role changed", "anna@example.com")
    assert entry.detail == {"before": "scout", "after": "analyst"}


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"email": "", "role": "scout"}, "email"),
        ({"email": "no address", "role": "scout"}, "email"),
        ({"email": "a@example.com"}, "role"),
        ({"email": "a@example.com", "role": "king"}, "role"),
        ({"email": "a@example.com", "role": "scout", "rank": "first"}, "rank"),
        ({"email": "a@example.com", "role": "scout", "rank": "0"}, "rank"),
        ({"email": "a@example.com", "role": "scout", "rank": "10"}, "rank"),
        ({"email": "a@example.com", "role": "scout", "rank": "²"}, "rank"),
        ({"email": "a@example.com", "role": "scout", "name": "x" * 201}, "name"),
        ({"email": "a@example.com", "role": "scout", "team": "x" * 201}, "team"),
        ({"email": "a@example.com", "role": "scout", "name": "a\x00b"}, "name"),
        ({"email": "x" * 250 + "@example.com", "role": "scout"}, "email"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_and_the_others_count(row: dict[str, Any], field: str) -> None:
    done = write(row, {"email": "b@example.com", "role": "scout"})
    assert [(refused.index, refused.field) for refused in done.refused] == [(0, field)]
    assert done.refused[0].problem % {"value": "…", "column": "…"}
    assert [user.email for user, _password in done.created] == ["b@example.com"]


def test_a_second_row_for_a_person_is_refused() -> None:
    done = write({"email": "a@example.com", "role": "scout"}, {"email": "A@example.com", "role": "director"})
    assert [refused.index for refused in done.refused] == [1]
    assert User.objects.get().role == "scout"


@pytest.mark.parametrize("role", ["analyst", "account_manager", "sales_representative", "scout", "read_only"])
def test_only_a_director_imports_people(role: str) -> None:
    """quality 13"""
    with pytest.raises(NotAllowed):
        user_import(rows=[{"email": "a@example.com", "role": "director"}], by=make_user(role=role))
    assert User.objects.count() == 1
