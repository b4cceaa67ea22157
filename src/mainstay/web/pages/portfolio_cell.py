"""The page of one cell of the matrix: its accounts beside its playbook."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mainstay.accounts.models import Account
from mainstay.core.errors import N_, NotFound
from mainstay.grading.listing import Filters, standing_list
from mainstay.grading.marts.members import Member, members
from mainstay.grading.models import Refresh
from mainstay.grading.playbook import CELLS, CLASSES, LETTERS, PLAYBOOK
from mainstay.grading.selectors import codes_for, matrix
from mainstay.people.models import User
from mainstay.web.asked import OF_ACCOUNTS, Asked, asked_of, with_address
from mainstay.web.page import render_page
from mainstay.web.pages.portfolio import (
    ASKED,
    FilterBar,
    Picture,
    Sum,
    cell_address,
    currency_of,
    filter_bar,
    named,
    picture_of,
    refresh_asked,
    sum_of,
    undated,
)

PAGING = ("after", "before")


@dataclass(frozen=True)
class CellRow:
    """An account of the cell. `pk` is None where it is no longer known. `bar`: its sales against the largest shown."""

    pk: int | None
    code: str
    name: str
    sales: Decimal
    profit: Decimal
    score: float | None
    estimated: bool
    owner: str | None
    bar: Decimal


@dataclass(frozen=True)
class Shown:
    """One page of a cell's accounts, with the addresses of the pages beside it."""

    rows: list[CellRow]
    previous: str
    next: str


@dataclass(frozen=True)
class Play:
    """A cell's names, what to do there, and where that shall lead; `target` is None where nothing is aimed at."""

    code: str
    class_name: str
    letter_name: str
    strategy: list[str]
    target: str | None
    target_name: str
    target_href: str
    stay: bool


@dataclass(frozen=True)
class CellPage:
    """`list_href` leads to the same accounts in the list, where the day is the list's."""

    as_of: date
    play: Play
    sum: Sum
    bar: FilterBar
    picture: Picture
    shown: Shown
    currency: str
    filtered: bool
    portfolio_href: str
    list_href: str


@require_safe
def portfolio_cell(request: HttpRequest, cell: str) -> HttpResponse:
    user = cast(User, request.user)
    if cell not in CELLS:
        raise NotFound(N_("There is no cell “%(cell)s”. Cells go from A1 to C6."), cell=cell[:20])
    asked = asked_of(request, *ASKED, *PAGING)
    filters, refresh = asked.filters, refresh_asked(asked)
    if refresh is None:
        raise NotFound(N_("Nothing has been graded yet. The page Portfolio says what to do next."))
    asked = undated(asked, refresh)
    path = reverse("portfolio-cell", args=[cell])
    found = matrix(refresh, user=user, filters=filters)
    page = CellPage(
        refresh.as_of,
        play_of(cell, asked),
        sum_of([found.cells[cell]], found.total),
        filter_bar(user, asked, refresh, path),
        picture_of(found, asked),
        _shown(user, refresh, filters, cell, asked, path),
        currency_of(refresh),
        filtered=bool(filters),
        portfolio_href=asked.address(reverse("portfolio"), only=ASKED),
        list_href=asked.address(reverse("accounts"), only=OF_ACCOUNTS, cell=cell) if refresh.current else "",
    )
    response = render_page(request, "portfolio/cell", page, parts={"page": "portfolio/cell/body.html"})
    return with_address(request, response, asked.address(path))


def play_of(cell: str, asked: Asked) -> Play:
    """The playbook of a cell in the language of the page, its strategy by sentences."""
    play = PLAYBOOK[cell]
    text = named(play.strategy)
    end = "。" if "。" in text else ". "
    sentences = [part.strip() + end.strip() for part in text.rstrip(".。").split(end)]
    target = play.target
    return Play(
        cell,
        named(CLASSES[int(cell[1])]),
        named(LETTERS[cell[0]]),
        sentences,
        target,
        named(CLASSES[int(target[1])]) if target else "",
        cell_address(target, asked) if target else "",
        stay=target == cell,
    )


def _shown(user: User, refresh: Refresh, filters: Filters, cell: str, asked: Asked, path: str) -> Shown:
    cursor = asked["after"] or asked["before"]
    if refresh.current:
        page = standing_list(user, refresh, filters=replace(filters, cell=cell), order="sales", cursor=cursor)
        most = max((row.sales or Decimal(0) for row in page.rows), default=Decimal(0))
        rows = [
            CellRow(
                row.pk,
                row.code,
                row.name,
                row.sales or Decimal(0),
                row.profit or Decimal(0),
                row.score,
                row.letter_basis != "assessed",
                row.owner_name,
                bar_of(row.sales, most),
            )
            for row in page.rows
        ]
        previous, following = page.previous, page.next
    else:
        then = members(refresh, cell, codes=codes_for(user, filters), cursor=cursor)
        rows = _rows_then(then.rows)
        previous, following = then.previous, then.next
    return Shown(
        rows,
        asked.address(path, only=ASKED, before=previous) if previous else "",
        asked.address(path, only=ASKED, after=following) if following else "",
    )


def _rows_then(found: Sequence[Member]) -> list[CellRow]:
    """Rows of a day gone by, with today's names and owners."""
    accounts = Account.objects.filter(code__in=[member.code for member in found])
    known: dict[str, tuple[int | None, str, str | None]] = {
        code: (pk, name, owner) for code, pk, name, owner in accounts.values_list("code", "pk", "name", "owner__name")
    }
    most = max((member.sales for member in found), default=Decimal(0))
    return [
        CellRow(
            told[0],
            member.code,
            told[1],
            member.sales,
            member.profit,
            member.score,
            member.letter_basis != "assessed",
            told[2],
            bar_of(member.sales, most),
        )
        for member, told in ((member, known.get(member.code, (None, "", None))) for member in found)
    ]


def bar_of(amount: Decimal | None, most: Decimal) -> Decimal:
    """How long a bar is beside the longest, 0 to 1."""
    return max(amount / most, Decimal(0)) if amount is not None and most > 0 else Decimal(0)
