"""Accounts that only an undone batch had brought go again."""

import pytest

from mainstay.accounts.models import Account
from mainstay.accounts.services import accounts_remove
from tests.factories import make_account, make_contact, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def left() -> set[str]:
    return set(Account.objects.values_list("code", flat=True))


def test_accounts_that_nothing_needs_go_with_their_grants() -> None:
    one = make_account("A1", owner=make_user())
    two = make_account("B1", parent=one)
    make_account("C1")
    assert accounts_remove(ids=[one.pk, two.pk]) == {}
    assert left() == {"C1"}


def test_an_account_with_contacts_or_a_held_class_stays() -> None:
    one, two, three = make_account("A1"), make_account("B1", held_class=2), make_account("C1")
    make_contact(one)
    kept = accounts_remove(ids=[one.pk, two.pk, three.pk])
    assert kept == {one.pk: "It has contacts.", two.pk: "Its class is held by hand."}
    assert left() == {"A1", "B1"}


def test_whoever_stays_keeps_all_that_are_above() -> None:
    top = make_account("T")
    middle = make_account("M", parent=top)
    kept = make_account("K", parent=middle)
    make_contact(kept)
    side = make_account("S", parent=top)
    assert accounts_remove(ids=[top.pk, middle.pk, kept.pk, side.pk]).keys() == {top.pk, middle.pk, kept.pk}
    assert left() == {"T", "M", "K"}


def test_a_subsidiary_that_is_not_to_go_keeps_its_parents() -> None:
    top = make_account("T")
    middle = make_account("M", parent=top)
    make_account("L", parent=middle)
    assert accounts_remove(ids=[top.pk, middle.pk]) == dict.fromkeys([top.pk, middle.pk], "It has subsidiaries.")


def test_a_record_that_protects_an_account_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db.models import PROTECT

    from mainstay.accounts.models import AccountAccess

    one = make_account("A1", owner=make_user())
    relation = AccountAccess._meta.get_field("account").remote_field
    monkeypatch.setattr(relation, "on_delete", PROTECT)
    assert accounts_remove(ids=[one.pk]) == {one.pk: "Other records need it."}


def test_nothing_to_remove() -> None:
    assert accounts_remove(ids=[]) == {}
