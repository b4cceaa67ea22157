"""What is taken for an e-mail address."""

import pytest
from django.core.exceptions import ValidationError

from mainstay.people.emails import clean_email, validate_email


@pytest.mark.parametrize(
    "email", ["a@example.com", "josé1@adventure-works.com", "王伟@例子.中国", "a.b+c@example.co.uk"]
)
def test_an_address_may_have_letters_beyond_ascii(email: str) -> None:
    validate_email(email)


@pytest.mark.parametrize(
    "email", ["", "a", "@example.com", "a@", "a b@example.com", "a@b", "é\n@example.com", "a@b.c, d@e.f"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(ValidationError):
        validate_email(email)


def test_addresses_are_kept_in_small_letters() -> None:
    assert clean_email(" JOSÉ@Example.COM ") == "josé@example.com"
