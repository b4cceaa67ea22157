"""What an import did; taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mainstay.core.errors import N_, NotFound, Refused
from mainstay.grading.selectors import current_refresh
from mainstay.jobs.selectors import jobs_active
from mainstay.jobs.services import job_start
from mainstay.ledger.engine import duckdb_opened
from mainstay.ledger.models import Batch, Content, State
from mainstay.ledger.schema import LINES
from mainstay.ledger.selectors import batches, files_holding
from mainstay.ledger.undo_foresight import UndoForeseen, undo_foreseen
from mainstay.nightly.freshness import is_stale
from mainstay.web.asked import asked_of
from mainstay.web.page import render_page
from mainstay.web.pages.imports_receiving import importer, importers_only
from mainstay.web.pages.imports_uploads import Pending, pending_of
from mainstay.web.pages.imports_words import warnings

MONTHS = 24


@dataclass(frozen=True)
class Month:
    """`share` of the month with the largest amount."""

    month: date
    lines: int
    amount: Decimal
    share: Decimal


@dataclass(frozen=True)
class Months:
    """The latest months of a batch's own lines; `earlier` are left out. The sums are of all months."""

    rows: list[Month]
    earlier: int
    lines: int
    amount: Decimal


@dataclass(frozen=True)
class BatchPage:
    """`upload` is the upload it came from, as long as that is kept and asked for by its owner."""

    batch: Batch
    live: bool
    of_lines: bool
    months: Months | None
    stale: bool
    upload: Pending | None
    warnings: list[str]
    left_out: Sequence[str]


@dataclass(frozen=True)
class UndoPage:
    """`foreseen` is None where nothing can be told of lines."""

    batch: Batch
    foreseen: UndoForeseen | None
    action: str
    back: str


@require_safe
@importers_only
def imports_batch(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(pk)
    upload = _upload(request, asked_of(request, "upload")["upload"], batch)
    live = batch.state == State.LIVE
    told = upload.told if upload else {}
    page = BatchPage(
        batch=batch,
        live=live,
        of_lines=batch.kind in LINES,
        months=months_of(batch) if live else None,
        stale=is_stale(current_refresh()),
        upload=upload,
        warnings=warnings(told.get("warnings", ())),
        left_out=told.get("left_out", ()),
    )
    return render_page(request, "imports/batch", page)


@require_http_methods(["GET", "HEAD", "POST"])
@importers_only
def imports_undo(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(pk)
    back = reverse("imports-batch", args=[pk])
    if batch.state == State.UNDONE:
        messages.info(request, _("Batch %(batch)s is undone already.") % {"batch": pk})
        return HttpResponseRedirect(back, status=303)
    if request.method != "POST":
        page = UndoPage(batch, undo_foreseen(batch), reverse("imports-undo", args=[pk]), back)
        return render_page(request, "imports/undo", page)
    if not any(job.about.get("batch") == pk for job in jobs_active("undo")):
        job_start(kind="undo", person=importer(request), about={"batch": pk, "next": reverse("imports")})
    return HttpResponseRedirect(reverse("imports"), status=303)


def batch_of(pk: int) -> Batch:
    """Raises NotFound where there was no such import."""
    batch = batches().filter(pk=pk).first() if pk < 2**31 else None
    if batch is None:
        raise NotFound(N_("There is no such import."))
    return batch


def _upload(request: HttpRequest, token: str, batch: Batch) -> Pending | None:
    try:
        upload = pending_of(importer(request), token) if token else None
    except NotFound:
        return None
    return upload if upload and upload.batch == batch.pk else None


def months_of(batch: Batch) -> Months | None:
    """Lines and amounts of a batch by month, as it brought them; None where it has no lines of its own."""
    paths = files_holding(batch, Content.LINES)
    if not paths:
        return None
    try:
        with duckdb_opened() as connection:
            found: list[tuple[date, int, Decimal]] = connection.execute(
                "SELECT date_trunc('month', date)::DATE, count(*), sum(amount) FROM read_parquet($files) "
                "WHERE batch = $batch GROUP BY ALL ORDER BY ALL DESC",
                {"files": paths, "batch": batch.pk},
            ).fetchall()
    except duckdb.IOException as error:
        raise Refused(N_("The files of this import cannot be read. Run `mainstay check`.")) from error
    if not found:
        return None
    largest = max(abs(amount) for _month, _lines, amount in found)
    return Months(
        rows=[
            Month(month, lines, amount, abs(amount) / largest if largest else Decimal(0))
            for month, lines, amount in found[:MONTHS]
        ],
        earlier=max(len(found) - MONTHS, 0),
        lines=sum(lines for _month, lines, _amount in found),
        amount=sum((amount for _month, _lines, amount in found), Decimal(0)),
    )
