"""The page Ledger: finding the documents that imports brought."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainstay.core.errors import N_, Refused
from mainstay.ledger import finding
from mainstay.ledger.finding import Document, find_documents
from mainstay.ledger.models import Kind
from mainstay.ledger.selectors import sources_of
from mainstay.web.asked import LONGEST, Asked, asked_of, with_address
from mainstay.web.page import render_page
from mainstay.web.pages.imports_receiving import importers_only

KINDS = (Kind.SALES, Kind.COSTS)
NAMES = ("kind", "q", "match", "source", "batch", "after")
_MOST_ID = 2**31 - 1


@dataclass(frozen=True)
class DocumentRow:
    """`address` is empty for a cost without reference: it has no history."""

    document: Document
    address: str

    @property
    def more_accounts(self) -> int:
        return max(len(self.document.accounts) - 2, 0)


@dataclass(frozen=True)
class LedgerPage:
    """`found` is None where nothing was asked for yet."""

    asked: Asked
    kind: str
    kinds: Sequence[tuple[str, Any]]
    matches: Sequence[tuple[str, str]]
    sources: Sequence[tuple[str, str]]
    rows: Sequence[DocumentRow] | None
    first: str
    next: str


@require_safe
@importers_only
def ledger(request: HttpRequest) -> HttpResponse:
    asked = asked_of(request, *NAMES)
    path = reverse("ledger")
    wanted = _wanted(asked)
    found = find_documents(wanted, after=_decoded(asked["after"])) if wanted else None
    page = LedgerPage(
        asked=asked,
        kind=wanted.kind,
        kinds=[(kind.value, kind.label) for kind in KINDS],
        matches=[("", _("Begins so")), ("exact", _("Is exactly so"))],
        sources=[(source, source) for source in sources_of(wanted.kind)],
        rows=[_row(wanted.kind, document) for document in found.rows] if found else None,
        first=asked.without("after").address(path) if asked["after"] else "",
        next=asked.address(path, after=encoded(found.next)) if found and found.next else "",
    )
    return with_address(request, render_page(request, "ledger", page), asked.address(path))


def document_address(kind: str, source: str, document: str) -> str:
    """Where the history of a document is told."""
    told = urlencode({"kind": kind, "source": source, "document": document})
    return f"{reverse('ledger-document')}?{told}"


def kind_of(asked: Asked) -> str:
    """The kind of lines asked for, sales unless said. Raises Refused for another."""
    kind = asked["kind"] or Kind.SALES.value
    if kind not in {known.value for known in KINDS}:
        raise Refused(N_("The ledger holds lines of: %(kinds)s."), kinds=", ".join(known.value for known in KINDS))
    return kind


def _wanted(asked: Asked) -> finding.Asked:
    if asked["match"] not in ("", "exact"):
        raise Refused(N_("A document is looked for by its beginning, or exactly (match=exact)."))
    for name in ("q", "source"):
        if len(asked[name]) > LONGEST:
            raise Refused(N_("“%(name)s” may have %(most)s characters at most."), name=name, most=LONGEST)
    return finding.Asked(
        kind=kind_of(asked),
        text=asked["q"].strip(),
        exact=asked["match"] == "exact",
        source=asked["source"],
        batch=_number(asked["batch"].strip()),
    )


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and int(text) <= _MOST_ID):
        raise Refused(N_("An import is asked for by its number."))
    return int(text)


def _row(kind: str, document: Document) -> DocumentRow:
    address = "" if document.by_itself else document_address(kind, document.source, document.whole)
    return DocumentRow(document, address)


def encoded(key: tuple[str, str] | None) -> str:
    """The key after which a page begins, for an address."""
    if key is None:
        return ""
    told = json.dumps(key, separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[str, str] | None:
    return decoded(cursor) if cursor else None


def decoded(cursor: str) -> tuple[str, str]:
    """What `encoded` made. Raises Refused for anything else."""
    try:
        whole, source = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(whole, str) or not isinstance(source, str):
            raise ValueError
        (whole + source).encode()
        return whole, source
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise Refused(N_("This page of the list is not known. Begin at the first page.")) from None
