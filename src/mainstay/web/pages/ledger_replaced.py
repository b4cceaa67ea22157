"""What an import replaced: the documents that were there before with other content."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from mainstay.ledger.finding import Replacement, replaced_units
from mainstay.ledger.models import Batch
from mainstay.web.asked import asked_of
from mainstay.web.page import render_page
from mainstay.web.pages.imports_batch import batch_of
from mainstay.web.pages.imports_receiving import importers_only
from mainstay.web.pages.ledger import decoded, document_address, encoded


@dataclass(frozen=True)
class ReplacedRow:
    """`address` is empty for a cost without reference."""

    told: Replacement
    address: str


@dataclass(frozen=True)
class ReplacedPage:
    batch: Batch
    rows: Sequence[ReplacedRow]
    first: str
    next: str


@require_safe
@importers_only
def ledger_replaced(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(pk)
    asked = asked_of(request, "after")
    found = replaced_units(batch, after=decoded(asked["after"])[0] if asked["after"] else None)
    path = reverse("ledger-replaced", args=[pk])
    page = ReplacedPage(
        batch=batch,
        rows=[ReplacedRow(row, document_address(batch.kind, batch.source, row.whole)) for row in found.rows],
        first=path if asked["after"] else "",
        next=asked.address(path, after=encoded(found.next)) if found.next else "",
    )
    return render_page(request, "ledger/replaced", page)
