"""The versions of the cost model, and the switch that turns it on."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mainstay.insight.cost_model import CostModel
from mainstay.people.models import User


class VersionState(models.TextChoices):
    """draft → active. Only a draft can be changed."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")


class CostModelVersion(models.Model):
    """A cost model from a day on: that day counts to it, until an active version begins later.

    `content` is what `insight.cost_model.CostModel.to_dict` tells. `revision` counts the changes of a draft. Of active
    versions that begin on one day the one activated last holds.
    """

    name = models.CharField(_("name"), max_length=100)
    note = models.TextField(_("note"), blank=True)
    valid_from = models.DateField(_("valid from"))
    state = models.CharField(max_length=16, choices=VersionState.choices, default=VersionState.DRAFT)
    content = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True)
    activated_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="draft", activated_at=None) | Q(state="active", activated_at__isnull=False),
                name="cost_model_version_activated_at",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.valid_from:%F})"

    @property
    def model(self) -> CostModel:
        return CostModel.from_dict(self.content)


class CostModelSwitch(models.Model):
    """The one row that says whether refreshes cost with the model; there is none before it was first turned on."""

    on = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(pk=1), name="one_cost_model_switch")
        ]

    def __str__(self) -> str:
        return "on" if self.on else "off"
