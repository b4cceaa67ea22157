"""Those who work here: users, teams, and the record of what was done."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from mainstay.people.emails import LONGEST, validate_email
from mainstay.people.roles import MAY_ASSESS, MAY_IMPORT, MAY_MANAGE_PEOPLE, SEES_ALL, Role


class Team(models.Model):
    """People who share what they own."""

    name = models.CharField(max_length=200, unique=True)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person with a log-in. `email` is kept in small letters; `rank` 1 is the ablest."""

    email = models.CharField(_("e-mail"), max_length=LONGEST, unique=True, validators=[validate_email])
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    rank = models.PositiveSmallIntegerField(_("rank"), null=True, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="members")
    language = models.CharField(max_length=10, blank=True)
    theme = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]
    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def sees_all(self) -> bool:
        return self.role in SEES_ALL

    @property
    def may_import(self) -> bool:
        return self.role in MAY_IMPORT

    @property
    def may_manage_people(self) -> bool:
        return self.role in MAY_MANAGE_PEOPLE

    @property
    def may_assess(self) -> bool:
        return self.role in MAY_ASSESS


class AuditEntry(models.Model):
    """One thing done that somebody may ask about later. Written once, never changed."""

    at = models.DateTimeField()
    person = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=64)
    about = models.CharField(max_length=400, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.verb} {self.about}"
