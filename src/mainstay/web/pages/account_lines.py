"""The sales lines behind a figure of an account, newest first: of the window, a month of it, or a product."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

import duckdb
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mainstay.core.errors import N_, Refused
from mainstay.core.periods import months_before
from mainstay.ledger.account_lines import (
    LinesTotal,
    Place,
    SalesLine,
    Wanted,
    account_lines,
    account_lines_total,
)
from mainstay.ledger.selectors import product_names
from mainstay.nightly.freshness import is_stale
from mainstay.people.models import User
from mainstay.web.asked import Asked, asked_of
from mainstay.web.page import render_page
from mainstay.web.pages.account_head import Head, head_of, visible_account

LONGEST_CURSOR = 2_000


@dataclass(frozen=True)
class LinesPage:
    """Lines from `first` to `last`, each beside its product's name; `total` is of all of them, not of this page.

    `stale`: the ledger has changed since the refresh whose figures link here. `next` and `start` are addresses, blank
    where there is nothing to turn to.
    """

    head: Head
    rows: list[tuple[SalesLine, str]]
    total: LinesTotal
    first: date
    last: date
    product: str
    product_name: str
    stale: bool
    next: str
    start: str
    tab: str = "sales"


@dataclass(frozen=True)
class UngradedPage:
    head: Head
    tab: str = "sales"


@require_safe
def account_lines_page(request: HttpRequest, pk: int) -> HttpResponse:
    head = head_of(visible_account(cast(User, request.user), pk))
    asked = asked_of(request, "month", "product", "after")
    after = _place(asked["after"])
    if head.window is None:
        return render_page(request, "account/lines", UngradedPage(head))
    first, last = _days(asked["month"], head.window.first_day, head.window.as_of)
    wanted = Wanted([head.account.code], first, last, asked["product"] or None)
    try:
        page, total = account_lines(wanted, after=after), account_lines_total(wanted)
    except duckdb.IOException as error:
        raise Refused(N_("The ledger's files cannot be read. Run `mainstay check`.")) from error
    names = product_names([row.product for row in page.rows] + [asked["product"]])
    path = reverse("accounts-lines", args=[pk])
    return render_page(
        request,
        "account/lines",
        LinesPage(
            head=head,
            rows=[(row, names.get(row.product or "", "")) for row in page.rows],
            total=total,
            first=first,
            last=last,
            product=asked["product"],
            product_name=names.get(asked["product"], ""),
            stale=is_stale(head.refresh),
            next=asked.address(path, after=_cursor(page.after)) if page.after else "",
            start=Asked(asked.values).without("after").address(path) if after else "",
        ),
    )


def _days(month: str, first: date, last: date) -> tuple[date, date]:
    """The days of the window, or those of a month that lie in it: the window begins and ends within months."""
    if not month:
        return first, last
    try:
        begin = date.fromisoformat(f"{month}-01")
        end = months_before(begin, -1) - timedelta(days=1)
    except ValueError:
        raise Refused(N_("“%(month)s” is no month. Write it as 2024-12."), month=month[:40]) from None
    return max(first, begin), min(last, end)


def _cursor(place: Place) -> str:
    told = [place.date.isoformat(), place.source, place.document, place.line, place.seen]
    return base64.urlsafe_b64encode(json.dumps(told, separators=(",", ":")).encode()).decode().rstrip("=")


def _place(cursor: str) -> Place | None:
    """Raises Refused for what no page of ours leads to."""
    if not cursor:
        return None
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError
        day, *texts, seen = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        source, document, line = (text for text in texts if isinstance(text, str))
        if not (isinstance(seen, int) and 0 < seen < 10**9):
            raise ValueError
        return Place(date.fromisoformat(day), source, document, line, seen)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        raise Refused(N_("This page of the list is not there. Begin at the first one.")) from None
