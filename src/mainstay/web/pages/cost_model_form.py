"""The form of a version of the cost model: what was typed, and what it states."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from mainstay.core.errors import N_, Refused
from mainstay.costing.models import CostModelVersion, VersionState
from mainstay.costing.services import Stated, check_name
from mainstay.insight.cost_model import ACTIVITIES, BOOKED, MOST_POOLS, PERIODS, CostModel
from mainstay.web import cost_words
from mainstay.web.pages.cost_model_checks import mistakes, model_checks
from mainstay.web.pages.imports_words import told
from mainstay.web.typed import typed_number

# Rows for pools that are still empty.
SPARE = 2


@dataclass(frozen=True)
class ActivityRow:
    name: str
    label: str | Promise
    minutes: str
    rate: str
    hint: str
    errors: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PoolRow:
    """`of` is year or month of an amount, or booked overhead: `booked`, `booked:service`."""

    number: int
    name: str = ""
    amount: str = ""
    of: str = "year"
    by: str = "sales"
    errors: list[str] = field(default_factory=list)


class WrongFields(Refused):
    """Mistakes at fields of the form, by the field's name."""

    def __init__(self, fields: Mapping[str, Refused]) -> None:
        super().__init__(N_("Nothing was kept. Mend what is marked below."))
        self.fields = fields


@dataclass(frozen=True)
class VersionForm:
    """What stands in the form; `wrong` are sentences about the whole, `errors` those by field, `revision` is what a
    change begins from.

    `now` says of what was typed otherwise what stands there, where somebody else changed it meanwhile.
    """

    name: str = ""
    valid_from: str = ""
    note: str = ""
    capacity_rate: str = ""
    revision: int = 0
    activities: list[ActivityRow] = field(default_factory=list)
    pools: list[PoolRow] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    now: list[tuple[str, str]] = field(default_factory=list)

    @property
    def sources(self) -> list[tuple[str, str]]:
        """What a pool may be made of."""
        fixed = [(per, _("amount %(per)s") % {"per": cost_words.PERIODS[per]}) for per in PERIODS]
        kinds = [
            (f"{BOOKED}:{kind}", _("booked overhead: %(kind)s") % {"kind": label})
            for kind, label in cost_words.KINDS.items()
        ]
        return [*fixed, (BOOKED, _("booked overhead, all")), *kinds]

    @property
    def drivers(self) -> list[tuple[str, str | Promise]]:
        return list(cost_words.DRIVERS.items())


def empty_form(day: date) -> VersionForm:
    return VersionForm(valid_from=day.isoformat(), activities=_activities({}), pools=_spare([]))


def form_of(version: CostModelVersion) -> VersionForm:
    content: Mapping[str, Any] = version.content
    pools = [
        PoolRow(number, pool["name"], *_source(pool), pool["by"])
        for number, pool in enumerate(content.get("pools", []))
    ]
    return VersionForm(
        name=version.name,
        valid_from=version.valid_from.isoformat(),
        note=version.note,
        capacity_rate=content.get("capacity_rate", ""),
        revision=version.revision,
        activities=_activities(content.get("activities", {})),
        pools=_spare(pools) if version.state == VersionState.DRAFT else pools,
    )


def typed_form(sent: Mapping[str, str], error: Refused) -> VersionForm:
    """The form again as it was sent, with what is wrong."""
    fields = error.fields if isinstance(error, WrongFields) else {}
    errors = {name: [told(mistake)] for name, mistake in fields.items()}
    given = {name: {key: sent.get(f"{name}-{key}", "") for key in ("minutes", "rate")} for name in ACTIVITIES}
    pools = [row for row in _pool_rows(sent) if row.name or row.amount]
    return VersionForm(
        name=sent.get("name", ""),
        valid_from=sent.get("valid_from", ""),
        note=sent.get("note", ""),
        capacity_rate=sent.get("capacity_rate", ""),
        revision=revision_of(sent),
        activities=[replace(row, errors=errors.get(row.name, [])) for row in _activities(given)],
        pools=_spare([replace(row, errors=errors.get(f"pool-{row.number}", [])) for row in pools]),
        wrong=[told(error)],
        errors=errors,
    )


def standing_beside(typed: VersionForm, version: CostModelVersion) -> VersionForm:
    """The form as it was typed, to be kept over the version as it is now, and what that says otherwise."""
    mine, theirs = _said(typed), _said(form_of(version))
    now = [(label, theirs.get(label) or "–") for label in {**theirs, **mine} if theirs.get(label) != mine.get(label)]
    return replace(typed, revision=version.revision, now=now)


def _said(form: VersionForm) -> dict[str, str]:
    """What a form says, by its labels."""
    said = {
        _("Name"): form.name,
        _("Valid from"): form.valid_from,
        _("Note"): form.note,
        _("Capacity rate, a minute"): _plain(form.capacity_rate),
    }
    for row in form.activities:
        said[f"{row.label}: {_('Minutes each')}"] = _plain(row.minutes)
        said[f"{row.label}: {_('Or rate each')}"] = _plain(row.rate)
    sources, drivers = dict(form.sources), dict(form.drivers)
    for pool in form.pools:
        if pool.name:
            parts = (_plain(pool.amount), str(sources.get(pool.of, pool.of)), str(drivers.get(pool.by, pool.by)))
            said[f"{_('Pools')}: {pool.name}"] = ", ".join(filter(None, parts))
    return said


def stated_of(sent: Mapping[str, str]) -> Stated:
    """What was sent, understood. Raises WrongFields with all that is wrong at fields, Refused with what else is."""
    given = {
        name: {key: text for key in ("minutes", "rate") if (text := _plain(sent.get(f"{name}-{key}", "")))}
        for name in ACTIVITIES
    }
    activities = {name: values for name, values in given.items() if values}
    pools = [row for row in _pool_rows(sent) if row.name or row.amount]
    capacity_rate = _plain(sent.get("capacity_rate", ""))
    found = mistakes(
        {"name": lambda: check_name(text=sent.get("name", "")), "valid_from": lambda: _day(sent)}
        | model_checks(capacity_rate, activities, {f"pool-{row.number}": partial(_pool, row) for row in pools})
    )
    if found:
        raise WrongFields(found)
    model = CostModel.from_dict(
        {"capacity_rate": capacity_rate, "activities": activities, "pools": [_pool(row) for row in pools]}
    )
    return Stated(sent.get("name", ""), _day(sent), model, sent.get("note", "").replace("\r\n", "\n"))


def _day(sent: Mapping[str, str]) -> date:
    try:
        return date.fromisoformat(sent.get("valid_from", ""))
    except ValueError:
        raise Refused(N_("Say from which day on the version is valid.")) from None


def revision_of(sent: Mapping[str, str]) -> int:
    text = sent.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


def _pool(row: PoolRow) -> dict[str, str]:
    if row.of in PERIODS:
        return {"name": row.name, "by": row.by, "amount": _plain(row.amount), "per": row.of}
    if row.amount:
        raise Refused(N_("The pool “%(name)s” takes booked overhead: leave its amount empty."), name=row.name)
    booked, _colon, kind = row.of.partition(":")
    if booked != BOOKED:
        raise Refused(N_("Say what the pool “%(name)s” is made of."), name=row.name)
    return {"name": row.name, "by": row.by, "amount": BOOKED, "kind": kind}


def _pool_rows(sent: Mapping[str, str]) -> list[PoolRow]:
    return [
        PoolRow(
            number,
            sent.get(f"pool-{number}-name", "").strip(),
            sent.get(f"pool-{number}-amount", "").strip(),
            sent.get(f"pool-{number}-of", "year"),
            sent.get(f"pool-{number}-by", "sales"),
        )
        for number in range(MOST_POOLS + 1)
    ]


def _plain(text: str) -> str:
    """A number as the model has it; what is none stays as it was typed, for the model to refuse by its name."""
    text = text.strip()
    try:
        return f"{typed_number(text):f}" if text else ""
    except Refused:
        return text


def _source(pool: Mapping[str, str]) -> tuple[str, str]:
    if pool["amount"] != BOOKED:
        return pool["amount"], pool["per"]
    return "", f"{BOOKED}:{pool['kind']}" if "kind" in pool else BOOKED


def _activities(given: Mapping[str, Mapping[str, str]]) -> list[ActivityRow]:
    hints = {
        "order": _("a document with a line above zero"),
        "line": _("every sales line, returns included"),
        "return": _("a document with a line below zero"),
        "delivery": _("a day on which a document has a line above zero"),
        "visit_minute": _("booked with visits; none are booked so far"),
    }
    return [
        ActivityRow(
            name,
            cost_words.ACTIVITIES[name],
            given.get(name, {}).get("minutes", ""),
            given.get(name, {}).get("rate", ""),
            hints[name],
        )
        for name in ACTIVITIES
    ]


def _spare(pools: list[PoolRow]) -> list[PoolRow]:
    kept = [replace(pool, number=number) for number, pool in enumerate(pools)]
    return [*kept, *(PoolRow(number) for number in range(len(kept), min(len(kept) + SPARE, MOST_POOLS)))]
