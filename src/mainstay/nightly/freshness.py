"""Whether a refresh of today would be computed from other things than the current one was."""

from django.conf import settings

from mainstay.core.currencies import currency_code
from mainstay.grading.models import Refresh
from mainstay.ledger.selectors import live_batches
from mainstay.ledger.workings import workings


def is_stale(refresh: Refresh | None) -> bool:
    """Whether it would count other batches, rates, currencies or products; without a refresh: whether there are any."""
    live = live_batches()
    if refresh is None:
        return bool(live)
    return live != list(refresh.batches) or _moved_on(refresh)


def _moved_on(refresh: Refresh) -> bool:
    now, basis = workings(), refresh.basis
    if now.products_revision != basis.get("products_revision", 0):
        return True
    if now.revision == basis.get("rates_revision", 0):
        return False
    if basis.get("rates"):
        return True
    # Nothing was converted: rates do not matter as long as the currencies are the same.
    default, before = currency_code(settings.MAINSTAY_CURRENCY), basis.get("currency", "")
    reporting = now.reporting or default or before
    unnamed = now.unnamed or default or reporting
    return bool(reporting != before or unnamed != basis.get("unnamed", before))
