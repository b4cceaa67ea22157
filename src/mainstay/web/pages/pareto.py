"""The page 80:20."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mainstay.web.page import render_page


@dataclass(frozen=True)
class ParetoPage:
    as_of: date | None


@require_safe
def pareto(request: HttpRequest) -> HttpResponse:
    return render_page(request, "pareto", ParetoPage(as_of=None))
