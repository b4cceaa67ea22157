"""The ledger as one refresh takes it: its lines, and the day and currency they call for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from ibis.expr.types import Table

from mainstay.accounts.selectors import alias_ends
from mainstay.core import clock
from mainstay.core.errors import N_, Conflict, Refused
from mainstay.core.periods import Window
from mainstay.ledger.computing import Engine
from mainstay.ledger.selectors import cost_lines, live_batches, revision, sales_lines
from mainstay.ledger.warehouse import WarehouseEngine
from mainstay.ledger.warehouse_names import make_known
from mainstay.nightly.merged_accounts import merged
from mainstay.nightly.reporting_currency import conversion

# Before it no file may have a line either.
FIRST_DAY = date(1900, 1, 1)


@dataclass(frozen=True)
class Ledger:
    """The lines of `batches`, which counted at one moment; those under an alias (`merged`) are its account's.

    `state` is what a warehouse's tables held at that moment.
    """

    sales: Table
    costs: Table
    batches: list[int]
    merged: Mapping[str, str] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)


def taken(backend: Engine) -> Ledger:
    """The ledger of one moment: taken again where an import became live in between.

    Of a ledger in a warehouse, accounts and products that its lines name and nobody knows are made.
    """
    if isinstance(backend, WarehouseEngine):
        state = backend.state()
        make_known(backend)
        return replace(_read(backend), batches=[], state=state)
    while True:
        before = revision()
        ledger = _read(backend)
        if revision() == before:
            return ledger


def _read(backend: Engine) -> Ledger:
    ends = alias_ends()
    return Ledger(merged(sales_lines(backend), ends), merged(cost_lines(backend), ends), live_batches(), ends)


def check_unchanged(backend: Engine, ledger: Ledger) -> None:
    """Raises Conflict where a warehouse's tables changed while they were read: the figures would not tie out."""
    if isinstance(backend, WarehouseEngine) and backend.state() != ledger.state:
        raise Conflict(
            N_("The lines at %(ledger)s changed while they were read. Refresh again when nobody writes them."),
            ledger=backend.shown,
        )


def day_of(backend: Engine, ledger: Ledger, as_of: date | None) -> date:
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
    last: date | None = backend.to_pyarrow(past.date.max()).as_py()
    if last is None:
        raise Refused(N_("There are no sales up to today. Import sales first: mainstay import sales FILE."))
    return as_of or last


def in_one_currency(backend: Engine, ledger: Ledger, window: Window) -> tuple[Ledger, dict[str, Any]]:
    """The ledger up to the as-of date in the currency of figures, and which one and which rates that took.

    Raises Refused where nobody chose a currency and there are several, and where a rate is missing.
    """
    found = conversion(backend, (ledger.sales, ledger.costs), window.as_of)
    return replace(ledger, sales=found.applied(ledger.sales), costs=found.applied(ledger.costs)), found.basis
