"""What an e-mail address is here: also one with letters beyond ASCII before the @ (RFC 6531), as `josé@example.com`."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email as validate_ascii_email
from django.utils.translation import gettext_lazy as _

LONGEST = 254
_BEYOND_ASCII = re.compile(r"[^\W\d_]")


def clean_email(text: str) -> str:
    """Trimmed, in small letters: how addresses are kept and compared."""
    return text.strip().lower()


def validate_email(text: str) -> None:
    """ValidationError where this is no e-mail address."""
    name, at, domain = text.rpartition("@")
    letters = "".join("x" if not sign.isascii() and _BEYOND_ASCII.match(sign) else sign for sign in name)
    refusal = ValidationError(_("“%(value)s” is no e-mail address."), params={"value": text})
    if len(text) > LONGEST:
        raise refusal
    try:
        validate_ascii_email(f"{letters}{at}{domain}")
    except ValidationError:
        raise refusal from None
