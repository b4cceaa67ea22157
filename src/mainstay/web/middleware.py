"""What every request passes through."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from mainstay.core.errors import Conflict, NotAllowed, NotFound, Refused, TooLarge
from mainstay.people.models import User
from mainstay.web.errors import wrong
from mainstay.web.page import wants_part

Handler = Callable[[HttpRequest], HttpResponse]

STATUS: dict[type[Refused], int] = {NotAllowed: 403, NotFound: 404, Conflict: 409, TooLarge: 413}


class LanguageMiddleware:
    """The language a user chose; before log-in the cookie's, else the browser's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.user.language if isinstance(request.user, User) else ""
        with translation.override(chosen or translation.get_language_from_request(request)):
            request.LANGUAGE_CODE = translation.get_language() or "en"
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
            if not chosen:
                patch_vary_headers(response, ["Accept-Language"])
            return response


class LogInMiddleware(LoginRequiredMiddleware):
    """Every page needs a log-in. htmx is sent to the log-in page as a whole, not into the part it asked for."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:  # type: ignore[override]
        if not wants_part(request):
            return super().handle_no_permission(request, view_func)
        shown = urlsplit(request.htmx.current_url_abs_path or "/")  # type: ignore[attr-defined]
        back = shown.path + (f"?{shown.query}" if shown.query else "")
        return HttpResponseClientRedirect(redirect_to_login(back, self.get_login_url(view_func)).url)


class RefusalMiddleware:
    """Turns a refusal that no view caught, or a verb that a page does not know, into a page of its status."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            page = wrong(request, 405)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
        text = translation.gettext(error.message) % error.params if error.params else translation.gettext(error.message)
        return wrong(request, status, text)
