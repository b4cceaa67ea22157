"""What stands at the head of every page of an account."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from mainstay.accounts.access import visible
from mainstay.accounts.models import Account
from mainstay.core.errors import N_, NotFound
from mainstay.core.periods import Window
from mainstay.grading import letter
from mainstay.grading.models import Refresh
from mainstay.grading.playbook import CLASSES
from mainstay.grading.records import AccountRecord, account_record
from mainstay.grading.scheme import DEFAULT, GradingScheme
from mainstay.grading.selectors import current_refresh
from mainstay.people.models import User

RUNGS: dict[int, str | Promise] = {
    1: _("Vendor"),
    2: _("Preferred supplier"),
    3: _("Partner"),
    4: _("Strategic ally"),
}
ONES: dict[str, str | Promise] = {
    letter.ESTIMATED: _("Letter estimated"),
    letter.UNASSESSED: _("Not assessed"),
}


@dataclass(frozen=True)
class Head:
    """An account as the current refresh sees it; `refresh` and `record` None where it was not graded yet."""

    account: Account
    refresh: Refresh | None
    record: AccountRecord | None

    @property
    def name(self) -> str:
        return str(self.account)

    @property
    def currency(self) -> str:
        told = self.refresh.summary.get("currency") if self.refresh else ""
        return str(told or settings.MAINSTAY_CURRENCY)

    @property
    def class_name(self) -> str:
        return class_named(self.record.account_class) if self.record else ""

    @property
    def held_name(self) -> str:
        """The held class's name, where a person decided otherwise than the rules."""
        held = self.account.held_class
        differs = held is not None and (self.record is None or held != self.record.account_class)
        return class_named(held) if held in CLASSES and differs else ""

    @property
    def rung_name(self) -> str | Promise:
        return RUNGS[self.record.rung] if self.record and self.record.rung else ""

    @property
    def estimated(self) -> bool:
        return self.record is not None and self.record.letter_basis != letter.ASSESSED

    @property
    def basis(self) -> str | Promise:
        """How the letter came about, where nobody assessed it."""
        return ONES.get(self.record.letter_basis, "") if self.record else ""

    @property
    def sales_before(self) -> Decimal | None:
        return self.record.figures["sales_before"] if self.record else None

    @property
    def window(self) -> Window | None:
        return Window(self.refresh.as_of, self.refresh.months) if self.refresh else None

    @property
    def scheme(self) -> GradingScheme:
        return GradingScheme.from_dict(self.refresh.scheme) if self.refresh else DEFAULT


def class_named(number: int) -> str:
    return CLASSES[number].in_language(get_language() or "en")


def visible_account(user: User, pk: int) -> Account:
    """Raises NotFound where there is none, or none that `user` may see."""
    account = visible(user).select_related("owner").filter(pk=pk).first()
    if account is None:
        raise NotFound(N_("There is no such account."))
    return account


def head_of(account: Account) -> Head:
    refresh = current_refresh()
    record = account_record(refresh, account) if refresh else None
    return Head(account, refresh, record)
