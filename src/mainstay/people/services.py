"""Everything that changes people."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction

from mainstay.core import clock
from mainstay.core.errors import N_, Conflict, NotAllowed, Refused
from mainstay.core.rows import RefusedRow
from mainstay.people.emails import clean_email
from mainstay.people.importing import plan_people
from mainstay.people.models import AuditEntry, Team, User
from mainstay.people.roles import Role
from mainstay.people.selectors import people_known


@dataclass(frozen=True)
class Imported:
    """What a file of people did: who is new, with the first password, how many changed, which rows were refused."""

    created: Sequence[tuple[User, str]]
    updated: int
    equal: int
    refused: Sequence[RefusedRow]


def user_add(
    *,
    email: str,
    role: str,
    name: str = "",
    rank: int | None = None,
    team: str = "",
    password: str | None = None,
    by: User | None = None,
) -> tuple[User, str]:
    """Make a user; returns him with his first password, made up unless given."""
    _check_manager(by)
    if role not in Role.values:
        raise Refused(N_("There is no role “%(role)s”. Roles: %(roles)s."), role=role, roles=", ".join(Role.values))
    password = password or secrets.token_urlsafe(12)
    # Outside the transaction: hashing takes long on purpose, and SQLite has one writer at a time.
    hashed = make_password(password)
    with transaction.atomic():
        return _make(clean_email(email), {"role": role, "name": name, "rank": rank, "team": team}, hashed, by), password


def user_import(*, rows: Iterable[Mapping[str, Any]], by: User | None = None) -> Imported:
    """Add the people of a file and change those it knows already, by their e-mail.

    Rows have `email` and any of `name`, `role` (its value or a name of it), `rank`, `team`; a blank cell states
    nothing. A refused row is left out, the others count. Passwords are made up for new people and never changed.
    """
    _check_manager(by)
    rows = list(rows)
    secret = {email: secrets.token_urlsafe(12) for email in plan_people(rows, people_known()).new}
    hashed = {email: make_password(password) for email, password in secret.items()}
    with transaction.atomic():
        plan = plan_people(rows, people_known())
        if not plan.new.keys() <= hashed.keys():
            raise Conflict(N_("Somebody else changed people meanwhile. Nothing was changed: try again."))
        created = [(_make(email, given, hashed[email], by), secret[email]) for email, given in plan.new.items()]
        for user in User.objects.filter(email__in=plan.changed):
            _change(user, plan.changed[user.email], by)
    return Imported(created, len(plan.changed), plan.equal, plan.refused)


@transaction.atomic
def user_set_role(*, user: User, role: str, by: User | None) -> None:
    """Give a user another role."""
    _check_manager(by)
    _change(user, {"role": role}, by)


@transaction.atomic
def user_set_team(*, user: User, team: str, by: User | None) -> None:
    """Put a user into a team, which is made where it is new; an empty name: into none."""
    _check_manager(by)
    _change(user, {"team": team}, by)


@transaction.atomic
def user_set_active(*, user: User, active: bool, by: User | None) -> None:
    """Let a user log in, or no longer. What he owns stays his."""
    _check_manager(by)
    _change(user, {"is_active": active}, by)


@transaction.atomic
def user_set_password(*, email: str) -> str:
    """Give a user a new password, made up; returns it."""
    user = User.objects.filter(email=clean_email(email)).first()
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


def _check_manager(by: User | None) -> None:
    """NotAllowed unless `by` manages people. None is whoever runs commands on the machine itself."""
    if by is not None and not by.may_manage_people:
        raise NotAllowed(N_("Only a director adds and changes people. Ask one."))


def _make(email: str, given: Mapping[str, Any], hashed: str, by: User | None) -> User:
    if User.objects.filter(email=email).exists():
        raise Refused(N_("%(email)s is a user already."), email=email)
    name = str(given.get("name") or "").strip() or email.split("@")[0][:200]
    user = User(email=email, name=name, role=given["role"], rank=given.get("rank"), password=hashed)
    user.team = _team(given.get("team") or "")
    _check(user)
    user.save()
    audit_record(verb="user added", about=email, person=by, detail={"role": user.role, "rank": user.rank})
    return user


def _change(user: User, changes: Mapping[str, Any], by: User | None) -> None:
    """Set what differs; each change is an entry of the audit log of its own."""
    for name, value in changes.items():
        before = _told(getattr(user, name))
        setattr(user, name, _team(value) if name == "team" else value)
        if before != (after := _told(getattr(user, name))):
            detail = {"before": before, "after": after}
            audit_record(verb=f"{name.removeprefix('is_')} changed", about=user.email, person=by, detail=detail)
    _check(user)
    user.save(update_fields=list(changes))


def _told(value: object) -> object:
    return value.name if isinstance(value, Team) else value


def _team(name: str) -> Team | None:
    name = name.strip()
    return Team.objects.get_or_create(name=name)[0] if name else None


def _check(user: User) -> None:
    try:
        user.full_clean()
    except ValidationError as error:
        raise Refused(
            N_("%(email)s cannot be kept so: %(why)s"), email=user.email, why=" ".join(error.messages)
        ) from None
