"""Lines in any currency, as amounts in the one that figures are in.

The ledger keeps amounts as they were. A refresh multiplies each by the rate of its currency and day and rounds to four
decimals, half away from zero, line by line: so that any part of a total adds up to it. Which rates that takes is found
out first, from the currencies and days that there are; a rate that is missing stops the refresh. A ledger in one
currency, that of its figures, is left as it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import ibis
import pyarrow as pa
from django.conf import settings
from ibis.expr.types import Table

from mainstay.core.currencies import RATE_SCALE, currency_code
from mainstay.core.errors import N_, Refused
from mainstay.core.money import quantize
from mainstay.ledger.computing import Engine
from mainstay.ledger.rate_book import RateBook, fingerprint
from mainstay.ledger.rates import quotes
from mainstay.ledger.workings import workings

AMOUNTS = ("amount", "cost")
# Amounts of the ledger are DECIMAL(18, 4).
MOST = Decimal(10) ** 14
RATES = pa.schema({"spelled": pa.string(), "day": pa.date32(), "rate": pa.decimal128(19, RATE_SCALE)})


class Met(NamedTuple):
    """A currency as lines spell it (blank: none named) on one day: how many lines, and their largest amount."""

    spelled: str
    day: date
    lines: int
    largest: Decimal


@dataclass(frozen=True)
class Choice:
    """The currency of figures, that of lines which name none, and how old a rate may be."""

    reporting: str
    unnamed: str
    oldest: int
    revision: int

    def meant(self, spelled: str) -> str:
        return currency_code(spelled) or self.unnamed


@dataclass(frozen=True)
class Conversion:
    """What was converted and by which rates: what a refresh keeps of it is `basis`. `rates` by spelling and day."""

    choice: Choice
    rates: Mapping[tuple[str, date], Decimal] = field(default_factory=dict)

    @property
    def basis(self) -> dict[str, Any]:
        used = {(self.choice.meant(spelled), day, rate) for (spelled, day), rate in self.rates.items()}
        return {
            "currency": self.choice.reporting,
            "unnamed": self.choice.unnamed,
            "oldest_rate": self.choice.oldest,
            "rates": fingerprint(used) if used else "",
            "rates_revision": self.choice.revision,
        }

    def applied(self, lines: Table) -> Table:
        """The lines in the currency of figures, in the order of their columns."""
        if not self.rates:
            return lines
        told = [{"spelled": spelled, "day": day, "rate": rate} for (spelled, day), rate in sorted(self.rates.items())]
        rates = ibis.memtable(pa.Table.from_pylist(told, RATES))
        spelled = lines.mutate(spelled=lines.currency.fill_null(""))
        joined = spelled.join(rates, [spelled.spelled == rates.spelled, spelled.date == rates.day])
        converted = {
            name: (joined[name] * joined.rate).cast("decimal(18, 4)") for name in AMOUNTS if name in lines.columns
        }
        return joined.mutate(**converted).select(*lines.columns)


def conversion(backend: Engine, tables: Iterable[Table], as_of: date) -> Conversion:
    """What it takes to have the lines of `tables` dated up to `as_of` in one currency.

    Raises Refused where nobody said which one and there are several, and where a rate is missing.
    """
    dated = [table.filter(table.date <= as_of) for table in tables]
    found: set[str] = set()
    for table in dated:
        column = backend.to_pyarrow(table.select("currency").distinct())["currency"]
        found.update(spelled or "" for spelled in column.to_pylist())
    choice = _choice(found)
    if all(choice.meant(spelled) == choice.reporting for spelled in found):
        return Conversion(choice)
    met = [one for table in dated for one in _met(backend, table)]
    return Conversion(choice, _rates(met, choice))


def _choice(found: Iterable[str]) -> Choice:
    """Of what was set; else, of a ledger that names one currency, that one."""
    set_up, default = workings(), currency_code(settings.MAINSTAY_CURRENCY)
    reporting = set_up.reporting or default
    named = sorted({currency_code(spelled) for spelled in found} - {""})
    if not reporting and len(named) > 1:
        raise Refused(
            N_(
                "The ledger holds several currencies: %(currencies)s. Say which one figures are to be in, under "
                "Settings, Currencies or with: mainstay currency CODE."
            ),
            currencies=", ".join(named),
        )
    reporting = reporting or next(iter(named), "")
    return Choice(reporting, set_up.unnamed or default or reporting, set_up.oldest_rate, set_up.revision)


def _met(backend: Engine, lines: Table) -> list[Met]:
    amounts = {f"largest_{name}": lines[name].abs() for name in AMOUNTS if name in lines.columns}
    keyed = lines.select(spelled=lines.currency.fill_null(""), day=lines.date, **amounts)
    sums = keyed.group_by("spelled", "day").aggregate(
        lines=keyed.count(), **{name: keyed[name].max() for name in amounts}
    )
    rows = backend.to_pyarrow(sums).to_pylist()
    return [
        Met(row["spelled"], row["day"], row["lines"], max(row[name] or Decimal(0) for name in amounts)) for row in rows
    ]


def _rates(met: Iterable[Met], choice: Choice) -> dict[tuple[str, date], Decimal]:
    """The rate of every currency and day met. Raises Refused, naming every currency that lacks some."""
    book = RateBook.of(choice.reporting, quotes(choice.reporting), oldest=choice.oldest)
    rates: dict[tuple[str, date], Decimal] = {}
    missing: list[Met] = []
    for one in met:
        currency = choice.meant(one.spelled)
        rate = book.rate(currency, one.day)
        if rate is None:
            missing.append(one._replace(spelled=currency))
        else:
            _check_size(one, currency, rate)
            rates[(one.spelled, one.day)] = rate
    if missing:
        raise _without_rates(missing, choice)
    return rates


def _without_rates(missing: Iterable[Met], choice: Choice) -> Refused:
    """Names each currency with its first and last day, on how many days and for how many lines it lacks a rate.

    `missing` has that for reading, `gaps` for a page to write it in its language: currency, first, last, days, lines,
    apart by blanks, and one currency from the next by semicolons.
    """
    by_currency: dict[str, list[Met]] = {}
    for one in missing:
        by_currency.setdefault(one.spelled, []).append(one)
    gaps = [
        (currency, min(one.day for one in met), max(one.day for one in met), len({one.day for one in met}), met)
        for currency, met in sorted(by_currency.items())
    ]
    told = [(currency, first, last, days, sum(one.lines for one in met)) for currency, first, last, days, met in gaps]
    return Refused(
        N_(
            "Rates to %(reporting)s are missing, also of the %(oldest)s days before, on so many days and for so many "
            "lines: %(missing)s. Import rates (mainstay import rates FILE) or type them under Settings, Currencies, "
            "then refresh again. Nothing was published."
        ),
        reporting=choice.reporting,
        oldest=choice.oldest,
        missing="; ".join(
            f"{currency} {first}{f' – {last}' if last > first else ''} ({days:,}; {lines:,})"
            for currency, first, last, days, lines in told
        ),
        gaps=";".join(f"{currency} {first} {last} {days} {lines}" for currency, first, last, days, lines in told),
    )


def _check_size(one: Met, currency: str, rate: Decimal) -> None:
    if quantize(one.largest * rate) >= MOST:
        raise Refused(
            N_("An amount in %(currency)s on %(day)s is too large at the rate of %(rate)s. Correct one of the two."),
            currency=currency,
            day=one.day.isoformat(),
            rate=rate,
        )
