"""The sections of the product, in the order of the process, as the navigation shows them."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Section:
    """`name` is the address's name and the beginning of the names of all pages in it; `key` follows `g`.

    `may` names the permission of a user without which the section is not shown.
    """

    name: str
    label: str | Promise
    icon: str
    key: str
    may: str = ""


@dataclass(frozen=True)
class Group:
    label: str | Promise
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Link:
    """One section as this request shows it."""

    section: Section
    url: str
    current: bool


GROUPS = (
    Group(
        "",
        (
            Section("portfolio", _("Portfolio"), "portfolio", "p"),
            Section("accounts", _("Accounts"), "accounts", "a"),
        ),
    ),
    Group(_("Insight"), (Section("pareto", _("80:20"), "pareto", "8"),)),
    Group(
        _("Data"),
        (
            Section("imports", _("Imports"), "imports", "i", may="may_import"),
            Section("ledger", _("Ledger"), "table", "l", may="may_import"),
            Section("products", _("Products"), "box", "d", may="may_import"),
        ),
    ),
    Group(
        _("Settings"),
        (
            Section("currencies", _("Currencies"), "currencies", "c", may="may_import"),
            Section("costmodel", _("Cost model"), "table", "m", may="may_import"),
        ),
    ),
)


def navigation(request: HttpRequest) -> list[tuple[Group, list[Link]]]:
    """Every group with its links, as far as they are for who is logged in."""
    match = request.resolver_match
    current = match.view_name.split("-")[0] if match else ""
    user = getattr(request, "user", None)
    shown = [
        (group, [section for section in group.sections if not section.may or getattr(user, section.may, False)])
        for group in GROUPS
    ]
    return [
        (group, [Link(section, reverse(section.name), section.name == current) for section in sections])
        for group, sections in shown
        if sections
    ]
