"""The sales lines behind a figure of an account, newest first: of the window, a month of it, or a product."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

import duckdb
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mainstay.accounts.selectors import line_codes
from mainstay.core.currencies import currency_code
from mainstay.core.errors import N_, Refused
from mainstay.core.periods import months_before
from mainstay.ledger.account_lines import (
    LinesTotal,
    Place,
    SalesLine,
    Wanted,
    account_lines,
    account_lines_totals,
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
    """Lines from `first` to `last`, each beside its product's name; `totals` are of all of them, not of this page, one
    for each currency. `converted` is the currency of figures where lines are in others.

    `stale`: the ledger has changed since the refresh whose figures link here. `next` and `start` are addresses, blank
    where there is nothing to turn to.
    """

    head: Head
    rows: list[tuple[SalesLine, str]]
    count: int
    totals: list[LinesTotal]
    converted: str
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
    wanted = Wanted(line_codes(head.account), first, last, asked["product"] or None)
    try:
        page, totals = account_lines(wanted, after=after), account_lines_totals(wanted)
    except duckdb.IOException as error:
        raise Refused(N_("The ledger's files cannot be read. Run `mainstay check`.")) from error
    figures_in = head.refresh.basis.get("currency", "") if head.refresh else ""
    totals = _in_currencies(totals, head.refresh.basis.get("unnamed", "") if head.refresh else "")
    names = product_names([row.product for row in page.rows] + [asked["product"]])
    path = reverse("accounts-lines", args=[pk])
    return render_page(
        request,
        "account/lines",
        LinesPage(
            head=head,
            rows=[(row, names.get(row.product or "", "")) for row in page.rows],
            count=sum(total.lines for total in totals),
            totals=totals,
            converted=figures_in if {total.currency for total in totals} - {figures_in} else "",
            first=first,
            last=last,
            product=asked["product"],
            product_name=names.get(asked["product"], ""),
            stale=is_stale(head.refresh),
            next=asked.address(path, after=_cursor(page.after)) if page.after else "",
            start=Asked(asked.values).without("after").address(path) if after else "",
        ),
    )


def _in_currencies(totals: list[LinesTotal], unnamed: str) -> list[LinesTotal]:
    """One for each currency, however lines spell it."""
    found: dict[str, LinesTotal] = {}
    for total in totals:
        code = currency_code(total.currency) or unnamed
        so_far = found.get(code, LinesTotal(code, 0, Decimal(0), Decimal(0)))
        found[code] = LinesTotal(
            code, so_far.lines + total.lines, so_far.amount + total.amount, so_far.cost + total.cost
        )
    return list(found.values())


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
