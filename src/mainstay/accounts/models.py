"""The companies we sell to, their contacts, and who may see which."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mainstay.orm.fields import MoneyField
from mainstay.people.models import Team, User


class Account(models.Model):
    """A company we sell to or would like to.

    `potential` is what it was assessed to buy from us in a year. `held_class` is what a person decided about
    its class; None while the computed class holds. `search` is derived: code and name, casefolded.
    """

    code = models.CharField(_("code"), max_length=200, unique=True)
    name = models.CharField(_("name"), max_length=400, blank=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="subsidiaries")
    country = models.CharField(_("country"), max_length=200, blank=True, db_index=True)
    region = models.CharField(_("region"), max_length=200, blank=True, db_index=True)
    industry = models.CharField(_("industry"), max_length=200, blank=True, db_index=True)
    size = models.CharField(_("size"), max_length=200, blank=True)
    channel = models.CharField(_("channel"), max_length=200, blank=True)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="accounts")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="accounts")
    status = models.CharField(_("status"), max_length=200, blank=True)
    need = models.TextField(_("need"), blank=True)
    last_contact = models.DateField(_("last contact"), null=True, blank=True)
    potential = MoneyField(_("potential"), null=True, blank=True)  # type: ignore[misc]
    website = models.CharField(_("website"), max_length=400, blank=True)
    phone = models.CharField(_("phone"), max_length=200, blank=True)
    email = models.CharField(_("e-mail"), max_length=400, blank=True)
    note = models.TextField(_("note"), blank=True)
    held_class = models.PositiveSmallIntegerField(null=True, blank=True)
    search = models.TextField(blank=True, editable=False)

    def __str__(self) -> str:
        return self.name or self.code


class Contact(models.Model):
    """A person who works at an account. `key` is derived: the name, casefolded."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=400)
    key = models.CharField(max_length=400, editable=False)
    title = models.CharField(_("title"), max_length=400, blank=True)
    department = models.CharField(_("department"), max_length=400, blank=True)
    role = models.CharField(_("role"), max_length=400, blank=True)
    email = models.CharField(_("e-mail"), max_length=400, blank=True)
    phone = models.CharField(_("phone"), max_length=200, blank=True)
    reports_to = models.CharField(_("reports to"), max_length=400, blank=True)
    influence = models.CharField(_("influence"), max_length=200, blank=True)
    stance = models.CharField(_("stance"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "key"], name="contact_once_per_account")
        ]

    def __str__(self) -> str:
        return self.name


class AccountAccess(models.Model):
    """One grant: a person, or everybody in a team, may see an account. Kept by `accounts.access`."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="access")
    person = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "account"], name="access_person_once"),
            models.UniqueConstraint(fields=["team", "account"], name="access_team_once"),
            models.CheckConstraint(
                condition=Q(person__isnull=True, team__isnull=False) | Q(person__isnull=False, team__isnull=True),
                name="access_person_or_team",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.person_id or self.team_id}"


class AccountAlias(models.Model):
    """A code under which files know an account, beside its own: lines under `code` count for `account`.

    Where an account has that code itself, it is merged into the other for as long as the alias stands. `stated` tells
    an alias that a file brought, and an undo may take away, from one that a person added.
    """

    code = models.CharField(_("code"), max_length=200, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="aliases")
    stated = models.BooleanField(default=False)
    note = models.CharField(_("note"), max_length=400, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.code} → {self.account_id}"
