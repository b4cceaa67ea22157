"""Which rate counts on which day: the latest on or before it, if it is not too old. Knows no Django."""

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from mainstay.core.currencies import RATE_UNIT, inverse


class Quote(NamedTuple):
    """One unit of `currency` = `rate` of `base`, from `day` on."""

    currency: str
    base: str
    day: date
    rate: Decimal


ONE = Decimal(1).quantize(RATE_UNIT)


@dataclass(frozen=True)
class RateBook:
    """Rates to `reporting`, by currency, each with its days ascending; none may be older than `oldest` days."""

    reporting: str
    oldest: int
    rates: Mapping[str, tuple[list[date], list[Decimal]]] = field(default_factory=dict)

    @classmethod
    def of(cls, reporting: str, quotes: Iterable[Quote], *, oldest: int) -> "RateBook":
        """Of quotes to `reporting`, and of those from it turned round for the days on which there is none."""
        found: dict[str, dict[date, Decimal]] = {}
        turned: dict[str, dict[date, Decimal]] = {}
        for quote in quotes:
            if quote.base == reporting:
                found.setdefault(quote.currency, {})[quote.day] = quote.rate
            elif quote.currency == reporting:
                turned.setdefault(quote.base, {})[quote.day] = inverse(quote.rate)
        rates = {}
        for currency in found.keys() | turned.keys():
            by_day = sorted((turned.get(currency, {}) | found.get(currency, {})).items())
            rates[currency] = ([day for day, _rate in by_day], [rate for _day, rate in by_day])
        return cls(reporting, oldest, rates)

    def rate(self, currency: str, day: date) -> Decimal | None:
        """What one unit of `currency` was worth on `day`; None where no rate is recent enough."""
        if currency == self.reporting:
            return ONE
        days, rates = self.rates.get(currency, ([], []))
        place = bisect_right(days, day) - 1
        if place < 0 or (day - days[place]).days > self.oldest:
            return None
        return rates[place]


def fingerprint(used: Iterable[tuple[str, date, Decimal]]) -> str:
    """Of the rates a refresh used: the same for the same rates, whenever and however they came in."""
    told = hashlib.sha256()
    for currency, day, rate in sorted(used):
        told.update(f"{currency} {day.isoformat()} {rate}\n".encode())
    return told.hexdigest()
