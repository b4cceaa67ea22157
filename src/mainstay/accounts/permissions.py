"""Which fields of an account a person may set, on a page, in a request or by a column of a file."""

from collections.abc import Collection

from mainstay.core.errors import N_, NotAllowed
from mainstay.people.models import User
from mainstay.people.roles import Role

# Whose an account is decides who may see it: only they give it away.
MAY_SET_OWNER = frozenset({Role.DIRECTOR, Role.ANALYST})
_DECIDES_WHO_SEES = frozenset({"owner", "team", "parent"})


def may_set(person: User | None, field: str) -> bool:
    """Whether `person` may set this field. None is whoever runs commands on the machine itself."""
    if person is None:
        return True
    if field in _DECIDES_WHO_SEES:
        return person.is_active and person.role in MAY_SET_OWNER
    return person.is_active and person.role != Role.READ_ONLY


def check_may_set(person: User | None, fields: Collection[str]) -> None:
    """NotAllowed, naming the fields, where `person` may not set all of them."""
    forbidden = [field for field in fields if not may_set(person, field)]
    if forbidden:
        raise NotAllowed(
            N_("Your role may not set: %(fields)s. Leave them out, or ask a director or an analyst."),
            fields=", ".join(forbidden),
        )


def check_may_merge(person: User | None) -> None:
    """NotAllowed where `person` may not say that two codes are one account: it moves figures between accounts."""
    if person is not None and not (person.is_active and person.may_import):
        raise NotAllowed(N_("Only directors and analysts say that two codes are one account. Ask one of them."))
