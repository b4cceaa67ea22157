"""The ledger as one refresh takes it: its lines, and the day and currency they call for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from mainstay.accounts.selectors import alias_ends
from mainstay.core import clock
from mainstay.core.errors import N_, Refused
from mainstay.core.periods import Window
from mainstay.ledger.models import Head
from mainstay.ledger.selectors import cost_lines, live_batches, sales_lines
from mainstay.nightly.merged_accounts import merged
from mainstay.nightly.reporting_currency import conversion

# Before it no file may have a line either.
FIRST_DAY = date(1900, 1, 1)


@dataclass(frozen=True)
class Ledger:
    """The lines of `batches`, which counted at one moment; those under an alias (`merged`) are its account's."""

    sales: Table
    costs: Table
    batches: list[int]
    merged: Mapping[str, str] = field(default_factory=dict)


def taken(backend: Backend) -> Ledger:
    """The ledger of one moment: taken again where an import became live in between."""
    while True:
        before = _revision()
        ends = alias_ends()
        sales, costs = merged(sales_lines(backend), ends), merged(cost_lines(backend), ends)
        ledger = Ledger(sales, costs, live_batches(), ends)
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
    last: date | None = backend.to_pyarrow(sales.filter(sales.date <= today).date.max()).as_py()
    if last is None:
        raise Refused(N_("There are no sales up to today. Import sales first: mainstay import sales FILE."))
    return as_of or last


def in_one_currency(backend: Backend, ledger: Ledger, window: Window) -> tuple[Ledger, dict[str, Any]]:
    """The ledger up to the as-of date in the currency of figures, and which one and which rates that took.

    Raises Refused where nobody chose a currency and there are several, and where a rate is missing.
    """
    found = conversion(backend, (ledger.sales, ledger.costs), window.as_of)
    return replace(ledger, sales=found.applied(ledger.sales), costs=found.applied(ledger.costs)), found.basis
