"""What an import did; taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from mainstay.ledger.orders import MonthSum
from mainstay.ledger.schema import LINES
from mainstay.ledger.selectors import batches, files_holding
from mainstay.ledger.undo_foresight import UndoForeseen, undo_foreseen
from mainstay.nightly.freshness import is_stale
from mainstay.web.asked import asked_of
from mainstay.web.page import render_page
from mainstay.web.pages.imports_check import MonthView, month_views
from mainstay.web.pages.imports_receiving import importer, importers_only
from mainstay.web.pages.imports_uploads import Pending, pending_of
from mainstay.web.pages.imports_words import warnings

MONTHS = 24


@dataclass(frozen=True)
class Total:
    """All months in one currency."""

    currency: str
    lines: int
    amount: Decimal


@dataclass(frozen=True)
class Months:
    """The latest months of a batch's own lines by currency; `earlier` are left out. The totals are of all months."""

    rows: list[MonthView]
    earlier: int
    totals: list[Total]


@dataclass(frozen=True)
class BatchPage:
    """`upload` is the upload it came from, as long as that is kept and asked for by its owner.

    `inherited` lines it said like an import that was undone since: they are its own from then on.
    """

    batch: Batch
    live: bool
    of_lines: bool
    inherited: int
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
        inherited=inherited(batch) if live else 0,
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


def inherited(batch: Batch) -> int:
    """How many lines it holds beside those it brought; 0 where that was not recorded."""
    if batch.lines is None:
        return 0
    return max(batch.lines - int(batch.counts.get("new", 0)) - int(batch.counts.get("replaced", 0)), 0)


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
    """Lines and amounts of a batch by month and currency; None where it has no lines of its own."""
    paths = files_holding(batch, Content.LINES)
    if not paths:
        return None
    try:
        with duckdb_opened() as connection:
            found = connection.execute(
                "SELECT date_trunc('month', date)::DATE AS month, coalesce(currency, '') AS currency, count(*), "
                "sum(amount) FROM read_parquet($files) WHERE batch = $batch GROUP BY ALL ORDER BY month DESC, currency",
                {"files": paths, "batch": batch.pk},
            ).fetchall()
    except duckdb.IOException as error:
        raise Refused(N_("The files of this import cannot be read. Run `mainstay check`.")) from error
    sums = [MonthSum(*row) for row in found]
    months = list(dict.fromkeys(one.month for one in sums))
    shown = set(months[:MONTHS])
    return Months(
        rows=[view for view in month_views(sums) if view.month in shown],
        earlier=max(len(months) - MONTHS, 0),
        totals=[_total(currency, sums) for currency in sorted({one.currency for one in sums})],
    )


def _total(currency: str, sums: Sequence[MonthSum]) -> Total:
    mine = [one for one in sums if one.currency == currency]
    return Total(currency, sum(one.lines for one in mine), sum((one.amount for one in mine), Decimal(0)))
