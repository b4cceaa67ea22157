"""Work that goes on in the background, and the processes that do it."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from mainstay.people.models import User


class State(models.TextChoices):
    """waiting → running → done, failed or cancelled; back to waiting where its worker was stopped."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


ACTIVE = (State.WAITING, State.RUNNING)


class Worker(models.Model):
    """A process that does jobs. `beat_at` is when it was last heard of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(max_length=200)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.host}, {self.pid}"


class Job(models.Model):
    """Something that one person asked for, done in the background.

    `about` says what with, in values of JSON. `step` is a msgid or the name of a file; `rows_total` is None where
    nobody knows. `outcome` is what it brought, `error` and `error_params` why it failed. `seen` once its person was
    told of the end.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=32)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    about = models.JSONField(default=dict)
    language = models.CharField(max_length=10, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    task = models.CharField(max_length=64, blank=True)
    worker = models.ForeignKey(Worker, null=True, on_delete=models.SET_NULL, related_name="jobs")
    step = models.CharField(max_length=200, blank=True)
    rows_done = models.BigIntegerField(default=0)
    rows_total = models.BigIntegerField(null=True)
    asked_to_cancel = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    error_params = models.JSONField(default=dict)
    seen = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "seen", "state"]),
            models.Index(fields=["state"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def share(self) -> float | None:
        """How much of it is done, from 0 to 1; None where that is not known."""
        if not self.rows_total or self.state != State.RUNNING or not 0 < self.rows_done <= self.rows_total:
            return None
        return self.rows_done / self.rows_total
