"""What import files state about accounts and contacts, and which statement counts.

What a field of an account holds is what the latest live batch of accounts that states it says; else what the earliest
live batch of sales that states it said; else nothing. Within an accounts file the last row counts, within a sales file
the first. A blank cell states nothing, and neither does a statement that cannot be used.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from mainstay.core.errors import N_
from mainstay.core.rows import RefusedRow

Row = Mapping[str, Any]
Warned = tuple[str, dict[str, Any]]

BLANK = (None, "")
# How many characters each text field of an account holds; None: as many as a cell of a file.
TEXTS: dict[str, int | None] = {
    "name": 400,
    "country": 200,
    "region": 200,
    "industry": 200,
    "size": 200,
    "channel": 200,
    "status": 200,
    "need": None,
    "website": 400,
    "phone": 200,
    "email": 400,
    "note": None,
}
# Every field that an accounts file may state beside the code.
ACCOUNT_FIELDS = (*TEXTS, "parent", "owner", "last_contact", "potential")
SALES_FIELDS = ("name", "country", "industry", "parent", "owner")
CONTACT_TEXTS: dict[str, int | None] = {
    "name": 400,
    "title": 400,
    "department": 400,
    "role": 400,
    "email": 400,
    "phone": 200,
    "reports_to": 400,
    "influence": 200,
    "stance": 200,
    "note": None,
}

TOO_LONG = {
    200: N_("The text under “%(column)s” is longer than 200 characters (“%(value)s”). Shorten it."),
    400: N_("The text under “%(column)s” is longer than 400 characters (“%(value)s”). Shorten it."),
}
NOT_TEXT = N_("The text under “%(column)s” holds a character that no text has (“%(value)s”). Remove it.")


# So many of the changes are told one by one.
MOST_CHANGES = 8


@dataclass(frozen=True)
class Change:
    """What a field of something known becomes, as texts, blank where there is nothing."""

    about: str
    field: str
    before: str
    now: str


@dataclass(frozen=True)
class Outcome:
    """What writing did, or would do. `new`, `changed` and `equal` count accounts (contacts); `created` are their ids.

    `warnings` are (msgid, params), `changes` the first of them.
    """

    new: int = 0
    changed: int = 0
    equal: int = 0
    created: Sequence[int] = ()
    refused: Sequence[RefusedRow] = ()
    warnings: Sequence[Warned] = ()
    changes: Sequence[Change] = ()


@dataclass
class Stated:
    """The rows of one file, each only with what it states; None where the row is refused.

    `keys` are whom each row is about, `places` the rows about each, the one that counts first.
    """

    rows: list[dict[str, Any] | None] = field(default_factory=list)
    keys: list[Any] = field(default_factory=list)
    places: dict[Any, list[int]] = field(default_factory=dict)
    refused: list[RefusedRow] = field(default_factory=list)

    def refuse(self, index: int, field: str, problem: str, value: object) -> None:
        self.rows[index] = None
        self.refused.append(RefusedRow.because(index, field, problem, value))

    def merged(self, key: Any) -> dict[str, Any] | None:
        """What the rows of `key` state together; None where all of them are refused."""
        rows = [row for index in self.places[key] if (row := self.rows[index]) is not None]
        if len(rows) < 2:
            return rows[0] if rows else None
        together: dict[str, Any] = {}
        for row in reversed(rows):
            together |= row
        return together


def as_text(value: Any) -> str:
    """A field's value for `Change`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def gather(rows: Iterable[Row], *, key: str, fields: Collection[str], last_counts: bool) -> Stated:
    """Keep of each row what it states about `fields`, under its `key`."""
    stated = Stated()
    wanted = frozenset(fields)
    for index, row in enumerate(rows):
        stated.rows.append({name: value for name, value in row.items() if value not in BLANK and name in wanted})
        stated.keys.append(row[key])
        stated.places.setdefault(row[key], []).append(index)
    if last_counts:
        for places in stated.places.values():
            places.reverse()
    return stated


def refuse_bad_texts(stated: Stated, limits: Mapping[str, int | None]) -> None:
    """Refuse rows with a text that the database would not take."""
    for index, name, problem in _bad_texts(stated, limits):
        row = stated.rows[index]
        if row is not None:
            stated.refuse(index, name, problem, row[name])


def drop_bad_texts(stated: Stated, limits: Mapping[str, int | None]) -> list[Warned]:
    """Leave out texts that the database would not take, where the row itself is in use already."""
    dropped = 0
    for index, name, _problem in _bad_texts(stated, limits):
        row = stated.rows[index]
        if row is not None:
            del row[name]
            dropped += 1
    message = N_("%(count)s texts about accounts were left out: they are too long, or hold characters no text has.")
    return [(message, {"count": dropped})] if dropped else []


def _bad_texts(stated: Stated, limits: Mapping[str, int | None]) -> Iterable[tuple[int, str, str]]:
    for index, row in enumerate(stated.rows):
        if row is None or _is_fine(row):
            continue
        for name, value in list(row.items()):
            if not isinstance(value, str):
                continue
            limit = limits.get(name)
            if limit is not None and len(value) > limit:
                yield index, name, TOO_LONG[limit]
            elif "\x00" in value:
                yield index, name, NOT_TEXT


def _is_fine(row: Row) -> bool:
    """Short altogether, so short in each text: what nearly every row is, told quickly."""
    text = "".join([value for value in row.values() if value.__class__ is str])
    return len(text) <= 200 and "\x00" not in text


def by_precedence(statements: Sequence[tuple[str, Row]]) -> list[Row]:
    """The rows that live batches state about one account, the one that counts first.

    `statements` are (kind of batch, row), oldest batch first, in the order of the file.
    """
    newest_first = [row for kind, row in reversed(statements) if kind == "accounts"]
    return newest_first + [row for kind, row in statements if kind != "accounts"]


def effective(statements: Sequence[tuple[str, Row]]) -> dict[str, Any]:
    """What an account's fields hold by these statements, all of them usable. `parent` is a code, `owner` a text."""
    together: dict[str, Any] = {}
    for row in reversed(by_precedence(statements)):
        together |= {name: row[name] for name in ACCOUNT_FIELDS if row.get(name) not in BLANK}
    return together
