"""Everything that changes the ledger."""

from collections.abc import Callable

from mainstay.ledger.imports import run_import
from mainstay.ledger.models import Batch
from mainstay.ledger.orders import Order, Outcome, Upload
from mainstay.ledger.undoing import nothing_more, run_undo
from mainstay.ledger.writer import Progress, no_progress
from mainstay.people.models import User

__all__ = ["Order", "Outcome", "Upload", "import_files", "undo_batch"]


def import_files(*, order: Order, progress: Progress = no_progress, translate: Callable[[str], str] = str) -> Outcome:
    """Import files as one batch; see `Order`. Raises Refused (Conflict, NotAllowed) with nothing changed.

    `translate` puts the reasons in the file of refused rows into a language.
    """
    return run_import(order, progress=progress, translate=translate)


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
