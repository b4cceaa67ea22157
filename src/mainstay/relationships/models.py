"""What our people say about how close we are to an account."""

from typing import TYPE_CHECKING, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from mainstay.accounts.models import Account
from mainstay.people.models import User

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


def judgement(label: "StrPromise") -> "models.PositiveSmallIntegerField[int | None, int | None]":
    """A field from 1 (poor) to 5 (excellent); None: not judged."""
    return models.PositiveSmallIntegerField(
        label, null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )


class Assessment(models.Model):
    """One person's judgement of one account on one day: five factors with evidence, and the room to develop.

    Assessments are never changed: who thinks otherwise later makes a new one.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="assessments")
    assessor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    difference = judgement(_("difference"))
    difference_note = models.TextField(blank=True)
    value = judgement(_("value against price"))
    value_note = models.TextField(blank=True)
    preference = judgement(_("preference"))
    preference_note = models.TextField(blank=True)
    access = judgement(_("access to key people"))
    access_note = models.TextField(blank=True)
    rules = judgement(_("buying rules"))
    rules_note = models.TextField(blank=True)
    room = judgement(_("room to develop"))
    room_note = models.TextField(blank=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["account", "-day"])]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day:%F}"
