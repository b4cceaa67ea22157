"""What a version of the cost model would cost in the window of the current refresh, before it counts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ibis.expr.types import Table

from mainstay.core.errors import N_, Refused
from mainstay.core.periods import Window
from mainstay.costing.models import CostModelVersion, VersionState
from mainstay.costing.selectors import active
from mainstay.grading.marts.costing import parts_told
from mainstay.grading.selectors import current_refresh
from mainstay.insight import modelled
from mainstay.insight.cost_model import pieces
from mainstay.ledger.engine import opened
from mainstay.nightly.effort_taken import effort_taken
from mainstay.nightly.ledger_taken import taken


@dataclass(frozen=True)
class Preview:
    """`parts` as `show summary` tells the model's; the days are those of the window."""

    first_day: date
    last_day: date
    currency: str
    parts: list[dict[str, Any]]
    cost: Decimal
    unallocated: Decimal


def preview(version: CostModelVersion) -> Preview:
    """The model as it would be with `version` among the active ones; changes nothing. Raises Refused before a refresh.

    The ledger is read as it is now.
    """
    refresh = current_refresh()
    if refresh is None:
        raise Refused(N_("There is no window to cost yet. Import sales, then refresh."))
    window = Window(refresh.as_of, refresh.months)
    known = active()
    if version.state == VersionState.DRAFT:
        known.append((version.pk, version.name, version.valid_from, version.model))
    found = pieces(known, window)
    with opened() as backend:
        ledger = taken(backend)

        def materialise(name: str, table: Table) -> Table:
            return backend.create_table(name, table, temp=True)

        model = modelled.computed(ledger.sales, ledger.costs, effort_taken(), found, window, materialise)
        parts, _apart = parts_told(backend, found, model)
    return Preview(
        window.first_day,
        window.last_day,
        str(refresh.summary.get("currency") or ""),
        parts,
        sum((Decimal(part["cost"]) for part in parts), Decimal("0.0000")),
        sum((Decimal(part["unallocated"]) for part in parts), Decimal("0.0000")),
    )
