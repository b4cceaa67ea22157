"""Import batches, and which Parquet files count."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mainstay.accounts.models import Account
from mainstay.orm.fields import MoneyField
from mainstay.people.models import User


class Kind(models.TextChoices):
    """What a file holds."""

    ACCOUNTS = "accounts", _("Accounts")
    CONTACTS = "contacts", _("Contacts")
    SALES = "sales", _("Sales lines")
    COSTS = "costs", _("Cost lines")
    ALIASES = "aliases", _("Aliases of accounts")


class State(models.TextChoices):
    """open → live → undone. Only live batches count."""

    OPEN = "open", _("Open")
    LIVE = "live", _("Live")
    UNDONE = "undone", _("Undone")


class Head(models.Model):
    """The one row that every change of the ledger moves on: a change that started from an older one is refused."""

    revision = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.revision)


class Batch(models.Model):
    """One import. `counts` holds rows, new, known, replaced, kept, refused, accounts, products.

    `lines` and `amount` are what it holds in the ledger, covered lines too; None where it was not recorded.
    """

    kind = models.CharField(max_length=16, choices=Kind.choices)
    source = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    files = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    lines = models.BigIntegerField(null=True)
    amount = MoneyField(null=True)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    live_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["kind", "state"])]

    def __str__(self) -> str:
        return f"{self.pk}: {self.kind}"


class Content(models.TextChoices):
    """What a file of the ledger holds.

    lines: the lines themselves. repeats: units that a batch said again without change. kept: lines that never counted,
    since the ledger said otherwise and was kept. facts: what a batch says of accounts, contacts and aliases.
    covered: (unit, batch) pairs that no longer count, of the whole ledger of one kind.
    """

    LINES = "lines"
    REPEATS = "repeats"
    KEPT = "kept"
    FACTS = "facts"
    COVERED = "covered"


class LedgerFile(models.Model):
    """A Parquet file of the ledger; it counts until it is retired. `path` is relative to the data home.

    A file of `batch` None holds rows of several batches, each row with its own: `holds` are their ids. Rows of a batch
    that was undone since still stand in it, and do not count. A clustered file is sorted by account, and all accounts
    in it are from `first_account` to `last_account` (by their bytes). `bytes` and `sha256` are None and blank where
    they were not recorded.
    """

    kind = models.CharField(max_length=16, choices=Kind.choices)
    content = models.CharField(max_length=16, choices=Content.choices)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="ledger_files")
    path = models.CharField(max_length=400, unique=True)
    rows = models.BigIntegerField()
    holds = models.JSONField(default=list)
    clustered = models.BooleanField(default=False)
    first_account = models.CharField(max_length=200, blank=True)
    last_account = models.CharField(max_length=200, blank=True)
    bytes = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(content="covered", batch__isnull=False) & ~Q(content="facts", batch__isnull=True),
                name="ledger_file_of_a_batch_where_it_must",
            )
        ]

    def __str__(self) -> str:
        return self.path


class Product(models.Model):
    """Something that sales lines name; `batch` brought it into being."""

    code = models.CharField(max_length=200, unique=True)
    name = models.CharField(max_length=400, blank=True)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.SET_NULL, related_name="products")

    def __str__(self) -> str:
        return self.name or self.code


class CreatedAccount(models.Model):
    """An account that a batch brought into being: undoing the batch takes it away again where nothing else needs it."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="created_accounts")
    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.account_id} by {self.batch_id}"
