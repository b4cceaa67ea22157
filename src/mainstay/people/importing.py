"""What the rows of a file of people would do: worked out first, then written by the services."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError

from mainstay.core.errors import N_
from mainstay.core.rows import RefusedRow
from mainstay.people.emails import clean_email, validate_email
from mainstay.people.roles import role_named

FIELDS = ("email", "name", "role", "rank", "team")
HIGHEST_RANK = 9

NO_EMAIL = N_("The row has no e-mail under “%(column)s”. Fill it in: it is what the person logs in with.")
BAD_EMAIL = N_("“%(value)s” under “%(column)s” is no e-mail address. Correct it.")
TWICE = N_("“%(value)s” under “%(column)s” has a row already, further up. Keep one of them.")
NO_ROLE = N_("The person is new and has no role under “%(column)s”. Fill it in.")
BAD_ROLE = N_(
    "“%(value)s” under “%(column)s” is no role. Roles: director, account_manager, sales_representative, scout, "
    "analyst, read_only."
)
BAD_RANK = N_("“%(value)s” under “%(column)s” is no rank. Ranks are whole numbers from 1, the ablest, to 9.")
NOT_TEXT = N_("The text under “%(column)s” holds a character that no text has (“%(value)s”). Remove it.")
TOO_LONG = N_("The text under “%(column)s” is longer than 200 characters (“%(value)s”). Shorten it.")


@dataclass
class PeoplePlan:
    """By e-mail: what new people hold, and what changes of known ones. `team` is a name."""

    new: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    equal: int = 0
    refused: list[RefusedRow] = field(default_factory=list)


class _Unusable(Exception):
    def __init__(self, field: str, problem: str, value: object = "") -> None:
        self.field, self.problem, self.value = field, problem, value


def plan_people(rows: Iterable[Mapping[str, Any]], known: Mapping[str, Mapping[str, Any]]) -> PeoplePlan:
    """What rows with FIELDS would do to those `known` (e-mail → name, role, rank, team). A blank states nothing."""
    plan = PeoplePlan()
    seen: set[str] = set()
    for index, row in enumerate(rows):
        try:
            email, stated = _understood({name: str(row.get(name) or "").strip() for name in FIELDS})
            if email in seen:
                raise _Unusable("email", TWICE, email)
            if email not in known and "role" not in stated:
                raise _Unusable("role", NO_ROLE)
        except _Unusable as problem:
            plan.refused.append(RefusedRow.because(index, problem.field, problem.problem, problem.value))
            continue
        seen.add(email)
        if email not in known:
            plan.new[email] = stated
        elif changes := {name: value for name, value in stated.items() if known[email][name] != value}:
            plan.changed[email] = changes
        else:
            plan.equal += 1
    return plan


def _understood(cells: dict[str, str]) -> tuple[str, dict[str, Any]]:
    email = clean_email(cells["email"])
    if not email:
        raise _Unusable("email", NO_EMAIL)
    try:
        validate_email(email)
    except ValidationError:
        raise _Unusable("email", BAD_EMAIL, email) from None
    stated: dict[str, Any] = {}
    for name in ("name", "team"):
        if len(cells[name]) > 200:
            raise _Unusable(name, TOO_LONG, cells[name])
        if "\x00" in cells[name]:
            raise _Unusable(name, NOT_TEXT, cells[name])
        if cells[name]:
            stated[name] = cells[name]
    if cells["role"]:
        stated["role"] = role_named(cells["role"])
        if stated["role"] is None:
            raise _Unusable("role", BAD_ROLE, cells["role"])
    if cells["rank"]:
        stated["rank"] = _rank(cells["rank"])
    return email, stated


def _rank(text: str) -> int:
    whole = text.removesuffix(".0")
    if not (whole.isascii() and whole.isdigit() and 1 <= int(whole) <= HIGHEST_RANK):
        raise _Unusable("rank", BAD_RANK, text)
    return int(whole)
