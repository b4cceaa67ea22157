"""Which days count: the window of a refresh as conditions on a date column."""

import ibis.expr.types as ir

from mainstay.core.periods import Window


def within(day: ir.DateValue, window: Window) -> ir.BooleanValue:
    """The day lies in (after, last day] of the window."""
    return (day > window.after) & (day <= window.last_day)


def until(day: ir.DateValue, window: Window) -> ir.BooleanValue:
    """The day is not after the window's last day: what lies later counts for nothing."""
    return day <= window.last_day
