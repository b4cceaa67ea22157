"""How money and products are to be understood in this workspace: one row, and the count of its changes."""

from django.conf import settings
from django.db.models import F

from mainstay.core.currencies import currency_code
from mainstay.core.errors import N_, NotAllowed
from mainstay.ledger.models import Workings
from mainstay.people.models import User


def workings() -> Workings:
    """What is set; what nobody has set yet is as the model has it."""
    return Workings.objects.filter(pk=1).first() or Workings(pk=1)


def reporting_currency() -> str:
    """The currency of figures as it was chosen: on the page, else by the setting; blank where nobody chose."""
    return workings().reporting or currency_code(settings.MAINSTAY_CURRENCY)


def rates_moved() -> None:
    """Count a change of rates or currencies; in its transaction."""
    _move("revision")


def products_moved() -> None:
    """Count a change of products, categories or rules; in its transaction."""
    _move("products_revision")


def _move(name: str) -> None:
    if not Workings.objects.filter(pk=1).update(**{name: F(name) + 1}):
        Workings.objects.get_or_create(pk=1)
        Workings.objects.filter(pk=1).update(**{name: F(name) + 1})


def check_may_set_workings(by: User | None) -> None:
    """NotAllowed for one who may not say how money and products are understood. None: on the machine itself."""
    if by is not None and not (by.is_active and by.may_import):
        raise NotAllowed(N_("Only directors and analysts change currencies, rates and products."))
