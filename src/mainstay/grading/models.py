"""Refreshes, where each account stands now, and every change of its cell."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mainstay.accounts.models import Account
from mainstay.orm.fields import MoneyField

LETTERS = ("A", "B", "C")
CLASSES = (1, 2, 3, 4, 5, 6)
# Classes of accounts that bought in the window.
BUYING = (1, 2, 3)
CELLS = tuple(f"{letter}{number}" for letter in LETTERS for number in CLASSES)


class RefreshState(models.TextChoices):
    """computing → publishing → published; failed where it broke off."""

    COMPUTING = "computing", _("Computing")
    PUBLISHING = "publishing", _("Publishing")
    PUBLISHED = "published", _("Published")
    FAILED = "failed", _("Failed")


class Refresh(models.Model):
    """One grading of every account on the facts dated up to `as_of`, with the batches and the scheme it used.

    `basis` says what else it was computed with: currency, rates, marked products. `cost_model` holds the versions of
    the cost model with the days of each; empty where it was off. `origin` says what computed, and of a ledger in a
    warehouse what its tables held. `folder` holds its marts, relative to the data home; `files` the bytes and SHA-256
    of each by name, empty of earlier versions. `summary`, `pareto` (without its curve) and `matrix` are what `mainstay
    show` tells of the whole company. `current` marks the one that lists and pages show.
    """

    as_of = models.DateField()
    months = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=16, choices=RefreshState.choices, default=RefreshState.COMPUTING)
    current = models.BooleanField(default=False)
    folder = models.CharField(max_length=400, blank=True)
    files = models.JSONField(default=dict)
    batches = models.JSONField(default=list)
    scheme = models.JSONField(default=dict)
    basis = models.JSONField(default=dict)
    cost_model = models.JSONField(default=list)
    origin = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    pareto = models.JSONField(default=dict)
    matrix = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["current"], condition=Q(current=True), name="one_current_refresh")
        ]

    def __str__(self) -> str:
        return f"{self.as_of:%F}"


class Standing(models.Model):
    """Where an account stands by one refresh: what lists filter and sort by. The marts hold the rest.

    Only the current refresh's are read. The indexes are measured at 400,000 accounts on SQLite: one that sorts must
    not cover what another query reads, or SQLite walks it in an order that jumps all over the accounts.
    """

    refresh = models.ForeignKey(Refresh, on_delete=models.CASCADE, related_name="standings", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="standings", db_index=False)
    account_class = models.PositiveSmallIntegerField()
    letter = models.CharField(max_length=1)
    cell = models.CharField(max_length=2)
    letter_basis = models.CharField(max_length=16)
    active = models.BooleanField()
    score = models.FloatField(null=True)
    attractiveness = models.FloatField(null=True)
    potential = models.FloatField(null=True)
    sales = MoneyField()
    profit = MoneyField()
    sales_before = MoneyField()
    rank = models.PositiveIntegerField(null=True)
    orders = models.PositiveIntegerField()
    first_order = models.DateField(null=True)
    last_order = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "refresh"], name="standing_once_per_refresh")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["refresh", "account", "cell", "sales", "profit"], name="standing_totals"),
            models.Index(fields=["refresh", "sales"], name="standing_by_sales"),
            # The last one: of those that serve alike, SQLite takes it, and its rows lie in order.
            models.Index(fields=["refresh"], name="standing_of_refresh"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.cell}"


class CellChange(models.Model):
    """An account's cell was other than the refresh before. `reasons` holds rule ids with their parameters."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="cell_changes")
    refresh = models.ForeignKey(Refresh, on_delete=models.PROTECT, related_name="cell_changes")
    as_of = models.DateField()
    before = models.CharField(max_length=2, blank=True)
    after = models.CharField(max_length=2)
    reasons = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "refresh"], name="cell_change_once_per_refresh")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.before or '–'} → {self.after}"
