"""The page Cost model: its versions, and the switch that lets refreshes cost with it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.core.errors import N_, NotAllowed, Refused
from mainstay.costing import selectors, services
from mainstay.costing.models import CostModelVersion, VersionState
from mainstay.grading.models import Refresh
from mainstay.grading.selectors import current_refresh
from mainstay.people.models import User
from mainstay.web.page import render_page


@dataclass(frozen=True)
class VersionRow:
    """`holds`: an active version that no later one has replaced on its day."""

    version: CostModelVersion
    draft: bool
    holds: bool


@dataclass(frozen=True)
class CostModelPage:
    """`counted`: the current refresh costed with the model. `stale`: the next one would cost otherwise."""

    rows: list[VersionRow]
    on: bool
    refresh: Refresh | None
    counted: bool
    stale: bool


def costing_person(request: HttpRequest) -> User:
    """Who is logged in, if that person may see and change the cost model."""
    person = request.user if isinstance(request.user, User) else None
    if person is None:
        raise NotAllowed(N_("Log in first."))
    services.check_may_cost(by=person)
    return person


def costing_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """NotAllowed for who may not see the cost model."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        costing_person(request)
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@costing_only
def cost_model(request: HttpRequest) -> HttpResponse:
    refresh, on, gone = current_refresh(), selectors.is_on(), selectors.replaced()
    rows = [
        VersionRow(
            version,
            version.state == VersionState.DRAFT,
            version.state == VersionState.ACTIVE and version.pk not in gone,
        )
        for version in selectors.versions()
    ]
    page = CostModelPage(
        rows=rows,
        on=on,
        refresh=refresh,
        counted=refresh is not None and refresh.summary.get("model") is not None,
        stale=refresh is not None and selectors.would_differ(refresh.as_of, refresh.months, refresh.cost_model),
    )
    return render_page(request, "costmodel", page)


@require_POST
@costing_only
def cost_model_switch(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("on", "")
    if wanted not in ("0", "1"):
        raise Refused(N_("Say whether the model is to be on or off."))
    services.switch_set(on=wanted == "1", by=costing_person(request))
    on = _("The cost model is on. The next refresh costs with it.")
    messages.success(request, on if wanted == "1" else _("The cost model is off. The next refresh leaves it out."))
    return HttpResponseRedirect(reverse("costmodel"), status=303)
