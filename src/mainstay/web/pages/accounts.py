"""The page Accounts: the list, searched, filtered, sorted, page by page, with the columns one chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainstay.grading.listing import Row, Totals, standing_list
from mainstay.grading.models import CELLS
from mainstay.grading.playbook import CLASSES, LETTERS
from mainstay.grading.selectors import current_refresh, filter_choices
from mainstay.people.models import User
from mainstay.web.account_columns import ALL, COOKIE, Column, columns_asked, columns_of
from mainstay.web.asked import OF_ACCOUNTS, OF_STANDINGS, Asked, asked_of, listing_order, with_address
from mainstay.web.page import render_page
from mainstay.web.pages.portfolio import Choice, currency_of, named
from mainstay.web.pages.portfolio_cell import bar_of

FILTERS = ("q", *OF_ACCOUNTS, *OF_STANDINGS)
LISTED = (*FILTERS, "order")
ASKED = (*LISTED, "after", "before", "columns")
# Filters that stand behind “More filters”.
_BEHIND = ("cell", "country", "region", "industry", "active")
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Listed:
    """One account as the list shows it. `bar`: its sales against the largest on the page."""

    pk: int
    code: str
    name: str
    bar: Decimal
    values: list[tuple[Column, Any]]


@dataclass(frozen=True)
class ListFilters:
    """What may be chosen, and what is."""

    asked: Asked
    owners: list[Choice]
    countries: list[Choice]
    regions: list[Choice]
    industries: list[Choice]
    cells: list[Choice]
    classes: list[Choice]
    letters: list[Choice]
    actives: list[Choice]
    more: bool


@dataclass(frozen=True)
class AccountsPage:
    """`all_columns` are pairs of a column and whether it is shown. `kept`: what a choice of columns leaves as it is.

    `hidden`: the user sees only some accounts.
    """

    as_of: date | None
    graded: bool
    order: str
    filters: ListFilters
    columns: list[Column]
    all_columns: list[tuple[Column, bool]]
    rows: list[Listed]
    totals: Totals
    previous: str
    next: str
    kept: list[tuple[str, str]]
    export: str
    currency: str
    filtered: bool
    hidden: bool


@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    asked = asked_of(request, *ASKED)
    path = reverse("accounts")
    if "columns" in request.GET:
        return _keep_columns(request, asked.address(path, only=LISTED))
    filters, refresh = asked.filters, current_refresh()
    graded = refresh is not None
    found = standing_list(
        user,
        refresh,
        filters=filters,
        order=listing_order(asked["order"], graded=graded),
        cursor=asked["after"] or asked["before"],
    )
    columns = columns_of(request, graded=graded)
    page = AccountsPage(
        as_of=refresh.as_of if refresh else None,
        graded=graded,
        order=asked["order"] or ("-sales" if graded else "code"),
        filters=_list_filters(user, asked),
        columns=columns,
        all_columns=[(column, column in columns) for column in ALL],
        rows=_listed(found.rows, columns),
        totals=found.totals,
        previous=asked.address(path, only=LISTED, before=found.previous) if found.previous else "",
        next=asked.address(path, only=LISTED, after=found.next) if found.next else "",
        kept=[(name, value) for name, value in asked.values.items() if name in LISTED],
        export=asked.address(reverse("accounts-export"), only=LISTED),
        currency=currency_of(refresh),
        filtered=bool(filters),
        hidden=not user.sees_all,
    )
    return with_address(request, render_page(request, "accounts", page), asked.address(path))


def _keep_columns(request: HttpRequest, address: str) -> HttpResponse:
    """Keep the chosen columns in a cookie, and go on without them in the address."""
    chosen = columns_asked(request.GET.getlist("columns"))
    response = HttpResponseRedirect(address)
    if chosen is None:
        response.delete_cookie(COOKIE)
    else:
        response.set_cookie(
            COOKIE, chosen, max_age=_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
        )
    return response


def _listed(rows: Sequence[Row], columns: Sequence[Column]) -> list[Listed]:
    most = max((row.sales or Decimal(0) for row in rows), default=Decimal(0))
    return [
        Listed(row.pk, row.code, row.name, bar_of(row.sales, most), [(column, column.value(row)) for column in columns])
        for row in rows
    ]


def _list_filters(user: User, asked: Asked) -> ListFilters:
    choices = filter_choices(user)
    return ListFilters(
        asked=asked,
        owners=choices["owner"],
        countries=[(value, value) for value in choices["country"]],
        regions=[(value, value) for value in choices["region"]],
        industries=[(value, value) for value in choices["industry"]],
        cells=[(cell, f"{cell} {named(CLASSES[int(cell[1])])}") for cell in sorted(CELLS, key=lambda cell: cell[::-1])],
        classes=[(number, f"{number} {named(name)}") for number, name in CLASSES.items()],
        letters=[(letter, f"{letter} {named(name)}") for letter, name in LETTERS.items()],
        actives=[("yes", _("Bought in the window")), ("no", _("Did not buy"))],
        more=any(asked[name] for name in _BEHIND),
    )
