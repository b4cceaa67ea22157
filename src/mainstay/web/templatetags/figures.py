"""Filters that write figures: `{{ amount|money:currency }}`. The rules are in `mainstay.web.figures`."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django import template

from mainstay.web import figures
from mainstay.web.figures import Number
from mainstay.web.sparkline import line_points

register = template.Library()


@register.filter
def money(value: Number, currency: str = "") -> str:
    """Written out with two decimals."""
    return figures.money(value, currency or "")


@register.filter
def money_whole(value: Number, currency: str = "") -> str:
    """Written out without decimals."""
    return figures.money(value, currency or "", 0)


@register.filter
def money_compact(value: Number, currency: str = "") -> str:
    """In three or four digits."""
    return figures.money_compact(value, currency or "")


@register.filter
def number(value: Number, places: int = 0) -> str:
    return figures.number(value, places)


@register.filter
def percent(ratio: Number, places: int = 1) -> str:
    return figures.percent(ratio, places)


@register.filter
def index(value: Number, places: int = 0) -> str:
    """A figure from 0 to 100, as potential and attractiveness are."""
    return figures.number(value, places)


@register.filter
def change(now: Number, before: Number) -> str:
    return figures.change(now, before)


@register.filter
def day(value: date | datetime | None) -> str:
    return figures.day(value)


@register.filter
def month(value: date | None) -> str:
    return figures.month(value)


@register.filter
def moment(value: datetime | None) -> str:
    return figures.moment(value)


@register.filter
def negative(value: Number) -> bool:
    return figures.negative(value)


@register.filter
def width(ratio: Number) -> str:
    """A ratio as the width of a bar, for an SVG attribute: always with a point, 0 to 100."""
    value = figures.exact(ratio) or Decimal(0)
    return f"{min(max(value * 100, Decimal(0)), Decimal(100)):.2f}%"


@register.filter
def spark(values: Sequence[Number]) -> str:
    """The points of a sparkline in a box of 100 × 24."""
    return line_points(values)
