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


# What a file may call a role, beside its value.
_ALSO = {
    Role.DIRECTOR: ("Director", "Sales director", "总监", "销售总监"),
    Role.ACCOUNT_MANAGER: ("Account manager", "Key account manager", "客户经理", "大客户经理"),
    Role.SALES_REPRESENTATIVE: ("Sales representative", "Representative", "Sales rep", "销售代表", "业务员"),
    Role.SCOUT: ("Scout", "客户开发员"),
    Role.ANALYST: ("Analyst", "分析员", "分析师"),
    Role.READ_ONLY: ("Read-only", "Read only", "只读"),
}
_NAMES = {name.casefold(): role for role, names in _ALSO.items() for name in (role.value, *names)}

SEES_ALL = frozenset({Role.DIRECTOR, Role.ANALYST})
MAY_IMPORT = frozenset({Role.DIRECTOR, Role.ANALYST})
MAY_ASSESS = frozenset({Role.DIRECTOR, Role.ACCOUNT_MANAGER, Role.SALES_REPRESENTATIVE, Role.SCOUT})
MAY_MANAGE_PEOPLE = frozenset({Role.DIRECTOR})


def role_named(text: str) -> Role | None:
    """The role that a text means: its value or a name of it, English or Chinese, in any case."""
    return _NAMES.get(text.strip().casefold())
