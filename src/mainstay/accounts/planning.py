"""What rows would do to the accounts and contacts there are: worked out first, then written by the services."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from mainstay.accounts.hierarchy import CIRCLE, UNKNOWN_PARENT, Dropped, settle_parents
from mainstay.accounts.search import folded
from mainstay.accounts.statements import (
    ACCOUNT_FIELDS,
    BLANK,
    CONTACT_TEXTS,
    MOST_CHANGES,
    SALES_FIELDS,
    TEXTS,
    TOO_LONG,
    Change,
    Outcome,
    Row,
    Stated,
    Warned,
    as_text,
    drop_bad_texts,
    gather,
    refuse_bad_texts,
)
from mainstay.core.errors import N_
from mainstay.core.money import quantize
from mainstay.core.rows import RefusedRow
from mainstay.people.models import User

UNKNOWN_ACCOUNT = N_("The account “%(value)s” under “%(column)s” is not known. Import it first, or correct the code.")
UNKNOWN_OWNER = N_(
    "Nobody here has the e-mail “%(owner)s”, nor one person alone that name. Accounts that keep the owner they had, or "
    "none: %(count)s. Add the person, or write the e-mail, then import again."
)
LEFT_WITHOUT_PARENT = N_(
    "Accounts left without the parent that the file names, which is not known: %(count)s, such as %(account)s under "
    "“%(parent)s”."
)
LEFT_OUT_OF_CIRCLE = N_(
    "Accounts left without the parent that the file names, which belongs to them itself: %(count)s, such as "
    "%(account)s under “%(parent)s”."
)
EMPTY: dict[str, Any] = dict.fromkeys(TEXTS, "") | dict.fromkeys(("parent", "owner", "last_contact", "potential"))


@dataclass(frozen=True)
class Known:
    """What there is: of each account or contact its id, and the values of `fields` in that order.

    An account's parent stands as its code, its owner as an id. `parents` is the whole company tree.
    """

    fields: tuple[str, ...]
    ids: Mapping[Any, int]
    values: Mapping[Any, Sequence[Any]]
    parents: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Plan:
    """`new` and `changed` are what is to be written: of a new one all it states, of a known one what differs."""

    new: dict[Any, dict[str, Any]] = field(default_factory=dict)
    changed: dict[Any, dict[str, Any]] = field(default_factory=dict)
    equal: int = 0
    refused: list[RefusedRow] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def outcome(self, created: Sequence[int] = ()) -> Outcome:
        refused = sorted(self.refused, key=lambda row: row.index)
        return Outcome(len(self.new), len(self.changed), self.equal, created, refused, self.warnings, self.changes)


def plan_accounts(rows: Iterable[Row], *, known: Known, people: Mapping[str, User]) -> Plan:
    """An accounts file: what it states replaces what was; a row that cannot stand is refused."""
    stated = gather(rows, key="code", fields=ACCOUNT_FIELDS, last_counts=True)
    refuse_bad_texts(stated, TEXTS)
    settle_parents(stated, known=known.ids, parents=known.parents, refuse=True)
    plan = Plan(refused=stated.refused, warnings=_settle_owners(stated, people))
    return _compare(plan, stated, known)


def plan_sales(rows: Iterable[Row], *, known: Known, people: Mapping[str, User]) -> Plan:
    """What a sales file says of accounts: it makes those that are not known, and fills blanks of those that are."""
    stated = gather(rows, key="code", fields=SALES_FIELDS, last_counts=False)
    _leave_filled(stated, known)
    plan = Plan(warnings=drop_bad_texts(stated, TEXTS))
    dropped = settle_parents(stated, known=known.ids, parents=known.parents, refuse=False)
    plan.warnings += [*_told(dropped), *_settle_owners(stated, people)]
    return _compare(plan, stated, known)


def plan_reset(rows: Mapping[str, Sequence[Row]], *, known: Known, people: Mapping[str, User]) -> Plan:
    """Put accounts back to what rows state (of each account the one that counts first), blank where none does."""
    flat = ({**row, "code": code} for code, its_rows in rows.items() for row in its_rows)
    stated = gather(flat, key="code", fields=ACCOUNT_FIELDS, last_counts=False)
    for code in rows:
        stated.places.setdefault(code, [])
    plan = Plan(warnings=drop_bad_texts(stated, TEXTS))
    dropped = settle_parents(stated, known=known.ids, parents=known.parents, refuse=False, every=True)
    plan.warnings += [*_told(dropped), *_settle_owners(stated, people)]
    return _compare(plan, stated, known, empty=EMPTY)


def contact_key(row: Row) -> tuple[str, str]:
    """What tells contacts apart: the account's code, and the name however it is spelled in case and width."""
    return row["account"], folded(row["name"])


def plan_contacts(rows: Iterable[Row], *, known: Known, accounts: Container[str]) -> Plan:
    """A contacts file: what it states replaces what was; a row about an unknown account is refused."""
    stated = _gather_contacts(rows)
    for index, row in enumerate(stated.rows):
        key = stated.keys[index]
        if key[0] not in accounts:
            stated.refuse(index, "account", UNKNOWN_ACCOUNT, key[0])
        elif row is not None and len(key[1]) > 400:
            stated.refuse(index, "name", TOO_LONG[400], row["name"])
    refuse_bad_texts(stated, CONTACT_TEXTS)
    return _compare(Plan(refused=stated.refused), stated, known)


def plan_contacts_reset(
    keys: Iterable[tuple[str, str]], rows: Iterable[Row], *, known: Known
) -> tuple[Plan, list[tuple[str, str]]]:
    """Put the contacts `keys` back to what rows state, the last counting first; also whom no row states any more."""
    wanted = set(keys)
    stated = _gather_contacts(row for row in rows if contact_key(row) in wanted)
    plan = _compare(Plan(), stated, known, empty=dict.fromkeys(CONTACT_TEXTS, ""))
    return plan, [key for key in sorted(wanted) if key not in stated.places and key in known.ids]


def _gather_contacts(rows: Iterable[Row]) -> Stated:
    return gather(
        ({**row, "key": contact_key(row)} for row in rows), key="key", fields=tuple(CONTACT_TEXTS), last_counts=True
    )


def _compare(plan: Plan, stated: Stated, known: Known, empty: Mapping[str, Any] | None = None) -> Plan:
    """Put into the plan what is new and what differs; with `empty`, what is not stated becomes that."""
    place = {name: index for index, name in enumerate(known.fields)}
    for key in stated.places:
        merged = stated.merged(key)
        is_known = key in known.ids
        if merged is None:
            if empty is None or not is_known:
                continue
            merged = {}
        if merged.get("potential") is not None:
            merged["potential"] = quantize(merged["potential"])
        if not is_known:
            plan.new[key] = merged
            continue
        values = known.values[key]
        wanted = merged if empty is None else {**empty, **merged}
        if changes := {name: value for name, value in wanted.items() if values[place[name]] != value}:
            plan.changed[key] = changes
            _tell_changes(plan, key, changes, dict(zip(known.fields, values, strict=True)))
        else:
            plan.equal += 1
    return plan


def _tell_changes(plan: Plan, key: Any, changes: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    """The first changes by example; owners stand as ids and are left out."""
    about = key if isinstance(key, str) else " / ".join(key)
    told = [
        Change(about, name, as_text(before[name]), as_text(now)) for name, now in changes.items() if name != "owner"
    ]
    plan.changes += told[: MOST_CHANGES - len(plan.changes)]


def _leave_filled(stated: Stated, known: Known) -> None:
    """Forget what is said of fields that hold something already."""
    for code, places in stated.places.items():
        if code not in known.ids:
            continue
        filled = {name for name, value in zip(known.fields, known.values[code], strict=True) if value not in BLANK}
        for index in places:
            stated.rows[index] = {name: v for name, v in (stated.rows[index] or {}).items() if name not in filled}


def _settle_owners(stated: Stated, people: Mapping[str, User]) -> list[Warned]:
    """Make of each owner's text the id of the person; leave out whom nobody knows."""
    unknown: Counter[str] = Counter()
    for row in stated.rows:
        if not row or "owner" not in row:
            continue
        person = people.get(row["owner"].strip().casefold())
        if person is None:
            unknown[row.pop("owner")] += 1
        else:
            row["owner"] = person.pk
    return [(UNKNOWN_OWNER, {"owner": owner, "count": count}) for owner, count in unknown.items()]


def _told(dropped: Dropped) -> list[Warned]:
    """One warning for each way in which statements of a parent could not stand."""
    warnings = []
    for problem, message in ((UNKNOWN_PARENT, LEFT_WITHOUT_PARENT), (CIRCLE, LEFT_OUT_OF_CIRCLE)):
        mine = [(code, parent) for code, why, parent in dropped if why == problem]
        if mine:
            warnings.append((message, {"count": len(mine), "account": mine[0][0], "parent": mine[0][1]}))
    return warnings
