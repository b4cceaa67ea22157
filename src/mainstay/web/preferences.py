"""A person's language and theme: kept with the user, and in cookies for the pages before log-in."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from mainstay.core.errors import N_, Refused
from mainstay.people.models import User
from mainstay.people.services import user_set_preferences

THEMES: list[tuple[str, Any, str]] = [
    ("light", _("Light"), "sun"),
    ("dark", _("Dark"), "moon"),
    ("system", _("System"), "system"),
]
THEME_COOKIE = "theme"
_YEAR = 365 * 24 * 3600


def theme_of(request: HttpRequest) -> str:
    """`light`, `dark` or `system`."""
    user = getattr(request, "user", None)
    chosen = (user.theme if isinstance(user, User) else "") or request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in {theme for theme, _label, _icon in THEMES} else "system"


@require_POST
@login_not_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Keep the posted language or theme and go back to `next`."""
    language = _allowed(request, "language", {code for code, _name in settings.LANGUAGES})
    theme = _allowed(request, "theme", {theme for theme, _label, _icon in THEMES})
    if isinstance(request.user, User):
        user_set_preferences(user=request.user, language=language, theme=theme)
    response = HttpResponseRedirect(safe_next(request))
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, language), (THEME_COOKIE, theme)):
        if value is not None:
            response.set_cookie(
                name, value, max_age=_YEAR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
            )
    return response


def safe_next(request: HttpRequest) -> str:
    """The posted `next` if it is an address of ours, else the first page."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return "/"


def _allowed(request: HttpRequest, name: str, allowed: set[str]) -> str | None:
    value = request.POST.get(name)
    if value is not None and value not in allowed:
        message = N_("“%(value)s” cannot be chosen. Choose one of: %(allowed)s.")
        raise Refused(message, value=value[:40], allowed=", ".join(sorted(allowed)))
    return value
