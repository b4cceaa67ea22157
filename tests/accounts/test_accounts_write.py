"""An accounts file makes accounts and changes what it states."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mainstay.accounts.access import visible
from mainstay.accounts.models import Account
from mainstay.accounts.services import accounts_plan, accounts_write
from mainstay.accounts.statements import Outcome
from mainstay.people.selectors import person_finder
from tests.factories import account_row, make_account, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def write(*rows: dict[str, Any]) -> Outcome:
    """Write, and check that the plan foresaw it."""
    plan = accounts_plan(rows=rows, people=person_finder())
    written = accounts_write(rows=iter(rows), people=person_finder())
    assert (plan.new, plan.changed, plan.equal) == (written.new, written.changed, written.equal)
    assert (plan.refused, plan.warnings) == (written.refused, written.warnings)
    return written


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    return outcome.new, outcome.changed, outcome.equal, len(outcome.refused)


def parents() -> dict[str, str | None]:
    return dict(Account.objects.values_list("code", "parent__code"))


def test_unknown_accounts_are_made_with_all_they_state() -> None:
    anna = make_user("Anna")
    facts = {
        "name": "Alder Works",
        "country": "Germany",
        "region": "Saxony",
        "industry": "Machinery",
        "size": "120",
        "channel": "direct",
        "status": "open",
        "need": "pallets",
        "last_contact": date(2024, 6, 1),
        "potential": Decimal("1000.5"),
        "website": "https://alder.example",
        "phone": "123",
        "email": "office@alder.example",
        "note": "=1+1",
    }
    outcome = write(account_row("A1", owner="Anna", **facts), account_row("B1"))
    account = Account.objects.get(code="A1")
    assert counts(outcome) == (2, 0, 0, 0)
    assert sorted(outcome.created) == sorted(Account.objects.values_list("pk", flat=True))
    assert {name: getattr(account, name) for name in facts} == facts
    assert account.owner == anna
    assert account.search == "a1\nalder works"
    assert visible(anna).get() == account


def test_known_accounts_change_in_what_is_stated_only() -> None:
    make_account("A1", name="Old", country="Germany", size="5", held_class=2, team="North")
    outcome = write(account_row("A1", name="New", potential=Decimal(7)))
    account = Account.objects.get()
    assert counts(outcome) == (0, 1, 0, 0)
    assert (account.name, account.country, account.size, account.potential) == ("New", "Germany", "5", Decimal(7))
    assert (account.held_class, account.team and account.team.name) == (2, "North")
    assert account.search == "a1\nnew"


def test_accounts_changing_in_different_fields_keep_the_others() -> None:
    make_account("A1", name="One", country="Germany", potential=Decimal(1))
    make_account("B1", name="Two", country="France", last_contact=date(2024, 1, 1))
    make_account("C1", name="Three")
    write(account_row("A1", name="Eins"), account_row("B1", country="Italy"), account_row("C1", name="Three"))
    rows = Account.objects.order_by("code").values_list("name", "country", "potential", "last_contact", "search")
    assert list(rows) == [
        ("Eins", "Germany", Decimal(1), None, "a1\neins"),
        ("Two", "Italy", None, date(2024, 1, 1), "b1\ntwo"),
        ("Three", "", None, None, "c1\nthree"),
    ]


def test_the_same_file_again_changes_nothing() -> None:
    make_user("Anna")
    rows = [
        account_row("A1", name="Alder", owner="anna@example.com", potential=Decimal("1.00001"), parent="B1"),
        account_row("B1", last_contact=date(2024, 1, 1)),
    ]
    write(*rows)
    assert counts(write(*rows)) == (0, 0, 2, 0)


def test_the_last_statement_of_a_field_in_a_file_counts() -> None:
    outcome = write(
        account_row("A1", name="One", country="France"), account_row("A1", name="Two"), account_row("A1", size="3")
    )
    account = Account.objects.get()
    assert counts(outcome) == (1, 0, 0, 0)
    assert (account.name, account.country, account.size) == ("Two", "France", "3")


def test_a_parent_may_come_later_in_the_file_or_be_known() -> None:
    make_account("K1")
    assert counts(write(account_row("A1", parent="B1"), account_row("B1", parent="K1"))) == (2, 0, 0, 0)
    assert parents() == {"A1": "B1", "B1": "K1", "K1": None}


def test_a_row_with_an_unknown_parent_is_refused_and_so_are_those_that_need_it() -> None:
    outcome = write(
        account_row("A1", parent="B1"), account_row("B1", parent="X"), account_row("C1"), account_row("D1", parent="C1")
    )
    assert parents() == {"C1": None, "D1": "C1"}
    assert [(row.index, row.field, row.value) for row in outcome.refused] == [(0, "parent", "B1"), (1, "parent", "X")]
    assert "is not known" in outcome.refused[0].problem


def test_rows_that_close_a_circle_are_refused() -> None:
    make_account("A1", parent=make_account("B1"))
    outcome = write(
        account_row("B1", parent="A1", name="Kept out"),
        account_row("C1", parent="D1"),
        account_row("D1", parent="C1"),
        account_row("E1", parent="E1"),
    )
    assert [row.index for row in outcome.refused] == [0, 1, 2, 3]
    assert all("belongs to this account itself" in row.problem for row in outcome.refused)
    assert parents() == {"A1": "B1", "B1": None}
    assert not Account.objects.exclude(name="").exists()


def test_two_companies_may_change_places_in_one_file() -> None:
    make_account("A1", parent=make_account("B1", parent=make_account("C1")))
    assert counts(write(account_row("B1", parent="A1"), account_row("A1", parent="C1"))) == (0, 2, 0, 0)
    assert parents() == {"A1": "C1", "B1": "A1", "C1": None}


def test_a_refused_row_lets_an_earlier_row_of_the_account_count() -> None:
    outcome = write(account_row("B1"), account_row("A1", parent="B1", name="One"), account_row("A1", parent="X"))
    assert [row.index for row in outcome.refused] == [2]
    assert parents() == {"A1": "B1", "B1": None}


def test_five_thousand_levels_and_a_circle_at_the_bottom() -> None:
    rows = [account_row(f"C{number}", parent=f"C{number - 1}" if number else "C4999") for number in range(5000)]
    assert len(write(*rows).refused) == 5000
    assert not Account.objects.exists()
    rows[0]["parent"] = None
    assert counts(write(*rows)) == (5000, 0, 0, 0)
    assert [row.index for row in write(account_row("C0", parent="C4999")).refused] == [0]


def test_an_owner_is_found_by_email_or_by_a_name_of_one_person_alone() -> None:
    anna, ben = make_user("Anna"), make_user("Ben")
    make_user("Chris"), make_user("Chris", email="chris2@example.com")
    outcome = write(
        account_row("A1", owner="ANNA@example.com"),
        account_row("B1", owner="ben"),
        account_row("C1", owner="Chris"),
        account_row("D1", owner="Nobody"),
        account_row("E1", owner="Nobody"),
    )
    assert dict(Account.objects.values_list("code", "owner")) == {
        "A1": anna.pk,
        "B1": ben.pk,
        "C1": None,
        "D1": None,
        "E1": None,
    }
    assert [params for _message, params in outcome.warnings] == [
        {"owner": "Chris", "count": 1},
        {"owner": "Nobody", "count": 2},
    ]


def test_an_owner_nobody_knows_takes_the_account_from_nobody() -> None:
    anna = make_user("Anna")
    make_account("A1", owner=anna)
    assert counts(write(account_row("A1", owner="Nobody"))) == (0, 0, 1, 0)
    assert visible(anna).count() == 1


def test_a_changed_owner_or_parent_changes_who_sees_the_account_and_all_below() -> None:
    anna, ben = make_user("Anna"), make_user("Ben")
    top = make_account("T", owner=anna)
    make_account("L", parent=make_account("M", parent=top))
    write(account_row("T", owner="Ben"))
    assert (visible(anna).count(), visible(ben).count()) == (0, 3)
    write(account_row("N", owner="Anna"), account_row("M", parent="N"))
    assert set(visible(anna).values_list("code", flat=True)) == {"N", "M", "L"}
    assert set(visible(ben).values_list("code", flat=True)) == {"T"}


@pytest.mark.parametrize(
    ("field", "text"), [("country", "x" * 201), ("name", "x" * 401), ("note", "a\x00b"), ("website", "x" * 10_000)]
)
def test_a_text_that_the_database_would_not_take_refuses_its_row(field: str, text: str) -> None:
    outcome = write(account_row("A1", **{field: text}), account_row("B1"))
    assert [(row.index, row.field) for row in outcome.refused] == [(0, field)]
    assert len(outcome.refused[0].value) <= 80
    assert Account.objects.get().code == "B1"


def test_texts_up_to_their_limits_are_kept_whole() -> None:
    facts = {"name": "n" * 400, "country": "甲" * 200, "note": "x" * 10_000}
    write(account_row("A1", **facts))
    account = Account.objects.get()
    assert {name: getattr(account, name) for name in facts} == facts


def test_codes_that_differ_in_case_are_two_accounts() -> None:
    assert counts(write(account_row("a1"), account_row("A1"))) == (2, 0, 0, 0)


def test_the_number_of_queries_does_not_grow_with_the_file(django_assert_max_num_queries: Any) -> None:
    make_user("Anna")
    rows = [account_row(f"A{number}", name="x", owner="Anna", parent="A0" if number else None) for number in range(400)]
    with django_assert_max_num_queries(20):
        accounts_write(rows=rows, people=person_finder())
    for row in rows:
        row["name"] = "y"
    with django_assert_max_num_queries(20):
        accounts_write(rows=rows, people=person_finder())
