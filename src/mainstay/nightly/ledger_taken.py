"""The ledger as one refresh takes it: its lines, and the day and currency they call for."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from mainstay.core import clock
from mainstay.core.errors import N_, Refused
from mainstay.core.periods import Window
from mainstay.ledger.fetched import rows
from mainstay.ledger.models import Head
from mainstay.ledger.selectors import cost_lines, live_batches, sales_lines

# Before it no file may have a line either.
FIRST_DAY = date(1900, 1, 1)


@dataclass(frozen=True)
class Ledger:
    """The lines of `batches`, which counted at one moment."""

    sales: Table
    costs: Table
    batches: list[int]


def taken(backend: Backend) -> Ledger:
    """The ledger of one moment: taken again where an import became live in between."""
    while True:
        before = _revision()
        ledger = Ledger(sales_lines(backend), cost_lines(backend), live_batches())
        if _revision() == before:
            return ledger


def _revision() -> int | None:
    return Head.objects.values_list("revision", flat=True).first()


def day_of(backend: Backend, ledger: Ledger, as_of: date | None) -> date:
    """The day to refresh for: `as_of`, or the last one with sales that is not after today. Raises Refused."""
    sales, today = ledger.sales, clock.today()
    if as_of is not None and as_of > today:
        raise Refused(
            N_("%(day)s is yet to come. Choose a day up to today, %(today)s."),
            day=as_of.isoformat(),
            today=today.isoformat(),
        )
    if as_of is not None and as_of < FIRST_DAY:
        raise Refused(
            N_("%(day)s is too long ago. Choose a day from %(first)s on."),
            day=as_of.isoformat(),
            first=FIRST_DAY.isoformat(),
        )
    past = sales.filter(sales.date <= today)
    last: date | None = rows(backend, past.aggregate(last=past.date.max()))[0]["last"]
    if last is None:
        raise Refused(N_("There are no sales up to today. Import sales first: mainstay import sales FILE."))
    return as_of or last


def currency_of(backend: Backend, ledger: Ledger, window: Window) -> str:
    """The one currency of the facts up to the as-of date; where none is named, the setting's. Raises Refused."""
    found: set[str] = set()
    for lines in (ledger.sales, ledger.costs):
        dated = lines.filter(lines.date <= window.as_of, lines.currency.notnull())
        found.update(row["currency"] for row in rows(backend, dated.select("currency").distinct()))
    if len(found) > 1:
        raise Refused(
            N_("The ledger holds several currencies: %(currencies)s. There can be one for now: undo an import."),
            currencies=", ".join(sorted(found)),
        )
    return found.pop() if found else settings.MAINSTAY_CURRENCY
