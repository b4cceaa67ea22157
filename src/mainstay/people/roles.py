"""The roles of those who work here, and what each may do."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    DIRECTOR = "director", _("Director")
    ACCOUNT_MANAGER = "account_manager", _("Account manager")
    SALES_REPRESENTATIVE = "sales_representative", _("Sales representative")
    SCOUT = "scout", _("Scout")
    ANALYST = "analyst", _("Analyst")
    READ_ONLY = "read_only", _("Read-only")


SEES_ALL = frozenset({Role.DIRECTOR, Role.ANALYST})
MAY_IMPORT = frozenset({Role.DIRECTOR, Role.ANALYST})
MAY_ASSESS = frozenset({Role.DIRECTOR, Role.ACCOUNT_MANAGER, Role.SALES_REPRESENTATIVE, Role.SCOUT})
