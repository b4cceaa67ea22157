"""One exchange rate: give it another value, or take a typed one away."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mainstay.core.currencies import plain_rate
from mainstay.core.errors import N_, Refused
from mainstay.ledger.models import Rate
from mainstay.ledger.rates import rate_counting, rate_named
from mainstay.ledger.services import rate_change, rate_remove
from mainstay.web.page import render_page
from mainstay.web.pages.imports_receiving import importers_only
from mainstay.web.pages.rate_doubt import Doubt
from mainstay.web.typed import attempt, typed, typed_number, typed_whole, who


@dataclass(frozen=True)
class RatePage:
    """`value` as typed or as it is; `now` what stands there, where somebody else changed it meanwhile.

    `ask` whether a value is right that is far from others.
    """

    rate: Rate
    value: str
    wrong: str = ""
    now: str = ""
    ask: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@importers_only
def currency_rate(request: HttpRequest, pk: int) -> HttpResponse:
    found = rate_named(pk)
    if request.method != "POST":
        return render_page(request, "currencies/rate", RatePage(found, plain_rate(found.rate)))
    action = request.POST.get("action", "")
    if action not in ("save", "remove"):
        raise Refused(N_("This page knows no such action."))
    doubt = Doubt(request)
    status, wrong = attempt(lambda: _change(request, found, doubt, remove=action == "remove"))
    if status == 200:
        messages.success(request, _("Kept. Figures follow with the next refresh."))
        return HttpResponseRedirect(reverse("currencies"), status=303)
    standing = rate_counting(rate_named(pk)) if status == 409 else found
    now = plain_rate(standing.rate) if status == 409 else ""
    page = RatePage(standing, request.POST.get("rate", "")[:40], wrong, now, doubt.ask)
    return render_page(request, "currencies/rate", page, status=status)


def _change(request: HttpRequest, rate: Rate, doubt: Doubt, *, remove: bool) -> None:
    revision = typed_whole(typed(request, "revision"))
    if remove:
        rate_remove(rate=rate.pk, revision=revision, by=who(request))
    else:
        value = typed_number(typed(request, "rate"), lone_group=False)
        doubt.asked(rate_change, rate=rate.pk, value=value, revision=revision, by=who(request))
