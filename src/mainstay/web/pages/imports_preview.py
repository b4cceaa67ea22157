"""An upload before it is imported: how it is understood, what importing would do, and the button that does it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from mainstay.core.errors import N_, Conflict, NotAllowed, NotFound, Refused
from mainstay.jobs.models import Job, State
from mainstay.jobs.selectors import is_served
from mainstay.jobs.services import job_cancel, job_see
from mainstay.ledger.mappings import mappings_alike
from mainstay.ledger.models import Kind, SavedMapping
from mainstay.ledger.orders import ON_CONFLICT
from mainstay.ledger.reading import CONTENT_TYPES, Hints, form_of_refusals, kind_named
from mainstay.people.models import User
from mainstay.web.asked import asked_of
from mainstay.web.page import render_page, wants_part
from mainstay.web.pages import jobs_words
from mainstay.web.pages.imports_check import CheckView, check, known_check
from mainstay.web.pages.imports_columns import chosen
from mainstay.web.pages.imports_jobs import importing, is_large, jobs_of_upload, reading
from mainstay.web.pages.imports_kind import Meant, meant
from mainstay.web.pages.imports_look import blank, known_look
from mainstay.web.pages.imports_mappings import keep, use_asked
from mainstay.web.pages.imports_receiving import importer, importers_only
from mainstay.web.pages.imports_table import Table, table_of
from mainstay.web.pages.imports_uploads import HINTS, Choices, Pending, discard, pending_of, save, turn
from mainstay.web.pages.imports_words import told
from mainstay.web.works import settled

PARTS = {"check": "imports/preview/check.html"}
# Hints that may give other columns than those the form was made for.
LAYOUT = ("sheet", "encoding", "separator")
SEPARATORS = (",", ";", "tab", "|")
ENCODINGS = (("utf-8", "UTF-8"), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252"), ("gb18030", "GB18030"))


@dataclass(frozen=True)
class PreviewPage:
    """`check` is None while the whole file is still to be read, by `job`; `wrong` is what the last request ran into."""

    pending: Pending
    table: Table
    check: CheckView | None
    kind: Any
    shown: int
    fields: list[tuple[str, str]]
    unmapped: list[str]
    alike: list[SavedMapping]
    meant: Meant | None = None
    job: Job | None = None
    step: str = ""
    served: bool = True
    wrong: str = ""
    note: str = ""

    @property
    def separators(self) -> Sequence[str]:
        return SEPARATORS

    @property
    def encodings(self) -> Sequence[tuple[str, str]]:
        return ENCODINGS

    @property
    def reads(self) -> bool:
        """Whether a job reads the files just now."""
        return self.job is not None and self.job.active

    @property
    def failure(self) -> str:
        return jobs_words.failure(self.job) if self.job else ""

    @property
    def may_commit(self) -> bool:
        found = self.check
        if found is None or not found.usable:
            return False
        choices = self.pending.choices
        return not (found.conflicts and choices.on_conflict == "fail") and not (
            found.refused and not choices.allow_errors
        )


@require_http_methods(["GET", "HEAD", "POST"])
@importers_only
def imports_preview(request: HttpRequest, token: str) -> HttpResponse:
    person = importer(request)
    pending = pending_of(person, token)
    job = jobs_of_upload(pending).importing if pending.batch is None else None
    if job is not None and (job.active or job.state == State.DONE):
        return _to_job(request, pending, job, person)
    if pending.batch is not None:
        return _to_batch(pending)
    shown = _shown(request, pending)
    if request.method != "POST":
        return _answer(request, pending, shown, ended=job)
    try:
        pending = _choose(request, pending)
        action = request.POST.get("action")
        if action == "import":
            return _import(request, pending, person)
        if action == "again" and is_large(pending):
            pending, _job = reading(pending, person, again=True)
    except (NotAllowed, NotFound):
        raise
    except Refused as error:
        status = 409 if isinstance(error, Conflict) else 422
        return _answer(request, pending, shown, wrong=told(error), status=status)
    if wants_part(request):
        return _answer(request, pending, shown)
    return HttpResponseRedirect(_address(pending, shown), status=303)


def _import(request: HttpRequest, pending: Pending, person: User) -> HttpResponse:
    if pending.batch is not None:
        return _to_batch(pending)
    found = known_check(pending)
    if found is None and not is_large(pending):
        found = check(pending, person)
    pending, job = importing(pending, person, found)
    return _to_job(request, pending, job, person)


def _to_job(request: HttpRequest, pending: Pending, job: Job, person: User) -> HttpResponse:
    """To the job that imports an upload; to what it brought where it is done."""
    if job.state == State.DONE:
        job_see(job=job.pk, by=person)
        return _to_batch(settled(pending, job.outcome) if pending.batch is None else pending)
    if not job.active:
        return HttpResponseRedirect(_address(pending, 0), status=303)
    address = reverse("jobs-job", args=[job.pk])
    return HttpResponseClientRedirect(address) if wants_part(request) else HttpResponseRedirect(address, status=303)


@require_safe
@importers_only
def imports_refused(request: HttpRequest, token: str) -> HttpResponseBase:
    """The rows that cannot be used, with the reasons, to be mended and imported again."""
    pending = pending_of(importer(request), token)
    if not pending.refused.is_file():
        raise NotFound(N_("No row of this upload was refused."))
    form = form_of_refusals(pending.refused)
    response = FileResponse(
        pending.refused.open("rb"),
        as_attachment=True,
        filename=f"refused-{pending.kind}.{form}",
        content_type=CONTENT_TYPES[form],
    )
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_POST
@importers_only
def imports_discard(request: HttpRequest, token: str) -> HttpResponse:
    """Throw an upload away. What it became stays; what reads it is stopped."""
    person = importer(request)
    pending = pending_of(person, token)
    jobs = jobs_of_upload(pending)
    for job in (jobs.importing, jobs.reading):
        if job is not None and job.active:
            job_cancel(job=job.pk, by=person)
    if pending.batch is None:
        discard(pending)
    return HttpResponseRedirect(reverse("imports"), status=303)


def _answer(
    request: HttpRequest, pending: Pending, shown: int, *, ended: Job | None = None, wrong: str = "", status: int = 200
) -> HttpResponse:
    """The page; `ended` is the job that was to import it and did not."""
    person, job = importer(request), None
    if is_large(pending):
        pending, table, found, job = _read_by_job(pending, person, shown)
    else:
        table, found = table_of(pending, shown), known_check(pending)
        if found is None and table.understood and not any(file.wrong for file in table.files):
            found = check(pending, person)
    if ended is not None:
        job_see(job=ended.pk, by=person)
    used = {column.field for column in table.columns}
    kind = kind_named(pending.kind)
    page = PreviewPage(
        pending=pending,
        table=table,
        check=found,
        kind=Kind(pending.kind).label,
        shown=shown,
        fields=[(field.name, _(field.label)) for field in kind.fields],
        unmapped=[_(field.label) for field in kind.fields if field.name not in used],
        alike=mappings_alike(pending.kind, table.headings, pending.source) if table.headings else [],
        meant=meant(pending, table),
        job=job,
        step=jobs_words.step(job) if job else "",
        served=job is None or job.state != State.WAITING or is_served(),
        wrong=wrong or (jobs_words.failure(ended) if ended and ended.state == State.FAILED else ""),
        note=jobs_words.ended(ended) if ended and ended.state == State.CANCELLED else "",
    )
    return render_page(request, "imports/preview", page, status=status, parts=PARTS)


def _read_by_job(pending: Pending, person: User, shown: int) -> tuple[Pending, Table, CheckView | None, Job | None]:
    """What is known of a large upload, and the job that finds out the rest."""
    table, found = known_look(pending, shown), known_check(pending)
    if table is not None and found is not None:
        return pending, table, found, None
    pending, job = reading(pending, person)
    table, found = known_look(pending, shown), known_check(pending_of(person, pending.token))
    return pending, table or blank(pending, shown), found, None if found else job


def _choose(request: HttpRequest, pending: Pending) -> Pending:
    """Keep what the form says. Raises Refused for what no form would send."""
    with turn(pending) as current:
        if current.batch is not None:
            return current
        if "kind" in request.POST:
            current = _of_kind(current, request.POST["kind"])
            save(current)
            return current
        hints = {name: request.POST[name].strip()[:100] for name in HINTS if request.POST.get(name, "").strip()}
        Hints(**hints)
        on_conflict = request.POST.get("on_conflict", current.choices.on_conflict)
        if on_conflict not in ON_CONFLICT:
            raise Refused(N_("On a conflict: %(choices)s."), choices=", ".join(ON_CONFLICT))
        allow_errors = request.POST.get("errors", "allow" if current.choices.allow_errors else "") == "allow"
        given = dict(current.choices.given)
        if "mapping" in request.POST:
            current = use_asked(current, request.POST["mapping"])
            save(current)
            return current
        if all(hints.get(name) == current.choices.hints.get(name) for name in LAYOUT):
            given = _given(request, current)
        current = replace(current, choices=Choices(given, hints, on_conflict, allow_errors))
        if request.POST.get("action") == "keep":
            current = keep(current, request.POST.get("mapping_name", ""), importer(request))
        save(current)
        return current


def _of_kind(pending: Pending, kind: str) -> Pending:
    """Read as another kind: of what was chosen, only how numbers, dates and texts are written stays."""
    if kind not in Kind.values:
        raise Refused(N_("Import one of: %(kinds)s."), kinds=", ".join(Kind.values))
    return replace(pending, kind=kind, choices=Choices(hints=pending.choices.hints), check=None, mapping=None)


def _given(request: HttpRequest, pending: Pending) -> dict[str, str]:
    """What the selects of the columns say; they tell their headings too, lest another file be meant."""
    headings = request.POST.getlist("heading")
    fields = request.POST.getlist("field")
    if not headings or len(headings) != len(fields):
        return dict(pending.choices.given)
    return chosen(pending.kind, headings, pending.choices.given, dict(enumerate(fields)))


def _shown(request: HttpRequest, pending: Pending) -> int:
    text = asked_of(request, "file", "check")["file"] or "1"
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
    if not 1 <= number <= len(pending.files):
        raise NotFound(N_("This upload has %(count)s files."), count=len(pending.files))
    return number - 1


def _address(pending: Pending, shown: int) -> str:
    path = reverse("imports-preview", args=[pending.token])
    return f"{path}?file={shown + 1}" if shown else path


def _to_batch(pending: Pending) -> HttpResponse:
    path = reverse("imports-batch", args=[pending.batch])
    return HttpResponseRedirect(f"{path}?upload={pending.token}", status=303)
