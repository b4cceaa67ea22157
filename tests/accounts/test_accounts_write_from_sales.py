"""A sales file makes the accounts that it names, and fills what is blank."""

from typing import Any

import pytest

from mainstay.accounts.access import visible
from mainstay.accounts.models import Account
from mainstay.accounts.services import accounts_plan_from_sales, accounts_write_from_sales
from mainstay.accounts.statements import Outcome
from mainstay.people.selectors import person_finder
from tests.factories import make_account, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def write(*rows: dict[str, Any]) -> Outcome:
    plan = accounts_plan_from_sales(rows=rows, people=person_finder())
    written = accounts_write_from_sales(rows=rows, people=person_finder())
    assert (plan.new, plan.changed, plan.equal, plan.warnings) == (
        written.new,
        written.changed,
        written.equal,
        written.warnings,
    )
    assert not written.refused
    return written


def facts(code: str) -> tuple[str, str, str, str | None, str | None]:
    account = Account.objects.get(code=code)
    parent, owner = account.parent, account.owner
    return account.name, account.country, account.industry, parent and parent.code, owner and owner.name


def test_unknown_accounts_are_made_with_what_the_file_says() -> None:
    anna = make_user("Anna")
    outcome = write(
        {"code": "A1", "name": "Alder", "country": "Germany", "industry": "Food", "parent": "B1", "owner": "Anna"},
        {"code": "B1", "name": None, "country": None, "industry": None, "parent": None, "owner": None},
    )
    assert (outcome.new, len(outcome.created), outcome.warnings) == (2, 2, [])
    assert facts("A1") == ("Alder", "Germany", "Food", "B1", "Anna")
    assert visible(anna).get().code == "A1"


def test_a_code_alone_makes_an_account() -> None:
    write({"code": "A1"})
    assert facts("A1") == ("", "", "", None, None)


def test_known_accounts_get_their_blanks_filled_and_nothing_else() -> None:
    anna = make_user("Anna")
    make_user("Ben")
    make_account("A1", name="Alder", owner=anna)
    make_account("B1")
    outcome = write({"code": "A1", "name": "Other", "country": "Germany", "owner": "Ben", "parent": "B1"})
    assert facts("A1") == ("Alder", "Germany", "", "B1", "Anna")
    assert (outcome.new, outcome.changed, outcome.equal) == (0, 1, 0)


def test_the_first_statement_for_a_code_counts() -> None:
    write({"code": "A1", "name": None, "country": "X"}, {"code": "A1", "name": "One", "country": "Y"})
    assert facts("A1")[:2] == ("One", "X")


def test_an_unknown_parent_is_left_out_with_a_warning() -> None:
    outcome = write({"code": "A1", "parent": "X", "name": "Alder"}, {"code": "B1", "parent": "A1"})
    assert facts("A1") == ("Alder", "", "", None, None)
    assert facts("B1")[3] == "A1"
    assert [params for _message, params in outcome.warnings] == [{"count": 1, "account": "A1", "parent": "X"}]


def test_a_circle_of_parents_is_left_out_with_a_warning() -> None:
    make_account("B1", parent=make_account("A1"))
    outcome = write({"code": "A1", "parent": "B1"}, {"code": "C1", "parent": "C1"})
    assert (facts("A1")[3], facts("C1")[3]) == (None, None)
    assert [params["count"] for _message, params in outcome.warnings] == [2]


def test_an_overlong_text_is_left_out_with_a_warning_and_the_account_is_made() -> None:
    outcome = write({"code": "A1", "name": "x" * 401, "country": "Germany"})
    assert facts("A1")[:2] == ("", "Germany")
    assert [params for _message, params in outcome.warnings] == [{"count": 1}]


def test_an_owner_nobody_knows_is_a_warning() -> None:
    outcome = write({"code": "A1", "owner": "Nobody"})
    assert facts("A1")[4] is None
    assert outcome.warnings[0][1] == {"owner": "Nobody", "count": 1}


def test_every_warning_can_be_said() -> None:
    make_account("A1")
    outcome = write(
        {"code": "A1", "parent": "A1", "owner": "Nobody"}, {"code": "B1", "parent": "X"}, {"code": "C1", "name": "\x00"}
    )
    said = [message % params for message, params in outcome.warnings]
    assert len(said) == 4
    assert not any("%" in text for text in said)
