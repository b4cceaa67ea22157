"""The page 80:20: which accounts we live from, and which ones cost us."""

from dataclasses import dataclass
from datetime import date
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainstay.core.errors import N_, Refused
from mainstay.grading.models import Refresh
from mainstay.grading.selectors import codes_for, current_refresh, published_days, refresh_of
from mainstay.people.models import User
from mainstay.web import figures
from mainstay.web.page import render_page
from mainstay.web.pages.pareto_figures import ParetoFigures, pareto_figures


@dataclass(frozen=True)
class ParetoPage:
    """`figures` is None where nothing was refreshed yet, or nothing may be seen: `refreshed` tells which."""

    as_of: date | None
    refreshed: bool
    whole: bool
    days: list[tuple[str, str]]
    figures: ParetoFigures | None
    may_import: bool


@require_safe
def pareto(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    refresh = _chosen(request.GET.get("as_of", ""))
    codes = codes_for(user) if refresh else None
    seen = refresh is not None and (codes is None or codes.num_rows > 0)
    page = ParetoPage(
        as_of=refresh.as_of if refresh else None,
        refreshed=refresh is not None,
        whole=codes is None,
        days=[(day.isoformat(), _("As of %(day)s") % {"day": figures.day(day)}) for day in published_days()],
        figures=pareto_figures(user, refresh, codes) if refresh and seen else None,
        may_import=user.may_import,
    )
    return render_page(request, "pareto", page)


def _chosen(text: str) -> Refresh | None:
    """The refresh of the day asked for, or the current one; None before the first."""
    if not text:
        return current_refresh()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(N_("“%(day)s” is no date. Write it as 2024-06-30."), day=text[:40]) from None
    return refresh_of(day)
