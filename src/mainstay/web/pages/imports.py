"""The page Imports."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from mainstay.web.page import render_page


@dataclass(frozen=True)
class ImportsPage:
    as_of: date | None


@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    return render_page(request, "imports", ImportsPage(as_of=None))
