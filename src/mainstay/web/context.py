"""What every page's template may use."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import cached_property

from mainstay.people.models import User
from mainstay.web.pages.jobs_words import Frame, frame
from mainstay.web.preferences import THEMES, theme_of
from mainstay.web.sections import Group, Link, navigation


@dataclass
class Shell:
    """The frame around a page: who is logged in, where he is, how he likes to see it."""

    request: HttpRequest
    currency: str = field(default_factory=lambda: settings.MAINSTAY_CURRENCY)

    @cached_property
    def user(self) -> User | None:
        user = getattr(self.request, "user", None)
        return user if isinstance(user, User) else None

    @cached_property
    def theme(self) -> str:
        return theme_of(self.request)

    @property
    def folded(self) -> bool:
        return self.request.COOKIES.get("nav") == "folded"

    @property
    def themes(self) -> list[tuple[str, Any, str]]:
        return THEMES

    @property
    def languages(self) -> list[tuple[str, str]]:
        return list(settings.LANGUAGES)

    @cached_property
    def navigation(self) -> list[tuple[Group, list[Link]]]:
        return navigation(self.request)

    @cached_property
    def jobs(self) -> Frame | None:
        """Background jobs that go on, or ended unseen. Only who may import has any."""
        return frame(self.user, here=self.request.path) if self.user and self.user.may_import else None

    @property
    def address(self) -> str:
        """Where to come back to after a change of preferences: only a page that GET shows."""
        return self.request.get_full_path() if self.request.method == "GET" else "/"


def page(request: HttpRequest) -> dict[str, Any]:
    shell = Shell(request)
    return {"shell": shell, "currency": shell.currency}
