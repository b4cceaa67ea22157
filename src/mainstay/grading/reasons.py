"""Why an account has its class and its letter, in one sentence each, from its row of the account mart.

A sentence is put together when it is shown, in the language of whoever reads it.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mainstay.core.periods import Window, months_before
from mainstay.grading import account_class, letter, potential
from mainstay.grading.scheme import GradingScheme
from mainstay.grading.threshold import reaches

Row = Mapping[str, Any]


def class_reason(row: Row, scheme: GradingScheme, window: Window) -> str:
    """“Class 2: bought in the window from 2023-07-01 to 2024-06-30, not in the head …”.

    `row` is a row of the account mart that the scheme and the window made. A lazy string, translated when it is shown.
    """
    return lazy(_class_sentence, str)(row, scheme, window)


def letter_reason(row: Row, scheme: GradingScheme, window: Window) -> str:
    """“Letter B: estimated score 54 of 100 (A from 67, B from 34), …”; a lazy string, as `class_reason`."""
    return lazy(_letter_sentence, str)(row, scheme, window)


def figure(value: float, *thresholds: float) -> str:
    """The number with as few decimals as keep it on its side of each threshold: 89.97 is not 90 where 90 decides."""
    for digits in range(7):
        text = f"{value:.{digits}f}"
        if all(reaches(float(text), threshold) == reaches(value, threshold) for threshold in thresholds):
            return text
    return repr(float(value))


def percent(share: Decimal) -> str:
    """0.5 as “50%”."""
    return f"{(share * 100).normalize():f}%"


def _joined(clauses: list[str]) -> str:
    return pgettext("between parts of a sentence", ", ").join(clauses)


def _class_sentence(row: Row, scheme: GradingScheme, window: Window) -> str:
    clauses = _CLAUSES[row["rule"]](row, scheme, window)
    return _("Class %(number)s: %(reasons)s.") % {"number": row["class"], "reasons": _joined(clauses)}


def _span(window: Window) -> dict[str, str]:
    return {"first": window.first_day.isoformat(), "last": window.last_day.isoformat()}


def _bought(window: Window) -> str:
    return _("bought in the window from %(first)s to %(last)s") % _span(window)


def _not_bought(window: Window) -> str:
    return _("nothing bought in the window from %(first)s to %(last)s") % _span(window)


def _rank(row: Row, share: Decimal) -> dict[str, object]:
    return {"rank": row["rank"], "share": percent(share)}


def _in_core(row: Row, scheme: GradingScheme) -> str:
    return _("number %(rank)s by sales and so in the core (%(share)s of all sales)") % _rank(row, scheme.core_share)


def _in_head(row: Row, scheme: GradingScheme) -> str:
    return _("number %(rank)s by sales and so in the head (%(share)s of all sales)") % _rank(row, scheme.head_share)


def _outside_head(row: Row, scheme: GradingScheme) -> str:
    return _("number %(rank)s by sales and so not in the head (%(share)s of all sales)") % _rank(row, scheme.head_share)


def _potential(row: Row, threshold: float) -> str:
    told = {"value": figure(row["potential"], threshold), "threshold": f"{threshold:g}"}
    if row["potential_basis"] == potential.ASSESSED:
        return _("assessed potential %(value)s of 100 (threshold %(threshold)s)") % told
    return _("estimated potential %(value)s of 100 (threshold %(threshold)s)") % told


def _attractiveness(row: Row, threshold: float) -> str:
    return _("attractiveness %(value)s of 100 (threshold %(threshold)s)") % {
        "value": figure(row["attractiveness"], threshold),
        "threshold": f"{threshold:g}",
    }


def _anchor(row: Row, scheme: GradingScheme, window: Window) -> list[str]:
    again = _("bought in the window before, from %(first)s to %(last)s, too") % _span(window.previous)
    return [_bought(window), _in_core(row, scheme), again]


def _head(row: Row, scheme: GradingScheme, window: Window) -> list[str]:
    if not row["in_core"]:
        return [_bought(window), _in_head(row, scheme), _("not in the core")]
    nothing = _("but nothing bought in the window before, from %(first)s to %(last)s") % _span(window.previous)
    return [_bought(window), _in_core(row, scheme), nothing]


def _growth(row: Row, scheme: GradingScheme, window: Window) -> list[str]:
    """Of class 2 for its promise, or of class 3 for want of it."""
    return [
        _bought(window),
        _outside_head(row, scheme),
        _potential(row, scheme.growth_potential),
        _attractiveness(row, scheme.growth_attractiveness),
    ]


def _prospect(row: Row, scheme: GradingScheme, window: Window) -> list[str]:
    return [_not_bought(window), _("a need is stated"), _contact(row, scheme, window)]


def _contact(row: Row, scheme: GradingScheme, window: Window) -> str:
    day: date | None = row["last_contact"]
    if day is None:
        return _("no contact known")
    told = {"day": day.isoformat(), "limit": months_before(window.as_of, scheme.contact_months).isoformat()}
    if row["recent_contact"]:
        return _("last contact %(day)s (after %(limit)s)") % told
    if day > window.as_of:
        return _("no contact known up to %(day)s") % {"day": window.as_of.isoformat()}
    return _("last contact %(day)s (not after %(limit)s)") % told


def _history(row: Row) -> str:
    if not row["bought_before"]:
        return _("never bought before")
    if row["last_order"] is None:
        return _("bought before")
    return _("last order %(day)s") % {"day": row["last_order"].isoformat()}


def _assessed_potential(row: Row, threshold: float) -> str:
    if row["potential_basis"] != potential.ASSESSED:
        return _("potential not assessed")
    if row["potential"] is None:
        return _("potential assessed, but no active account to compare it with")
    return _potential(row, threshold)


def _faded(row: Row, scheme: GradingScheme, window: Window) -> list[str]:
    return [_not_bought(window), _history(row), _assessed_potential(row, scheme.regain_potential)]


def _dismissed(row: Row, scheme: GradingScheme, window: Window) -> list[str]:
    return [_not_bought(window), _history(row), _assessed_potential(row, scheme.dismiss_potential)]


def _suspect(row: Row, scheme: GradingScheme, window: Window) -> list[str]:
    threshold = scheme.regain_potential if row["bought_before"] else scheme.dismiss_potential
    need = _("a need is stated") if row["stated_need"] else _("no need stated")
    return [
        _not_bought(window),
        _history(row),
        need,
        _contact(row, scheme, window),
        _assessed_potential(row, threshold),
    ]


_CLAUSES: dict[str, Callable[[Row, GradingScheme, Window], list[str]]] = {
    "anchor": _anchor,
    "head": _head,
    "growth": _growth,
    "ordinary": _growth,
    "prospect": _prospect,
    "faded": _faded,
    "dismissed": _dismissed,
    account_class.OTHER: _suspect,
}


def _letter_sentence(row: Row, scheme: GradingScheme, window: Window) -> str:
    if row["letter_basis"] == letter.UNASSESSED:
        return _unassessed(row)
    told = {
        "letter": row["letter"],
        "score": figure(row["score"], scheme.letter_a, scheme.letter_b),
        "a": f"{scheme.letter_a:g}",
        "b": f"{scheme.letter_b:g}",
    }
    if row["letter_basis"] == letter.ASSESSED:
        return _("Letter %(letter)s: assessed score %(score)s of 100 (A from %(a)s, B from %(b)s).") % told
    return _(
        "Letter %(letter)s: estimated score %(score)s of 100 (A from %(a)s, B from %(b)s), not assessed; "
        "estimated from: %(parts)s."
    ) % (told | {"parts": _joined(_estimate(row, window))})


def _unassessed(row: Row) -> str:
    told = {"letter": row["letter"]}
    if row["active"] or row["bought_before"]:
        return _("Letter %(letter)s: not assessed, and no estimate: active accounts do not differ in history.") % told
    return _("Letter %(letter)s: not assessed, and no history to estimate from.") % told


def _estimate(row: Row, window: Window) -> list[str]:
    """The parts that count, each with its value and its percentile among active accounts."""
    first = row["first_order"]
    since = _("no order yet") if first is None else _("first order %(day)s") % {"day": first.isoformat()}
    told = {
        "age": since,
        "months": _("months bought in since %(first)s: %(count)s")
        % {"first": window.first_day.isoformat(), "count": row["months_bought"]},
        "products": _("products: %(count)s") % {"count": row["products"]},
        "contacts": _("contacts: %(count)s") % {"count": row["contacts"]},
    }
    return [
        _("%(what)s (%(place)s of 100)") % {"what": text, "place": figure(row[f"{part}_percentile"])}
        for part, text in told.items()
        if row[f"{part}_percentile"] is not None
    ]
