"""How kinds of cost and parts of the cost model are called on pages."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mainstay.web import figures

Words = Mapping[str, str | Promise]

KINDS: Words = {
    "goods": gettext_lazy("Goods"),
    "service": gettext_lazy("Service"),
    "delivery": gettext_lazy("Delivery"),
    "rebate": gettext_lazy("Rebates"),
    "selling": gettext_lazy("Selling"),
    "finance": gettext_lazy("Finance"),
    "other": gettext_lazy("Other"),
}
ACTIVITIES: Words = {
    "order": gettext_lazy("Orders"),
    "line": gettext_lazy("Order lines"),
    "return": gettext_lazy("Returns"),
    "delivery": gettext_lazy("Deliveries"),
    "visit_minute": gettext_lazy("Visit minutes"),
}
DRIVERS: Words = {
    "sales": gettext_lazy("by sales"),
    "orders": gettext_lazy("by orders"),
    "lines": gettext_lazy("by lines"),
}
PERIODS: Words = {"year": gettext_lazy("a year"), "month": gettext_lazy("a month")}


def part_name(part: Mapping[str, Any]) -> str:
    """A part of the model: the activity, or the pool as it was named."""
    return str(ACTIVITIES[part["name"]]) if part["part"] != "pool" else str(part["name"])


def part_note(part: Mapping[str, Any], currency: str) -> str:
    """How its cost comes about: 12 × $4.50, or what drives the pool."""
    if part["rate"] is None:
        return str(DRIVERS[part["by"]])
    return f"{figures.number(part['quantity'])} × {figures.money(part['rate'], currency, 4).removesuffix('00')}"


def part_days(part: Mapping[str, Any]) -> str:
    """The version, and the days it holds for."""
    days = {name: figures.day(date.fromisoformat(part[f"{name}_day"])) for name in ("first", "last")}
    return _("%(version)s: %(first)s – %(last)s") % {"version": part["version_name"], **days}
