"""The page Imports: what was imported, and a form to bring more."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from mainstay.core.errors import N_, Refused
from mainstay.grading.models import Refresh
from mainstay.grading.selectors import current_refresh
from mainstay.ledger.models import Batch, Kind, State
from mainstay.ledger.reading import recognise
from mainstay.ledger.reading.detect import format_of
from mainstay.ledger.selectors import batches
from mainstay.nightly.freshness import is_stale
from mainstay.web.asked import asked_of
from mainstay.web.page import render_page, wants_part
from mainstay.web.pages.imports_jobs import is_large
from mainstay.web.pages.imports_mappings import use_remembered
from mainstay.web.pages.imports_receiving import importer, importers_only, receive
from mainstay.web.pages.imports_uploads import Pending, discard, keep, save, sweep, waiting
from mainstay.web.pages.imports_words import told

SHOWN = 50
PARTS = {"list": "imports/list.html", "stale": "imports/stale.html", "upload": "imports/upload.html"}
_MOST_ID = 2**31 - 1


@dataclass(frozen=True)
class BatchRow:
    """A batch as the list shows it."""

    batch: Batch
    files: str
    more_files: int
    rows: int | None
    new: int | None
    known: int | None
    replaced: int | None
    refused: int
    person: str
    when: datetime | None
    live: bool


@dataclass(frozen=True)
class UploadForm:
    """What was sent, and what is wrong with it."""

    kind: str = Kind.SALES.value
    source: str = "default"
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)
    kinds: Sequence[tuple[str, Any, Any]] = ()


@dataclass(frozen=True)
class ImportsPage:
    """`stale` where what is graded does not count what is imported. `waiting`: uploads of this person's."""

    form: UploadForm
    waiting: list[Pending]
    rows: list[BatchRow]
    older: str
    newest: str
    refresh: Refresh | None
    stale: bool
    limit: int
    workbook_limit: int


# The files themselves come with a form, so it is read under a limit before its token can be looked at.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@importers_only
def imports(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render_page(request, "imports", _page(request, UploadForm()), parts=PARTS)
    sweep()
    receive(request)
    return _take(request)


@csrf_protect
def _take(request: HttpRequest) -> HttpResponse:
    kind, source = request.POST.get("kind", ""), request.POST.get("source", "").strip()
    files = [file for file in request.FILES.getlist("files") if isinstance(file, TemporaryUploadedFile)]
    errors = _errors(kind, source, files)
    if not errors:
        pending = keep(person=importer(request), kind=kind, source=source, files=files)
        errors = {"files": _unreadable(pending)}
        if not errors["files"]:
            save(use_remembered(pending))
            sweep(importer(request))
            address = reverse("imports-preview", args=[pending.token])
            return (
                HttpResponseClientRedirect(address)
                if wants_part(request)
                else HttpResponseRedirect(address, status=303)
            )
        discard(pending)
    return render_page(request, "imports", _page(request, UploadForm(kind, source, errors)), status=422, parts=PARTS)


def _errors(kind: str, source: str, files: Sequence[TemporaryUploadedFile]) -> dict[str, list[str]]:
    errors = {}
    if kind not in Kind.values:
        errors["kind"] = [_("Say what the files hold.")]
    if not source or len(source) > 200 or not source.isprintable():
        errors["source"] = [_("The source needs a name of at most 200 characters.")]
    if not files:
        errors["files"] = [_("Choose a file.")]
    return errors


def _unreadable(pending: Pending) -> list[str]:
    """What keeps these files from being read at all; which sheet or column is meant can be said later.

    Of a large upload only the type of each file is looked at: a job reads it.
    """
    wrong = []
    for file in pending.files:
        try:
            if is_large(pending):
                format_of(pending.path(file), file.name)
                continue
            with closing(recognise(pending.path(file), name=file.name, kind=pending.kind, scratch=pending.folder)):
                pass
        except Refused as error:
            if "sheets" not in error.params:
                wrong.append(told(error))
    return wrong


def _page(request: HttpRequest, form: UploadForm) -> ImportsPage:
    before = asked_of(request, "before")["before"]
    found = batches()
    if before:
        found = found.filter(pk__lt=_number(before))
    rows = list(found[: SHOWN + 1])
    path = reverse("imports")
    refresh = current_refresh()
    return ImportsPage(
        form=UploadForm(form.kind, form.source, form.errors, KINDS),
        waiting=waiting(importer(request)),
        rows=[_row(batch) for batch in rows[:SHOWN]],
        older=f"{path}?before={rows[SHOWN - 1].pk}" if len(rows) > SHOWN else "",
        newest=path if before else "",
        refresh=refresh,
        stale=is_stale(refresh),
        limit=settings.MAINSTAY_UPLOAD_LIMIT,
        workbook_limit=settings.MAINSTAY_WORKBOOK_LIMIT,
    )


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) <= _MOST_ID):
        raise Refused(N_("A page of the list is asked for by the number of a batch."))
    return int(text)


def _row(batch: Batch) -> BatchRow:
    counts = batch.counts
    return BatchRow(
        batch=batch,
        files=batch.files[0] if batch.files else "",
        more_files=max(len(batch.files) - 1, 0),
        rows=counts.get("rows"),
        new=counts.get("new"),
        known=counts.get("known"),
        replaced=counts.get("replaced", counts.get("changed")),
        refused=counts.get("refused", 0),
        person=str(batch.by) if batch.by else "",
        when=batch.live_at,
        live=batch.state == State.LIVE,
    )


KINDS: tuple[tuple[str, Any, Any], ...] = tuple(
    (kind.value, kind.label, hint)
    for kind, hint in (
        (Kind.SALES, N_("Documents with date and amount, or quantity and price")),
        (Kind.COSTS, N_("Date, kind and amount; account where there is one")),
        (Kind.ACCOUNTS, N_("Code, name, country, industry, owner and more")),
        (Kind.CONTACTS, N_("Account, name, title, e-mail and more")),
        (Kind.ALIASES, N_("Alias and account: two codes of one and the same company")),
        (Kind.PRODUCTS, N_("Code, name, category, whether it is no product")),
        (Kind.RATES, N_("Currency, date and rate")),
    )
)
