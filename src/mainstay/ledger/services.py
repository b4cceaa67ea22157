"""Everything that changes the ledger."""

from collections.abc import Callable

from mainstay.ledger.aliases import alias_remove
from mainstay.ledger.compaction import Compacted, compact_all, compact_if_due
from mainstay.ledger.imports import run_import
from mainstay.ledger.models import Batch
from mainstay.ledger.orders import Order, Outcome, Upload
from mainstay.ledger.products import (
    category_add,
    category_change,
    category_remove,
    product_decide,
    rule_add,
    rule_change,
    rule_remove,
    rule_switch,
)
from mainstay.ledger.rates import currencies_set, rate_add, rate_change, rate_remove
from mainstay.ledger.undoing import nothing_more, run_undo
from mainstay.ledger.writer import Progress, no_progress
from mainstay.people.models import User

__all__ = [
    "Compacted",
    "Order",
    "Outcome",
    "Upload",
    "alias_remove",
    "category_add",
    "category_change",
    "category_remove",
    "compact_if_due",
    "compact_ledger",
    "currencies_set",
    "import_files",
    "product_decide",
    "rate_add",
    "rate_change",
    "rate_remove",
    "rule_add",
    "rule_change",
    "rule_remove",
    "rule_switch",
    "undo_batch",
]


def import_files(*, order: Order, progress: Progress = no_progress, translate: Callable[[str], str] = str) -> Outcome:
    """Import files as one batch; see `Order`. Raises Refused (Conflict, NotAllowed) with nothing changed.

    `translate` puts the reasons in the file of refused rows into a language. Where many small files have come
    together, they are compacted afterwards: the import counts already then.
    """
    outcome = run_import(order, progress=progress, translate=translate)
    if outcome.batch is not None:
        compact_if_due([order.kind], progress=progress)
    return outcome


def undo_batch(
    *,
    batch: int,
    by: User | None = None,
    progress: Progress = no_progress,
    with_it: Callable[[], None] = nothing_more,
) -> Batch:
    """Take a batch out whole. Raises NotFound, NotAllowed, Refused where it is undone already, Conflict.

    `with_it` is called in the transaction that does so, and raises where that is not to be.
    """
    return run_undo(batch=batch, by=by, progress=progress, with_it=with_it)


def compact_ledger(*, progress: Progress = no_progress) -> list[Compacted]:
    """Write the ledger's files together, clustered by account; what they hold stays. Raises Refused, Conflict."""
    return compact_all(progress)
