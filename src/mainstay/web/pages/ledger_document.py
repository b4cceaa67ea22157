"""A document of the ledger: every import that said it, what each changed, and which lines count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainstay.accounts.models import Account
from mainstay.core.errors import N_, Refused
from mainstay.ledger.history import Standing, Statement, Told, unit_history
from mainstay.ledger.models import Batch
from mainstay.ledger.reading import kind_named
from mainstay.ledger.schema import LINES, Lines
from mainstay.web import figures
from mainstay.web.asked import asked_of
from mainstay.web.page import render_page
from mainstay.web.pages.imports_receiving import importers_only
from mainstay.web.pages.ledger import kind_of

BADGES = {Standing.HOLDS: "positive", Standing.PARTLY: "warning", Standing.UNDONE: "", Standing.KEPT: "warning"}
_LEAST_DECIMALS = {"amount": 2, "cost": 2, "unit_price": 2}


@dataclass(frozen=True)
class Column:
    label: str
    figure: bool


@dataclass(frozen=True)
class Cell:
    """`was` is what the line before it said, where that differs."""

    text: str
    figure: bool
    differs: bool = False
    was: str = ""
    href: str = ""


@dataclass(frozen=True)
class Row:
    """`mark` tells how the line stands to those before it: new, gone or nothing."""

    cells: list[Cell]
    mark: str
    replaced_by: int | None


@dataclass(frozen=True)
class Version:
    """One import's statement."""

    batch: Batch
    standing: Standing
    badge: str
    replaced_by: Sequence[int]
    same_as: int | None
    lines: int
    amount: Decimal
    rows: list[Row]


@dataclass(frozen=True)
class DocumentPage:
    """Newest version first."""

    document: str
    source: str
    kind: str
    columns: list[Column]
    versions: list[Version]
    lost: Sequence[Batch]
    cut: bool


@require_safe
@importers_only
def ledger_document(request: HttpRequest) -> HttpResponse:
    asked = asked_of(request, "kind", "source", "document")
    if not asked["document"]:
        raise Refused(N_("Say which document: look for it on the page Ledger."))
    kind = kind_of(asked)
    found = unit_history(kind=kind, source=asked["source"] or "default", document=asked["document"])
    lines = LINES[kind]
    fields = _fields(lines, found.statements)
    accounts = _accounts(found.statements)
    page = DocumentPage(
        document=found.document,
        source=found.source,
        kind=kind,
        columns=[Column(_label(kind, name), _is_figure(lines, name)) for name in fields],
        versions=[_version(said, lines, fields, accounts) for said in reversed(found.statements)],
        lost=found.lost,
        cut=found.cut,
    )
    return render_page(request, "ledger/document", page)


def _fields(lines: Lines, statements: Sequence[Statement]) -> list[str]:
    """The fields that say anything in any version."""
    names = [name for name in lines.columns if name not in ("source", "batch", "document", "unit", "reference")]
    rows = [line for said in statements for told in said.lines for line in (told.line.now, told.line.before) if line]
    return [name for name in names if any(row[name] is not None for row in rows)]


def _accounts(statements: Sequence[Statement]) -> dict[str, str]:
    """The address of each account that lines name, by code."""
    codes = {
        line["account"]
        for said in statements
        for told in said.lines
        for line in (told.line.now, told.line.before)
        if line
    }
    known = Account.objects.filter(code__in=sorted(code for code in codes if code)[:500])
    return {code: reverse("accounts-account", args=[pk]) for code, pk in known.values_list("code", "pk")}


def _label(kind: str, name: str) -> str:
    field = kind_named(kind).field(name)
    return _(field.label) if field else name


def _is_figure(lines: Lines, name: str) -> bool:
    return lines.columns[name].startswith("DECIMAL")


def _version(said: Statement, lines: Lines, fields: Sequence[str], accounts: Mapping[str, str]) -> Version:
    rows = [_row(told, lines, fields, accounts) for told in said.lines]
    return Version(
        batch=said.batch,
        standing=said.standing,
        badge=BADGES.get(said.standing, ""),
        replaced_by=said.replaced_by,
        same_as=said.same_as,
        lines=sum(row.mark != "gone" for row in rows),
        amount=Decimal(said.amount),
        rows=rows,
    )


def _row(told: Told, lines: Lines, fields: Sequence[str], accounts: Mapping[str, str]) -> Row:
    line = told.line
    shown = line.now or line.before or {}
    mark = "gone" if line.now is None else "new" if line.before is None else ""
    cells = [
        Cell(
            text=_shown(name, shown[name]),
            figure=_is_figure(lines, name),
            differs=name in line.fields,
            was=_shown(name, line.before[name]) if name in line.fields and line.before else "",
            href=accounts.get(shown[name], "") if name == "account" else "",
        )
        for name in fields
    ]
    return Row(cells, mark, told.replaced_by)


def _shown(name: str, value: Any) -> str:
    if value is None:
        return figures.UNKNOWN
    if isinstance(value, Decimal):
        exponent = value.normalize().as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) else 0
        return figures.number(value, max(decimals, _LEAST_DECIMALS.get(name, 0)))
    return figures.day(value) if isinstance(value, date) else str(value)
