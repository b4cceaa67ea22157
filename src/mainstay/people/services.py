"""Everything that changes people."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from mainstay.core import clock
from mainstay.core.errors import N_, Refused
from mainstay.people.models import AuditEntry, Team, User
from mainstay.people.roles import Role


@transaction.atomic
def user_add(
    *,
    email: str,
    role: str,
    name: str = "",
    rank: int | None = None,
    team: str = "",
    password: str | None = None,
) -> tuple[User, str]:
    """Make a user; returns him with his first password, made up unless given."""
    if role not in Role.values:
        raise Refused(N_("There is no role “%(role)s”. Roles: %(roles)s."), role=role, roles=", ".join(Role.values))
    email = email.strip().lower()
    if User.objects.filter(email__iexact=email).exists():
        raise Refused(N_("%(email)s is a user already."), email=email)
    user = User(email=email, name=name.strip() or email.split("@")[0], role=role, rank=rank)
    if team.strip():
        user.team, _made = Team.objects.get_or_create(name=team.strip())
    password = password or secrets.token_urlsafe(12)
    user.set_password(password)
    try:
        user.full_clean()
    except ValidationError as error:
        raise Refused(N_("%(email)s cannot be added: %(why)s"), email=email, why=" ".join(error.messages)) from None
    user.save()
    audit_record(verb="user added", about=email, detail={"role": role, "rank": rank})
    return user, password


@transaction.atomic
def user_set_password(*, email: str) -> str:
    """Give a user a new password, made up; returns it."""
    user = User.objects.filter(email__iexact=email.strip()).first()
    if user is None:
        raise Refused(N_("Nobody here has the e-mail %(email)s."), email=email)
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.save(update_fields=["password"])
    audit_record(verb="password set", about=user.email)
    return password


def user_set_preferences(*, user: User, language: str | None = None, theme: str | None = None) -> None:
    """Keep a user's language or theme; None leaves it as it is."""
    wanted = {"language": language, "theme": theme}
    changes = {name: value for name, value in wanted.items() if value is not None}
    User.objects.filter(pk=user.pk).update(**changes)


def audit_record(
    *, verb: str, about: str = "", person: User | None = None, detail: dict[str, Any] | None = None
) -> None:
    """Write one entry of the audit log."""
    AuditEntry.objects.create(at=clock.now(), person=person, verb=verb, about=about[:400], detail=detail or {})
