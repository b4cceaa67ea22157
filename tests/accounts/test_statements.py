"""The fields that files state are those of the models."""

from mainstay.accounts.models import Account, Contact
from mainstay.accounts.search import search_text
from mainstay.accounts.statements import ACCOUNT_FIELDS, CONTACT_TEXTS, SALES_FIELDS, TEXTS


def test_limits_are_those_of_the_columns() -> None:
    for model, texts in ((Account, TEXTS), (Contact, CONTACT_TEXTS)):
        assert texts == {name: getattr(model._meta.get_field(name), "max_length", None) for name in texts}


def test_fields_are_those_of_the_contract() -> None:
    accounts = "name parent country region industry size channel owner status need last_contact potential"
    accounts += " website phone email note"
    contacts = "name title department role email phone reports_to influence stance note"
    assert set(ACCOUNT_FIELDS) == set(accounts.split())
    assert set(CONTACT_TEXTS) == set(contacts.split())
    assert set(SALES_FIELDS) < set(ACCOUNT_FIELDS)


def test_the_text_that_is_searched_is_folded() -> None:
    assert search_text("Ａ1 ", "  Straße\tUND Co") == "a1\nstrasse und co"
