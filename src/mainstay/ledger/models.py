"""Import batches, and which Parquet files count."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mainstay.accounts.models import Account
from mainstay.people.models import User


class Kind(models.TextChoices):
    """What a file holds."""

    ACCOUNTS = "accounts", _("Accounts")
    CONTACTS = "contacts", _("Contacts")
    SALES = "sales", _("Sales lines")
    COSTS = "costs", _("Cost lines")


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
    """One import. `counts` holds rows, new, known, replaced, kept, refused, accounts, products."""

    kind = models.CharField(max_length=16, choices=Kind.choices)
    source = models.CharField(max_length=200)
    state = models.CharField(max_length=16, choices=State.choices, default=State.OPEN)
    files = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
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

    lines: the lines themselves. repeats: units that a batch said again without change. facts: what a batch says of
    accounts and contacts. covered: (unit, batch) pairs that no longer count, of the whole ledger of one kind.
    """

    LINES = "lines"
    REPEATS = "repeats"
    FACTS = "facts"
    COVERED = "covered"


class LedgerFile(models.Model):
    """A Parquet file of the ledger; it counts until it is retired. `path` is relative to the data home."""

    kind = models.CharField(max_length=16, choices=Kind.choices)
    content = models.CharField(max_length=16, choices=Content.choices)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="ledger_files")
    path = models.CharField(max_length=400, unique=True)
    rows = models.BigIntegerField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(content="covered", batch__isnull=True) | (~Q(content="covered") & Q(batch__isnull=False)),
                name="ledger_file_of_a_batch_unless_covered",
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


class SavedMapping(models.Model):
    """Which column serves which field, under a name: offered when a file looks alike.

    `fields` is field → heading, empty to leave a field out; `hints` as reading takes them; `headings` the keys of all
    headings of the file it was made from; `sources` those it was used for.
    """

    kind = models.CharField(max_length=16, choices=Kind.choices)
    name = models.CharField(max_length=100)
    fields = models.JSONField(default=dict)
    hints = models.JSONField(default=dict)
    headings = models.JSONField(default=list)
    sources = models.JSONField(default=list)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "name"], name="one_mapping_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name
