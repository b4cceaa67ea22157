"""What was typed into a form, and what became of the change it asked for."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import cast

from django.http import HttpRequest

from mainstay.core.errors import N_, Conflict, NotAllowed, NotFound, Refused
from mainstay.people.models import User
from mainstay.web.pages.imports_words import told

_WITH_POINT = re.compile(r"[-+]?(?:(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)\.?[0-9]*|\.[0-9]+)")
_WITH_COMMA = re.compile(r"[-+]?(?:[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)?,[0-9]+")
_LONE_GROUP = re.compile(r"[-+]?[1-9][0-9]{0,2},[0-9]{3}")
_WIDE = str.maketrans("０１２３４５６７８９．，－", "0123456789.,-")
_MOST_ID = 2**31 - 1


def typed(request: HttpRequest, name: str, longest: int = 400) -> str:
    """A text of the form, trimmed. Raises Refused for one that is too long or cannot be typed."""
    text = request.POST.get(name, "").strip()
    if len(text) > longest or not text.isprintable():
        raise Refused(N_("“%(text)s” is too long, or holds signs that cannot be typed."), text=text[:40])
    return text


def typed_number(text: str, *, lone_group: bool = True) -> Decimal:
    """A number as people type it: 1234.5, 1,234.5, 1234,5 or 1.234,5. Raises Refused.

    `12,000` is twelve thousand, as figures are shown; without `lone_group` it is refused, since twelve may be meant.
    """
    plain = "".join(text.translate(_WIDE).split())
    if not lone_group and _LONE_GROUP.fullmatch(plain):
        raise Refused(
            N_("“%(text)s” could be %(whole)s or %(part)s. Write it in one of these ways."),
            text=text[:40],
            whole=plain.replace(",", ""),
            part=plain.replace(",", "."),
        )
    if _WITH_POINT.fullmatch(plain):
        plain = plain.replace(",", "")
    elif _WITH_COMMA.fullmatch(plain):
        plain = plain.replace(".", "").replace(",", ".")
    else:
        plain = "NaN"
    number = Decimal(plain)
    if not number.is_finite() or abs(number.adjusted()) > 20:
        raise Refused(N_("“%(text)s” is no number. Write it as 7.1234."), text=text[:40])
    return number


def typed_whole(text: str) -> int:
    """A whole number. Raises Refused."""
    if not (text.isascii() and text.isdecimal() and int(text[:12]) <= _MOST_ID):
        raise Refused(N_("“%(text)s” is no whole number."), text=text[:40])
    return int(text)


def typed_day(text: str) -> date:
    """A day as a date field sends it. Raises Refused."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(N_("“%(day)s” is no day. Write it as 2024-12-31."), day=text[:40]) from None


def who(request: HttpRequest) -> User:
    """Who is logged in."""
    return cast(User, request.user)


def attempt(change: Callable[[], object]) -> tuple[int, str]:
    """Make a change; the status, 200 where it is made, and what is wrong in the language of the page.

    What the person may not do or see goes on up.
    """
    try:
        change()
    except (NotAllowed, NotFound):
        raise
    except Conflict as error:
        return 409, told(error)
    except Refused as error:
        return 422, told(error)
    return 200, ""
