"""What every request passes through."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from mainstay.core.errors import Conflict, NotAllowed, NotFound, Refused, TooLarge
from mainstay.people.models import User

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
            return response


class RefusalMiddleware:
    """Turns a refusal that no view caught into a page of its status."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refused):
            return None
        status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)
        text = translation.gettext(error.message) % error.params if error.params else translation.gettext(error.message)
        return render(request, "refused.html", {"text": text, "status": status}, status=status)
