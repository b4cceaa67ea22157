"""Mappings saved under a name: the page that lists them, and using or keeping one for an upload."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mainstay.core.errors import N_, NotFound, Refused
from mainstay.ledger.mappings import mapping_delete, mapping_rename, mapping_save, mappings_alike
from mainstay.ledger.models import SavedMapping
from mainstay.ledger.reading import heading_key
from mainstay.people.models import User
from mainstay.web.page import render_page
from mainstay.web.pages.imports_columns import matched
from mainstay.web.pages.imports_jobs import is_large
from mainstay.web.pages.imports_look import known_look
from mainstay.web.pages.imports_receiving import importer, importers_only
from mainstay.web.pages.imports_table import read
from mainstay.web.pages.imports_uploads import HINTS, Choices, Pending
from mainstay.web.typed import attempt

_MOST_ID = 2**31 - 1
_MOST_TYPED = 400


@dataclass(frozen=True)
class MappingsPage:
    """`typed` is the name that the mapping `wrong_at` was to have; `now` its own, where somebody else changed it."""

    mappings: Sequence[SavedMapping]
    wrong: str = ""
    wrong_at: int = 0
    typed: str = ""
    now: str = ""


@require_http_methods(["GET", "HEAD"])
@importers_only
def imports_mappings(request: HttpRequest) -> HttpResponse:
    return render_page(request, "imports/mappings", MappingsPage(_all()))


@require_POST
@importers_only
def imports_mapping_rename(request: HttpRequest, pk: int) -> HttpResponse:
    name = request.POST.get("name", "")[:_MOST_TYPED]
    seen, by = request.POST.get("seen", ""), importer(request)
    status, wrong = attempt(lambda: mapping_rename(mapping=_id(pk), name=name, seen=seen, by=by))
    return _listed(request, pk, status, wrong, name)


@require_POST
@importers_only
def imports_mapping_delete(request: HttpRequest, pk: int) -> HttpResponse:
    seen, by = request.POST.get("seen", ""), importer(request)
    status, wrong = attempt(lambda: mapping_delete(mapping=_id(pk), seen=seen, by=by))
    if status == 200:
        messages.success(request, _("The mapping is deleted. What came in by it stays."))
    return _listed(request, pk, status, wrong, seen)


def _listed(request: HttpRequest, pk: int, status: int, wrong: str, typed: str) -> HttpResponse:
    """Back to the list; or the list with what is wrong, what was typed, and what stands there by now."""
    if status == 200:
        return HttpResponseRedirect(reverse("imports-mappings"), status=303)
    mappings = _all()
    now = next((one.name for one in mappings if one.pk == pk), "") if status == 409 else ""
    page = MappingsPage(mappings, wrong=wrong, wrong_at=pk, typed=typed, now=now)
    return render_page(request, "imports/mappings", page, status=status)


def use(pending: Pending, mapping: SavedMapping) -> Pending:
    """Choose columns and hints as they were saved; conflicts and errors stay as they were chosen."""
    hints = {name: value for name, value in mapping.hints.items() if name in HINTS and value}
    headings = {heading_key(column): column for column in _headings(pending)}
    given = {name: headings.get(heading_key(column), column) for name, column in mapping.fields.items()}
    choices = Choices(given, hints, pending.choices.on_conflict, pending.choices.allow_errors)
    return replace(pending, choices=choices, mapping=mapping.pk)


def use_asked(pending: Pending, text: str) -> Pending:
    """The same for a mapping that a form names. Raises NotFound."""
    number = int(text) if text.isascii() and text.isdecimal() else 0
    found = SavedMapping.objects.filter(pk=_id(number), kind=pending.kind).first()
    if found is None:
        raise NotFound(N_("There is no such mapping."))
    return use(pending, found)


def use_remembered(pending: Pending) -> Pending:
    """Where files of this source came in by a mapping that fits, it is used again."""
    columns = [] if is_large(pending) else _headings(pending)
    for mapping in mappings_alike(pending.kind, columns, pending.source) if columns else ():
        if pending.source in mapping.sources:
            return use(pending, mapping)
    return pending


def keep(pending: Pending, name: str, person: User) -> Pending:
    """Save the columns as they are chosen now. Raises Refused where they cannot be used, or the name not."""
    columns = _headings(pending)
    found = matched(pending.kind, columns, pending.choices.given)
    if found.wrong is not None:
        raise found.wrong
    left_out = {field: "" for field, column in pending.choices.given.items() if not column}
    saved = mapping_save(
        kind=pending.kind,
        name=name,
        fields={**found.fields, **left_out},
        hints=pending.choices.hints,
        columns=columns,
        source=pending.source,
        by=person,
    )
    return replace(pending, mapping=saved.pk)


def _headings(pending: Pending) -> Sequence[str]:
    """The headings of the first file; none where they are not known."""
    if is_large(pending):
        look = known_look(pending, 0)
        return look.headings if look else ()
    try:
        with closing(read(pending, pending.files[0])) as source:
            return source.columns
    except Refused:
        return ()


def _all() -> list[SavedMapping]:
    return list(SavedMapping.objects.select_related("by").order_by("kind", "name"))


def _id(pk: int) -> int:
    return pk if pk <= _MOST_ID else 0
