"""The page Portfolio."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mainstay.web.page import render_page


@dataclass(frozen=True)
class PortfolioPage:
    as_of: date | None


@require_safe
def portfolio(request: HttpRequest) -> HttpResponse:
    return render_page(request, "portfolio", PortfolioPage(as_of=None))
