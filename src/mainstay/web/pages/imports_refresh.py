"""Grading every account anew, asked for on a page."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mainstay.core.errors import Refused
from mainstay.ledger.models import Kind
from mainstay.ledger.selectors import batches
from mainstay.nightly.refresh import refresh as run_refresh
from mainstay.people.services import audit_record
from mainstay.web.figures import day
from mainstay.web.pages.imports_receiving import importer, importers_only
from mainstay.web.pages.imports_words import told


@require_POST
@importers_only
def refresh(request: HttpRequest) -> HttpResponse:
    """Refresh, and back to the page that asked. A second refresh of the same facts gives the same figures."""
    person = importer(request)
    try:
        published = run_refresh()
    except Refused as error:
        messages.error(request, _no_sales() or told(error))
    else:
        audit_record(verb="refreshed", about=published.as_of.isoformat(), person=person, detail={"id": published.pk})
        messages.success(request, _("Every account is graded as of %(day)s.") % {"day": day(published.as_of)})
    return HttpResponseRedirect(_back(request), status=303)


def _no_sales() -> str:
    if settings.MAINSTAY_LEDGER:
        return ""
    live = batches().filter(kind=Kind.SALES, state="live").exists()
    return "" if live else _("There are no sales to grade by. Import a sales file first.")


def _back(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and not urlsplit(wanted).netloc:
        return wanted
    return reverse("imports")
