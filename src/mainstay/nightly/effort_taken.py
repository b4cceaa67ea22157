"""The work done for accounts as one refresh takes it."""

import ibis
from ibis.expr.types import Table

from mainstay.insight.modelled import EFFORT


def effort_taken() -> Table:
    """account, day, minutes: one row per visit. Empty, since nothing books visits with their minutes so far."""
    return ibis.memtable([], schema=EFFORT)
