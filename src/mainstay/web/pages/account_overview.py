"""An account's Overview: why it has its grade, what to do about it, who it is."""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from mainstay.accounts.access import visible
from mainstay.accounts.models import Account, AccountAlias, Contact
from mainstay.accounts.selectors import aliases_of, contacts_of, merged_into
from mainstay.grading import letter, potential
from mainstay.grading.records import AccountRecord
from mainstay.people.models import User
from mainstay.relationships.score import FACTORS, LEAST, MOST
from mainstay.relationships.selectors import Assessed, assessed
from mainstay.web import figures
from mainstay.web.pages.account_factors import JUDGED
from mainstay.web.pages.account_head import Head

# More than these would bury the page; how many there are is told.
SHOWN = 20
NOBODY = Assessed({}, None, None)


@dataclass(frozen=True)
class Factor:
    """One line of the grade: what it is, its figure in words, and 0-100 of it; None where it does not count."""

    label: str | Promise
    told: str | Promise
    value: float | None

    @property
    def ratio(self) -> float:
        return (self.value or 0) / 100


@dataclass(frozen=True)
class Person:
    """A contact; the addresses only where they can be nothing but a mail or telephone address."""

    contact: Contact

    @property
    def mail(self) -> str:
        return mail(self.contact.email)

    @property
    def dial(self) -> str:
        return dial(self.contact.phone)

    @property
    def position(self) -> str:
        return " · ".join(text for text in (self.contact.title, self.contact.department, self.contact.role) if text)


@dataclass(frozen=True)
class AliasForm:
    """What was typed as another code of the account, and what is wrong with it."""

    code: str = ""
    note: str = ""
    wrong: str = ""

    @property
    def errors(self) -> list[str]:
        return [self.wrong] if self.wrong else []


@dataclass(frozen=True)
class Merged:
    """The account for which this one's lines count; None where this person may not see it."""

    account: Account | None


@dataclass(frozen=True)
class OverviewPage:
    """`whole`: this person sees all accounts, so a share of all sales tells him nothing new of the others.

    `merged` is None where the account counts for itself.
    """

    head: Head
    whole: bool
    parent: Account | None
    subsidiaries: list[Account]
    subsidiary_count: int
    contacts: list[Person]
    contact_count: int
    attractiveness: list[Factor]
    potential: Factor | None
    relationship: list[Factor]
    aliases: list[AccountAlias]
    alias_count: int
    may_merge: bool
    alias_form: AliasForm
    merged: Merged | None
    tab: str = "overview"

    @property
    def website(self) -> str:
        """The address of the website where it is one of the web: never a script."""
        text = self.head.account.website.strip()
        if re.match(r"https?://[^\s]+$", text, re.IGNORECASE):
            return text
        return f"https://{text}" if re.match(r"www\.[\w.-]+(/[^\s]*)?$", text, re.IGNORECASE) else ""

    @property
    def dial(self) -> str:
        return dial(self.head.account.phone)

    @property
    def mail(self) -> str:
        return mail(self.head.account.email)

    @property
    def attractiveness_ratio(self) -> float:
        return ((self.head.record.attractiveness if self.head.record else None) or 0) / 100

    @property
    def score_ratio(self) -> float:
        return ((self.head.record.score if self.head.record else None) or 0) / 100

    @property
    def stays(self) -> bool:
        record = self.head.record
        return record is not None and record.target == record.cell


def overview_page(user: User, head: Head, alias_form: AliasForm | None = None) -> OverviewPage:
    account, record = head.account, head.record
    scope: QuerySet[Account] = visible(user)
    below = scope.filter(parent=account).order_by("name", "code")
    contacts = [Person(contact) for contact in contacts_of(account)[: SHOWN + 1]]
    subsidiaries = list(below[: SHOWN + 1])
    aliases = list(aliases_of(account)[: SHOWN + 1])
    said = assessed(account, as_of=head.refresh.as_of, scheme=head.scheme) if head.refresh else NOBODY
    return OverviewPage(
        head=head,
        whole=user.sees_all,
        parent=scope.filter(pk=account.parent_id).first() if account.parent_id else None,
        subsidiaries=subsidiaries[:SHOWN],
        subsidiary_count=below.count() if len(subsidiaries) > SHOWN else len(subsidiaries),
        contacts=contacts[:SHOWN],
        contact_count=contacts_of(account).count() if len(contacts) > SHOWN else len(contacts),
        attractiveness=attractiveness_factors(record, said, head.currency) if record else [],
        potential=potential_factor(record, head.currency) if record else None,
        relationship=relationship_factors(record, said) if record else [],
        aliases=aliases[:SHOWN],
        alias_count=aliases_of(account).count() if len(aliases) > SHOWN else len(aliases),
        may_merge=user.may_import,
        alias_form=alias_form or AliasForm(),
        merged=_merged(account, scope),
    )


def _merged(account: Account, scope: QuerySet[Account]) -> Merged | None:
    into = merged_into(account)
    return None if into is None else Merged(scope.filter(pk=into.pk).first())


def mail(email: str) -> str:
    """A `mailto:` address where the text is an e-mail address."""
    try:
        validate_email(email)
    except ValidationError:
        return ""
    return f"mailto:{email}"


def dial(phone: str) -> str:
    """A `tel:` address where the text is a telephone number."""
    digits = re.sub(r"[\s().\-/]", "", phone)
    return f"tel:{digits}" if re.fullmatch(r"\+?\d{3,20}", digits) else ""


def attractiveness_factors(record: AccountRecord, said: Assessed, currency: str) -> list[Factor]:
    """Sales volume, margin and room, each with its place among active accounts; none for who did not buy."""
    row = record.figures
    if not row["active"]:
        return []
    margin = Decimal(record.profit) / record.sales if record.sales > 0 else None
    return [
        Factor(_("Sales volume"), figures.money(record.sales, currency), row["volume_percentile"]),
        Factor(_("Profit margin"), figures.percent(margin), row["margin_percentile"]),
        Factor(_("Room to develop"), _room(record, said, currency), row["room_percentile"]),
    ]


def _room(record: AccountRecord, said: Assessed, currency: str) -> str | Promise:
    if said.room is not None:
        return judged_factor("room", said.room).told
    headroom = max(Decimal(record.figures["potential_amount"]) - record.sales, Decimal(0))
    return _("%(amount)s below its potential") % {"amount": figures.money_compact(headroom, currency)}


def potential_factor(record: AccountRecord, currency: str) -> Factor:
    row = record.figures
    basis = _("assessed") if record.potential_basis == potential.ASSESSED else _("estimated")
    told = _("%(amount)s a year, %(basis)s") % {
        "amount": figures.money_compact(row["potential_amount"], currency),
        "basis": basis,
    }
    return Factor(_("Potential"), told, record.potential)


def relationship_factors(record: AccountRecord, said: Assessed) -> list[Factor]:
    """What the letter came from: the five factors as assessed, or the parts of the estimate."""
    if record.letter_basis == letter.ASSESSED:
        return assessed_factors(said)
    if record.letter_basis == letter.UNASSESSED:
        return []
    row = record.figures
    days = row["days_since_first"]
    told = {
        "age": "" if days is None else ngettext("%(count)s day", "%(count)s days", days) % _count(days),
        "months": ngettext("%(count)s month", "%(count)s months", row["months_bought"]) % _count(row["months_bought"]),
        "products": _number(row["products"]),
        "contacts": _number(row["contacts"]),
    }
    return [Factor(PARTS[part], told[part], row[f"{part}_percentile"]) for part in letter.PARTS]


PARTS: dict[str, str | Promise] = {
    "age": _("Since the first order"),
    "months": _("Months bought in"),
    "products": _("Products bought"),
    "contacts": _("Contacts known"),
}


def assessed_factors(said: Assessed) -> list[Factor]:
    return [judged_factor(name, said.factors[name]) for name in FACTORS if name in said.factors]


def judged_factor(name: str, mean: float) -> Factor:
    """A mean of judgements from 1 to 5."""
    told = _("%(mean)s of %(most)s") % {"mean": figures.number(mean, 1), "most": MOST}
    return Factor(JUDGED[name].label, told, 100 * (mean - LEAST) / (MOST - LEAST))


def _count(value: int) -> dict[str, str]:
    return {"count": _number(value)}


def _number(value: int | None) -> str:
    return figures.number(value)
