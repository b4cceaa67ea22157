"""Grading every account anew, asked for on a page."""

from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mainstay.jobs.selectors import jobs_active
from mainstay.jobs.services import job_start
from mainstay.ledger.models import Kind
from mainstay.ledger.selectors import batches
from mainstay.nightly.refresh import MOST_MONTHS
from mainstay.web.pages.imports_receiving import importer, importers_only


@require_POST
@importers_only
def refresh(request: HttpRequest) -> HttpResponse:
    """Have a job refresh, and back to the page that asked. The same facts refreshed twice give the same figures."""
    person, back = importer(request), _back(request)
    day, months, wrong = _asked(request)
    if wrong or (wrong := _no_sales()):
        messages.error(request, wrong)
    elif jobs_active("refresh"):
        messages.info(request, _("A refresh is under way already."))
    else:
        job_start(kind="refresh", person=person, about={"next": back, "as_of": day, "months": months})
    return HttpResponseRedirect(back, status=303)


def _asked(request: HttpRequest) -> tuple[str | None, int | None, str]:
    """The day (ISO) and the months that were asked for, None where they were left out; and what is wrong with them."""
    day, months = request.POST.get("as_of", "").strip(), request.POST.get("months", "").strip()
    try:
        day = date.fromisoformat(day).isoformat() if day else ""
    except ValueError:
        return None, None, _("“%(day)s” is no day. Write it as 2024-12-31.") % {"day": day[:40]}
    if months and not (months.isascii() and months.isdecimal() and 1 <= int(months[:9]) <= MOST_MONTHS):
        return None, None, _("The window may have from 1 to %(most)s months.") % {"most": MOST_MONTHS}
    return day or None, int(months) if months else None, ""


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
