"""The pages of what went wrong, and what a part of a page gets in their stead."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from mainstay.web.page import wants_part


def wrong(request: HttpRequest, status: int, text: str = "") -> HttpResponse:
    """The page of a status; to htmx, a message that it puts above the page."""
    if wants_part(request):
        response = render(request, "wrong_part.html", {"status": status, "text": text}, status=status)
        response["HX-Retarget"] = "#notices"
        response["HX-Reswap"] = "innerHTML show:window:top"
        return response
    template = "refused.html" if text else f"{status}.html"
    return render(request, template, {"status": status, "text": text}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return wrong(request, 413 if isinstance(exception, RequestDataTooBig | TooManyFilesSent) else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return wrong(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return wrong(request, 404)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    text = _("The page was open for too long, or cookies are off. Reload it and send the form again.")
    return wrong(request, 403, text)


def server_error(request: HttpRequest) -> HttpResponse:
    """Nothing here asks the database: it may be what failed. 503 when it was."""
    gone = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if gone else 500
    response = HttpResponse(render_to_string("500.html", {"gone": gone, "status": status}), status=status)
    if gone:
        response["Retry-After"] = "5"
    return response
