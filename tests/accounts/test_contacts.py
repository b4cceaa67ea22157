"""A contacts file makes contacts and changes what it states; undo takes them back."""

from typing import Any

import pytest

from mainstay.accounts.models import Contact
from mainstay.accounts.selectors import contacts_of
from mainstay.accounts.services import contacts_plan, contacts_reset, contacts_write
from mainstay.accounts.statements import Outcome
from tests.factories import make_account, make_contact

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def write(*rows: dict[str, Any]) -> Outcome:
    plan = contacts_plan(rows=rows)
    written = contacts_write(rows=iter(rows))
    assert (plan.new, plan.changed, plan.equal) == (written.new, written.changed, written.equal)
    assert plan.refused == written.refused
    return written


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    return outcome.new, outcome.changed, outcome.equal, len(outcome.refused)


def row(account: str, name: str, **fields: str | None) -> dict[str, Any]:
    return {"account": account, "name": name, "title": None, "stance": "", **fields}


def test_contacts_are_made_with_what_is_stated() -> None:
    account = make_account("A1")
    outcome = write(row("A1", "Wei Zhang", title="Buyer", department="Purchasing", reports_to="Li Na"))
    contact = contacts_of(account).get()
    assert counts(outcome) == (1, 0, 0, 0)
    assert list(outcome.created) == [contact.pk]
    assert (contact.name, contact.key, contact.title, contact.department, contact.reports_to, contact.stance) == (
        "Wei Zhang",
        "wei zhang",
        "Buyer",
        "Purchasing",
        "Li Na",
        "",
    )


def test_a_contact_is_known_by_its_account_and_its_name_in_any_case() -> None:
    one, two = make_account("A1"), make_account("B1")
    make_contact(one, "Wei Zhang", title="Buyer", phone="1")
    make_contact(two, "Wei Zhang", title="Clerk")
    outcome = write(row("A1", "WEI  ZHANG", title="Head"), row("B1", "Wei Zhang", title="Clerk"))
    assert counts(outcome) == (0, 1, 1, 0)
    contact = contacts_of(one).get()
    assert (contact.name, contact.title, contact.phone) == ("WEI  ZHANG", "Head", "1")
    assert contacts_of(two).get().title == "Clerk"


def test_the_same_file_twice_adds_nothing_and_its_last_statement_counts() -> None:
    make_account("A1")
    rows = [row("A1", "Wei", title="Buyer"), row("A1", "wei", stance="for us")]
    assert counts(write(*rows)) == (1, 0, 0, 0)
    assert counts(write(*rows)) == (0, 0, 1, 0)
    assert Contact.objects.values_list("name", "title", "stance").get() == ("wei", "Buyer", "for us")


def test_rows_that_cannot_be_used_are_refused() -> None:
    make_account("A1")
    outcome = write(row("X", "Wei"), row("A1", "n" * 401), row("A1", "ß" * 300), row("A1", "Li", note="a\x00"))
    assert [(refused.index, refused.field) for refused in outcome.refused] == [
        (0, "account"),
        (1, "name"),
        (2, "name"),
        (3, "note"),
    ]
    assert not Contact.objects.exists()


def test_undo_puts_contacts_back_to_what_is_still_stated() -> None:
    account = make_account("A1")
    make_contact(account, "Wei", title="Head", phone="2")
    make_contact(account, "Li", title="Clerk")
    make_contact(account, "Ann", title="Buyer")
    outcome = contacts_reset(
        of=[row("A1", "WEI"), row("A1", "Li"), row("gone", "Bo")],
        statements=[
            row("A1", "Wei", title="Buyer", phone="1"),
            row("A1", "Wei", title="Chief"),
            row("A1", "Ann", title="Other"),
            row("gone", "Bo"),
        ],
    )
    assert counts(outcome) == (0, 1, 0, 0)
    assert list(contacts_of(account).values_list("name", "title", "phone")) == [
        ("Ann", "Buyer", ""),
        ("Wei", "Chief", "1"),
    ]


def test_undo_brings_a_missing_contact_back() -> None:
    account = make_account("A1")
    outcome = contacts_reset(of=[row("A1", "Wei")], statements=[row("A1", "Wei", title="Buyer")])
    assert (outcome.new, contacts_of(account).get().title) == (1, "Buyer")


def test_the_number_of_queries_does_not_grow_with_the_file(django_assert_max_num_queries: Any) -> None:
    make_account("A1")
    with django_assert_max_num_queries(8):
        contacts_write(rows=[row("A1", f"Contact {number}") for number in range(400)])
