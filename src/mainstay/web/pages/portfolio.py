"""The page Portfolio: the matrix as the picture of the company."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from mainstay.core.periods import Window
from mainstay.core.wording import Wording
from mainstay.grading.models import CLASSES, LETTERS, Refresh
from mainstay.grading.playbook import CLASSES as CLASS_NAMES
from mainstay.grading.playbook import LETTERS as LETTER_NAMES
from mainstay.grading.playbook import PLAYBOOK
from mainstay.grading.selectors import (
    EMPTY,
    Cell,
    Matrix,
    current_refresh,
    filter_choices,
    matrix,
    published_days,
    refresh_of,
)
from mainstay.ledger.selectors import live_batches
from mainstay.people.models import User
from mainstay.web.asked import OF_ACCOUNTS, Asked, asked_of, with_address
from mainstay.web.figures import day
from mainstay.web.page import render_page

ASKED = ("as_of", *OF_ACCOUNTS)
COSTS = ("purchaser_cost", "non_purchaser_cost", "overhead")
Choice = tuple[str | int, str]


@dataclass(frozen=True)
class Sum:
    """What a part of the matrix holds, with its shares of the whole; None where the whole is not above zero."""

    cell: Cell
    accounts_share: Decimal | None
    sales_share: Decimal | None


@dataclass(frozen=True)
class Tile:
    """One cell of the matrix. `beginning` is the first sentence of its strategy."""

    code: str
    href: str
    sum: Sum
    beginning: str


@dataclass(frozen=True)
class ClassRow:
    number: int
    name: str
    tiles: list[Tile]
    sum: Sum


@dataclass(frozen=True)
class LetterColumn:
    letter: str
    name: str
    sum: Sum


@dataclass(frozen=True)
class Picture:
    """The matrix with its edges."""

    columns: list[LetterColumn]
    rows: list[ClassRow]
    sum: Sum


@dataclass(frozen=True)
class FilterBar:
    """What may be chosen, and what is; a filter with nothing to choose is left out."""

    action: str
    reset: str
    asked: Asked
    days: list[Choice]
    owners: list[Choice]
    countries: list[Choice]
    regions: list[Choice]
    industries: list[Choice]
    day: str = ""


@dataclass(frozen=True)
class PortfolioPage:
    """`picture` is None before the first refresh; then `imported` tells whether there are sales to grade.

    `unattributed` are the sales in no account, told to who sees the whole; `costless`: no cost is known at all.
    """

    as_of: date | None
    window: Window | None
    bar: FilterBar | None
    picture: Picture | None
    currency: str
    filtered: bool
    imported: bool
    unattributed: Decimal | None = None
    costless: bool = False


@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    asked = asked_of(request, *ASKED)
    filters, refresh = asked.filters, refresh_asked(asked)
    path = reverse("portfolio")
    if refresh is None:
        page = PortfolioPage(None, None, None, None, "", filtered=False, imported=bool(live_batches()))
        return render_page(request, "portfolio", page)
    asked = undated(asked, refresh)
    page = PortfolioPage(
        refresh.as_of,
        Window(refresh.as_of, refresh.months),
        filter_bar(user, asked, refresh, path),
        picture_of(matrix(refresh, user=user, filters=filters), asked),
        currency_of(refresh),
        filtered=bool(filters),
        imported=True,
        unattributed=_unattributed(refresh) if user.sees_all and not filters else None,
        costless=not any(Decimal(refresh.summary[name]) for name in COSTS),
    )
    response = render_page(request, "portfolio", page, parts={"page": "portfolio/body.html"})
    return with_address(request, response, asked.address(path))


def _unattributed(refresh: Refresh) -> Decimal | None:
    return Decimal(refresh.summary["unattributed_sales"]) or None


def refresh_asked(asked: Asked) -> Refresh | None:
    """The refresh of the day asked for, or the current one; None before the first. NotFound for another day."""
    day_asked = asked.day
    return refresh_of(day_asked) if day_asked else current_refresh()


def undated(asked: Asked, refresh: Refresh) -> Asked:
    """Without the day where it is the current one: such an address shows what is current whenever it is opened."""
    return asked.without("as_of") if refresh.current else asked


def currency_of(refresh: Refresh | None) -> str:
    """The currency of the ledger that was graded, or the one of the settings."""
    told: str = refresh.summary.get("currency", "") if refresh else ""
    return told or settings.MAINSTAY_CURRENCY


def filter_bar(user: User, asked: Asked, refresh: Refresh, path: str) -> FilterBar:
    choices = filter_choices(user)
    return FilterBar(
        action=path,
        reset=path,
        asked=asked,
        days=[(one.isoformat(), day(one)) for one in published_days()],
        owners=choices["owner"],
        countries=_same(choices["country"]),
        regions=_same(choices["region"]),
        industries=_same(choices["industry"]),
        day=refresh.as_of.isoformat(),
    )


def cell_address(code: str, asked: Asked) -> str:
    """The page of a cell, with the filters and the day of this one."""
    return asked.address(reverse("portfolio-cell", args=[code]), only=ASKED)


def picture_of(found: Matrix, asked: Asked) -> Picture:
    """The matrix as the page shows it."""
    total = found.total

    def tile(code: str) -> Tile:
        return Tile(code, cell_address(code, asked), sum_of([found.cells[code]], total), _beginning(code))

    columns = [
        LetterColumn(letter, named(LETTER_NAMES[letter]), sum_of([found.cells[f"{letter}{n}"] for n in CLASSES], total))
        for letter in LETTERS
    ]
    rows = [
        ClassRow(
            number,
            named(CLASS_NAMES[number]),
            [tile(f"{letter}{number}") for letter in LETTERS],
            sum_of([found.cells[f"{letter}{number}"] for letter in LETTERS], total),
        )
        for number in CLASSES
    ]
    return Picture(columns, rows, sum_of([total], total))


def sum_of(cells: Iterable[Cell], total: Cell) -> Sum:
    """Cells together, beside the whole."""
    together = sum(cells, EMPTY)
    return Sum(
        together,
        Decimal(together.accounts) / total.accounts if total.accounts else None,
        together.sales / total.sales if total.sales > 0 else None,
    )


def named(wording: Wording) -> str:
    """A text of the playbook in the language of the page."""
    return wording.in_language(get_language() or "en")


def _beginning(code: str) -> str:
    text = named(PLAYBOOK[code].strategy)
    for end in (". ", "。"):
        if end in text:
            return text.split(end)[0]
    return text.rstrip(".")


def _same(values: list[str]) -> list[Choice]:
    return [(value, value) for value in values]
