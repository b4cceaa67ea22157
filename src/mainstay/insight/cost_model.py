"""A cost model: what the work costs that nobody books, as rates per activity and shares of pools.

Time-driven activity-based costing (Kaplan and Anderson 2004): an activity costs the minutes it takes × the capacity
cost rate per minute, or a rate that is given outright. A pool is money spent for all, which accounts share by what
drives it. A model is valid from a day on, until another one is.
"""

import calendar
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from mainstay.core.errors import N_, Refused
from mainstay.core.money import from_units, quantize
from mainstay.core.periods import Window
from mainstay.insight.profit import KINDS

ACTIVITIES = ("order", "line", "return", "delivery", "visit_minute")
DRIVERS = ("sales", "orders", "lines")
PERIODS = ("year", "month")
BOOKED = "booked"
MOST_POOLS = 20
MOST_NAME = 100
_MOST = Decimal(10) ** 12
_PARTS = ("capacity_rate", "activities", "pools")


@dataclass(frozen=True)
class Activity:
    """What one of it costs: `rate` outright, or `minutes` × the capacity rate of the model."""

    rate: Decimal | None = None
    minutes: Decimal | None = None


@dataclass(frozen=True)
class Pool:
    """Money shared by accounts in proportion to `by`: a fixed `amount` per `per`, or booked overhead.

    Without an amount it is the overhead booked in the period: of one `kind`, or of all where that is empty.
    """

    name: str
    by: str
    amount: Decimal | None = None
    per: str = "year"
    kind: str = ""


@dataclass(frozen=True)
class CostModel:
    """Activities by name (those that cost something), and pools. Amounts have at most four decimals."""

    capacity_rate: Decimal | None = None
    activities: Mapping[str, Activity] = field(default_factory=dict)
    pools: tuple[Pool, ...] = ()

    def __post_init__(self) -> None:
        _check_activities(self)
        _check_pools(self.pools)
        object.__setattr__(self, "activities", MappingProxyType(dict(self.activities)))
        object.__setattr__(self, "pools", tuple(self.pools))

    def rate(self, activity: str) -> Decimal:
        """What one of `activity` costs, to four decimals; 0 where the model does not have it."""
        found = self.activities.get(activity)
        if found is None:
            return Decimal("0.0000")
        if found.rate is not None:
            return quantize(found.rate)
        return quantize((found.minutes or Decimal(0)) * (self.capacity_rate or Decimal(0)))

    def to_dict(self) -> dict[str, Any]:
        """As JSON or TOML can hold it, without what is not said: amounts as text."""
        return _said(
            {
                "capacity_rate": _text(self.capacity_rate),
                "activities": {
                    name: _said({"rate": _text(one.rate), "minutes": _text(one.minutes)})
                    for name, one in self.activities.items()
                },
                "pools": [_of_pool(pool) for pool in self.pools],
            }
        )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "CostModel":
        """The model that `to_dict` told of. Raises Refused for anything else, with what is wrong."""
        _known(values, _PARTS)
        activities, pools = values.get("activities", {}), values.get("pools", [])
        if not isinstance(activities, Mapping) or not isinstance(pools, Sequence) or isinstance(pools, str):
            raise Refused(N_("Activities are a table, pools a list of tables: see the handbook."))
        return cls(
            capacity_rate=_amount("capacity_rate", values.get("capacity_rate")),
            activities={name: _activity(name, given) for name, given in activities.items()},
            pools=tuple(_pool(given) for given in pools),
        )


@dataclass(frozen=True)
class Piece:
    """A model and the days of a window that it holds for, the first and last one included."""

    model: CostModel
    first: date
    last: date
    version: int = 0
    name: str = ""

    def amount(self, pool: Pool) -> Decimal:
        """What a fixed pool comes to in these days: a month's part is spread evenly over the days of that month."""
        monthly = Fraction(pool.amount or 0) / (12 if pool.per == "year" else 1)
        share, day = Fraction(0), self.first
        while day <= self.last:
            length = calendar.monthrange(day.year, day.month)[1]
            end = min(self.last, day.replace(day=length))
            share += Fraction((end - day).days + 1, length)
            day = end + timedelta(days=1)
        return from_units(_half_up(monthly * share * 10_000))


def pieces(versions: Sequence[tuple[int, str, date, CostModel]], window: Window) -> list[Piece]:
    """Which version holds when in the window, in order of time; days before the first one have none.

    `versions` are (id, name, valid from, model). Each day has the version with the latest beginning up to it; of those
    that begin on one day, the last one given.
    """
    beginnings = {begin: (pk, name, model) for pk, name, begin, model in sorted(versions, key=lambda one: one[2])}
    found: list[Piece] = []
    starts = sorted(beginnings)
    for begin, following in zip(starts, [*starts[1:], None], strict=False):
        first = max(begin, window.first_day)
        last = min(following - timedelta(days=1), window.last_day) if following else window.last_day
        if first <= last:
            pk, name, model = beginnings[begin]
            found.append(Piece(model, first, last, pk, name))
    return found


def _half_up(value: Fraction) -> int:
    """To a whole number, half away from zero."""
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", {}, [])}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _of_pool(pool: Pool) -> dict[str, Any]:
    if pool.amount is None:
        return _said({"name": pool.name, "by": pool.by, "amount": BOOKED, "kind": pool.kind})
    return {"name": pool.name, "by": pool.by, "amount": _text(pool.amount), "per": pool.per}


def _known(values: Any, names: Sequence[str]) -> None:
    if not isinstance(values, Mapping):
        raise Refused(N_("A cost model is a table of: %(names)s."), names=", ".join(names))
    if unknown := sorted(str(name) for name in values.keys() - set(names)):
        raise Refused(
            N_("A cost model knows no “%(name)s” here. What there may be: %(names)s."),
            name=unknown[0][:40],
            names=", ".join(names),
        )


def _activity(name: str, given: Any) -> Activity:
    _known(given, ("rate", "minutes"))
    return Activity(_amount(name, given.get("rate")), _amount(name, given.get("minutes")))


def _pool(given: Any) -> Pool:
    _known(given, ("name", "by", "amount", "per", "kind"))
    name, amount = str(given.get("name", "")).strip(), given.get("amount")
    booked = amount == BOOKED
    if not booked and given.get("kind"):
        raise Refused(N_("The pool “%(name)s” has an amount of its own: a kind is for booked overhead."), name=name)
    return Pool(
        name=name,
        by=str(given.get("by", "")),
        amount=None if booked else _amount(name, amount, needed=True),
        per=str(given.get("per", "year")),
        kind=str(given.get("kind", "")),
    )


def _amount(name: str, given: Any, *, needed: bool = False) -> Decimal | None:
    if given in (None, "") and not needed:
        return None
    if not isinstance(given, bool) and "_" not in str(given):
        with suppress(InvalidOperation, ValueError):
            value = Decimal(str(given).strip())
            if value.is_finite():
                return value
    raise Refused(N_("“%(name)s” needs an amount, such as 12.50."), name=name[:40])


def _check_amount(name: str, value: Decimal | None) -> None:
    if value is None:
        return
    if not 0 <= value <= _MOST:
        raise Refused(N_("“%(name)s” must be from 0 to %(most)s."), name=name[:40], most=f"{_MOST:,}")
    if value != quantize(value):
        raise Refused(N_("“%(name)s” may have at most four decimals."), name=name[:40])


def _check_activities(model: CostModel) -> None:
    _check_amount("capacity_rate", model.capacity_rate)
    for name, one in model.activities.items():
        if name not in ACTIVITIES:
            raise Refused(
                N_("There is no activity “%(name)s”. Activities: %(names)s."),
                name=str(name)[:40],
                names=", ".join(ACTIVITIES),
            )
        if (one.rate is None) == (one.minutes is None):
            raise Refused(N_("“%(name)s” needs either a rate or minutes."), name=name)
        _check_amount(name, one.rate)
        _check_amount(name, one.minutes)
        if one.minutes is not None and model.capacity_rate is None:
            raise Refused(N_("“%(name)s” is told in minutes: say what a minute of capacity costs."), name=name)


def _check_pools(pools: Sequence[Pool]) -> None:
    if len(pools) > MOST_POOLS:
        raise Refused(N_("A cost model may have %(most)s pools at most."), most=MOST_POOLS)
    names = [pool.name for pool in pools]
    for pool in pools:
        if not pool.name or len(pool.name) > MOST_NAME or not pool.name.isprintable():
            raise Refused(N_("Each pool needs a name of at most %(most)s characters."), most=MOST_NAME)
        if names.count(pool.name) > 1:
            raise Refused(N_("Two pools are called “%(name)s”. Give each a name of its own."), name=pool.name)
        _check_choice(pool.name, pool.by, DRIVERS)
        _check_choice(pool.name, pool.per, PERIODS)
        _check_choice(pool.name, pool.kind, ("", *KINDS))
        _check_amount(pool.name, pool.amount)
    booked = [pool.kind for pool in pools if pool.amount is None]
    if len(booked) != len(set(booked)) or ("" in booked and len(booked) > 1):
        raise Refused(N_("Two pools take the same booked overhead. Give each kind to one pool."))


def _check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise Refused(
            N_("The pool “%(name)s”: “%(value)s” is none of: %(choices)s."),
            name=name[:40],
            value=value[:40],
            choices=", ".join(choice for choice in choices if choice),
        )
