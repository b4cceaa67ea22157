"""Rates that are far from those next to them: a slip of the decimal sign, more often than a fall of a currency."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise

from mainstay.core.currencies import plain_rate
from mainstay.core.errors import N_, Refused
from mainstay.ledger.models import Rate
from mainstay.orm.bulk import chunks

FAR = 2  # times as large, or as small
Key = tuple[str, str, date]

FAR_TYPED = N_(
    "One %(currency)s was worth %(other)s %(base)s from %(other_day)s on, and %(rate)s is more than twice or less than "
    "half of that. Correct it, or say that it is right."
)
FAR_IMPORTED = N_(
    "%(count)s rates are more than twice or less than half of those next to them, first that of %(currency)s to "
    "%(base)s from %(day)s on: %(rate)s, beside %(other)s from %(other_day)s on. Look whether they are right."
)


class Unlikely(Refused):
    """A rate that is far from those next to it, and of which nobody said that it is right."""


def check_likely(currency: str, base: str, day: date, rate: Decimal) -> None:
    """Raises Unlikely for a rate that is far from the one before it, or the one after it."""
    found = Rate.objects.filter(currency=currency, base=base)
    before = found.filter(day__lt=day).order_by("-day", "batch").values_list("day", "rate")
    same = found.filter(day=day, batch__isnull=False).values_list("day", "rate")
    after = found.filter(day__gt=day).order_by("day", "batch").values_list("day", "rate")
    for other_day, other in [*same[:1], *before[:1], *after[:1]]:
        if _is_far(rate, other):
            raise Unlikely(
                FAR_TYPED,
                currency=currency,
                base=base,
                rate=plain_rate(rate),
                other=plain_rate(other),
                other_day=other_day.isoformat(),
            )


def warnings_of(stated: Mapping[Key, Decimal]) -> list[tuple[str, dict[str, object]]]:
    """A warning where rates of a file are far from those next to them, in the file or among those there are."""
    together = _known({of for of, _to, _day in stated}) | dict(stated)
    by_pair: dict[tuple[str, str], list[tuple[date, Decimal]]] = {}
    for (of, to, day), rate in sorted(together.items()):
        by_pair.setdefault((of, to), []).append((day, rate))
    far = []
    for (of, to), rates in by_pair.items():
        for one, other in pairwise(rates):
            if _is_far(one[1], other[1]):
                # Of the two, the later one that the file says.
                first, second = (other, one) if (of, to, other[0]) in stated else (one, other)
                if (of, to, first[0]) in stated:
                    far.append(((of, to, first[0]), second))
    if not far:
        return []
    (of, to, day), (other_day, other_rate) = far[0]
    told = {"count": len({key for key, _beside in far}), "currency": of, "base": to, "day": day.isoformat()}
    beside = {"rate": plain_rate(stated[of, to, day]), "other": plain_rate(other_rate)}
    return [(FAR_IMPORTED, told | beside | {"other_day": other_day.isoformat()})]


def _known(currencies: Iterable[str]) -> dict[Key, Decimal]:
    """The rates of these currencies that count: of two for one day the typed one."""
    found: dict[Key, Decimal] = {}
    for part in chunks(sorted(currencies), 500):
        rows = Rate.objects.filter(currency__in=part).values_list("currency", "base", "day", "rate")
        imported = rows.filter(batch__isnull=False)
        typed = rows.filter(batch__isnull=True)
        found |= {(of, to, day): rate for of, to, day, rate in [*imported, *typed]}
    return found


def _is_far(one: Decimal, other: Decimal) -> bool:
    return one > FAR * other or other > FAR * one
