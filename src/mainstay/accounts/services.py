"""Everything that changes accounts and contacts.

Which statement of a file counts is said in `statements`; what rows would do is worked out in `planning`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import PROTECT, Model, QuerySet

from mainstay.accounts import access
from mainstay.accounts.aliases import codes_by_end
from mainstay.accounts.loading import alias_pairs, in_chunks, known_accounts, known_contacts
from mainstay.accounts.merging import alias_add, alias_remove, aliases_plan, aliases_reset, aliases_write
from mainstay.accounts.models import Account, Contact
from mainstay.accounts.permissions import check_may_merge, check_may_set
from mainstay.accounts.planning import (
    Known,
    Plan,
    contact_key,
    plan_accounts,
    plan_contacts,
    plan_contacts_reset,
    plan_reset,
    plan_sales,
)
from mainstay.accounts.search import search_text
from mainstay.accounts.selectors import ancestors
from mainstay.accounts.statements import ACCOUNT_FIELDS, CONTACT_TEXTS, SALES_FIELDS, TEXTS, Outcome, Row, by_precedence
from mainstay.core.errors import N_, Refused
from mainstay.orm.bulk import chunks, insert_rows, update_rows
from mainstay.people.models import Team, User
from mainstay.people.services import audit_record

__all__ = [
    "account_set_parent",
    "accounts_plan",
    "accounts_plan_from_sales",
    "accounts_remove",
    "accounts_reset",
    "accounts_set_owner",
    "accounts_set_team",
    "accounts_write",
    "accounts_write_from_sales",
    "alias_add",
    "alias_remove",
    "aliases_plan",
    "aliases_reset",
    "aliases_write",
    "check_may_merge",
    "contacts_plan",
    "contacts_reset",
    "contacts_write",
]

People = Mapping[str, User]


def accounts_plan(*, rows: Iterable[Row], people: People) -> Outcome:
    """What `accounts_write` would do; writes nothing."""
    rows = list(rows)
    known = known_accounts(rows, ACCOUNT_FIELDS)
    return plan_accounts(rows, known=known, people=people).outcome()


@transaction.atomic
def accounts_write(*, rows: Iterable[Row], people: People) -> Outcome:
    """Write an accounts file: make the accounts that are not known, change what its rows state of the others.

    Rows are in the order of the file, with `code` (clean) and any of ACCOUNT_FIELDS: text, date, Decimal; None or ""
    states nothing. A code may come again: the last statement of a field counts. `parent` is a code, known or in any
    row; `people` are owners by casefolded e-mail or name (people.selectors.person_finder()). An owner nobody knows is
    a warning and changes nothing. Refused rows are not written, the others are: whether that is wanted, the caller
    decides.
    """
    access.hold_tree()
    rows = list(rows)
    known = known_accounts(rows, ACCOUNT_FIELDS)
    return _write_accounts(plan_accounts(rows, known=known, people=people), known)


def accounts_plan_from_sales(*, rows: Iterable[Row], people: People) -> Outcome:
    """What `accounts_write_from_sales` would do; writes nothing."""
    rows = list(rows)
    known = known_accounts(rows, SALES_FIELDS)
    return plan_sales(rows, known=known, people=people).outcome()


@transaction.atomic
def accounts_write_from_sales(*, rows: Iterable[Row], people: People) -> Outcome:
    """Make the accounts that lines name and nobody knows yet, and fill what is blank in the others.

    Rows have `code` (clean) and any of SALES_FIELDS; of several rows for a code the first statement counts. Nothing is
    refused: a parent or owner nobody knows, a circle of parents, an overlong text is left out with a warning.
    """
    access.hold_tree()
    rows = list(rows)
    known = known_accounts(rows, SALES_FIELDS)
    return _write_accounts(plan_sales(rows, known=known, people=people), known)


@transaction.atomic
def accounts_reset(*, statements: Mapping[str, Sequence[tuple[str, Row]]], people: People) -> Outcome:
    """Put accounts back to what the live batches state, blank where none does: for undo.

    `statements`: for each account's code, (kind of batch, row) of every live batch that says anything of it, oldest
    first; empty for one of which none does (`accounts_remove` it where a batch made it). An account that is stated and
    does not exist is made. What files cannot state, the team and the held class, stays.
    """
    access.hold_tree()
    rows = {code: by_precedence(given) for code, given in statements.items()}
    flat = [{**row, "code": code} for code, its_rows in rows.items() for row in its_rows or [{}]]
    known = known_accounts(flat, ACCOUNT_FIELDS, every=True)
    return _write_accounts(plan_reset(rows, known=known, people=people), known)


@transaction.atomic
def accounts_remove(*, ids: Collection[int]) -> dict[int, str]:
    """Delete these accounts where nothing needs them; returns why (a msgid) for each that stays.

    Needed is an account with contacts, with a subsidiary that stays, with a class held by hand, and one that another
    part's record protects (a foreign key with PROTECT). What is derived from an account (CASCADE) goes with it.
    """
    access.hold_tree()
    wanted = set(ids)
    kept = _needed(wanted)
    above = dict(in_chunks(Account.objects.exclude(parent=None), "pk", wanted, "pk", "parent_id"))
    below = in_chunks(Account.objects.all(), "parent_id", wanted, "pk", "parent_id")
    needed = {parent for pk, parent in below if pk not in wanted} | {above.get(pk) for pk in kept}
    while needed := {pk for pk in needed if pk in wanted and pk not in kept}:
        kept |= dict.fromkeys(needed, N_("It has subsidiaries."))
        needed = {above.get(pk) for pk in needed}
    for part in chunks(wanted - kept.keys(), 500):
        Account.objects.filter(pk__in=part).delete()
    return kept


def _needed(ids: Collection[int]) -> dict[int, str]:
    """Which of these accounts something needs by itself, and what."""
    kept = dict.fromkeys(_those(Account.objects.exclude(held_class=None), "pk", ids), N_("Its class is held by hand."))
    kept |= dict.fromkeys(_those(Contact.objects.all(), "account_id", ids), N_("It has contacts."))
    for relation in Account._meta.related_objects:
        if relation.on_delete is PROTECT:
            rows = relation.related_model._default_manager.all()
            kept |= dict.fromkeys(_those(rows, relation.field.attname, ids), N_("Other records need it."))
    return kept


def _those(rows: QuerySet[Any], by: str, ids: Collection[int]) -> Iterator[int]:
    return (pk for (pk,) in in_chunks(rows, by, ids, by))


def contacts_plan(*, rows: Iterable[Row]) -> Outcome:
    """What `contacts_write` would do; writes nothing."""
    rows = list(rows)
    known, accounts = known_contacts({row["account"] for row in rows})
    return plan_contacts(rows, known=known, accounts=accounts).outcome()


@transaction.atomic
def contacts_write(*, rows: Iterable[Row]) -> Outcome:
    """Write a contacts file; rows have `account` (a code), `name` and any of the other CONTACT_TEXTS.

    An account's contact is known by its name, whatever its case; the last statement of a field counts. A row about an
    unknown account is refused.
    """
    rows = list(rows)
    known, accounts = known_contacts({row["account"] for row in rows})
    return _write_contacts(plan_contacts(rows, known=known, accounts=accounts), known, accounts)


@transaction.atomic
def contacts_reset(*, of: Iterable[Row], statements: Iterable[Row]) -> Outcome:
    """Put contacts back to what the live batches state, removing those that none does: for undo.

    `of` are rows (`account`, `name`) of the contacts concerned; `statements` rows of the live batches, oldest first,
    of these contacts or of more.
    """
    keys = {contact_key(row) for row in of}
    known, accounts = known_contacts({account for account, _name in keys})
    rows = (row for row in statements if row["account"] in accounts)
    plan, gone = plan_contacts_reset(keys, rows, known=known)
    for part in chunks([known.ids[key] for key in gone], 500):
        Contact.objects.filter(pk__in=part).delete()
    return _write_contacts(plan, known, accounts)


@transaction.atomic
def accounts_set_owner(*, accounts: Collection[int], owner: User | None, by: User | None) -> None:
    """Give accounts an owner, or none."""
    check_may_set(by, ["owner"])
    _assign(accounts, {"owner": owner}, verb="owner set", by=by, to=owner.email if owner else "")


@transaction.atomic
def accounts_set_team(*, accounts: Collection[int], team: Team | None, by: User | None) -> None:
    """Give accounts to a team beside their owners, or to none."""
    check_may_set(by, ["team"])
    _assign(accounts, {"team": team}, verb="team set", by=by, to=team.name if team else "")


@transaction.atomic
def account_set_parent(*, account: Account, parent: Account | None, by: User | None) -> None:
    """Put an account under another, or under none; Refused where that would close a circle."""
    check_may_set(by, ["parent"])
    access.hold_tree()
    if parent is not None and (parent == account or ancestors(parent).filter(pk=account.pk).exists()):
        raise Refused(
            N_("%(parent)s belongs to %(account)s, directly or further up. Choose another parent."),
            parent=parent.code,
            account=account.code,
        )
    _assign([account.pk], {"parent": parent}, verb="parent set", by=by, to=parent.code if parent else "")


def _assign(ids: Collection[int], values: dict[str, Model | None], *, verb: str, by: User | None, to: str) -> None:
    access.hold_tree()
    codes = []
    for part in chunks(ids, 500):
        rows = Account.objects.filter(pk__in=part)
        codes += list(rows.order_by("code").values_list("code", flat=True))
        rows.update(**values)
    audit_record(verb=verb, about=", ".join(codes[:10]), person=by, detail={"accounts": len(codes), "to": to})
    access.rebuild(ids)


def _write_accounts(plan: Plan, known: Known) -> Outcome:
    texts = tuple(TEXTS)
    aliases = codes_by_end(alias_pairs()) if plan.new else {}
    rows = insert_rows(
        Account,
        ("code", *texts, "owner_id", "last_contact", "potential", "search"),
        (
            (
                code,
                *(given.get(name, "") for name in texts),
                given.get("owner"),
                given.get("last_contact"),
                given.get("potential"),
                search_text(code, given.get("name", ""), aliases.get(code, ())),
            )
            for code, given in plan.new.items()
        ),
        returning=("code",),
    )
    made = dict(rows)
    _change_accounts(plan, known)
    ids = {**known.ids, **made}
    both = (plan.new, plan.changed)
    placed = [(code, given["parent"]) for part in both for code, given in part.items() if "parent" in given]
    update_rows(Account, ("parent_id",), ((ids[code], ids.get(parent)) for code, parent in placed))
    moved = {ids[code] for part in both for code, given in part.items() if given.keys() & {"owner", "parent"}}
    access.rebuild(moved)
    return plan.outcome(created=list(made.values()))


def _change_accounts(plan: Plan, known: Known) -> None:
    """Write every field that changes anywhere, all in one statement: where one does not change it keeps its value."""
    changing = set().union(*plan.changed.values()) - {"parent"}
    names = tuple(name for name in known.fields if name in changing)
    if not names:
        return
    places = [known.fields.index(name) for name in names]
    aliases = codes_by_end(alias_pairs()) if "name" in names else {}

    def row(code: str, changes: Mapping[str, Any]) -> list[Any]:
        held = known.values[code]
        values = [changes.get(name, held[place]) for name, place in zip(names, places, strict=True)]
        if "name" in names:
            values.append(search_text(code, values[names.index("name")], aliases.get(code, ())))
        return [known.ids[code], *values]

    columns = [{"owner": "owner_id"}.get(name, name) for name in names]
    update_rows(
        Account,
        [*columns, "search"] if "name" in names else columns,
        (row(code, changes) for code, changes in plan.changed.items() if changes.keys() & changing),
    )


def _write_contacts(plan: Plan, known: Known, accounts: Mapping[str, int]) -> Outcome:
    names = tuple(CONTACT_TEXTS)
    rows = insert_rows(
        Contact,
        ("account_id", "key", *names),
        ((accounts[key[0]], key[1], *(given.get(name, "") for name in names)) for key, given in plan.new.items()),
    )
    update_rows(
        Contact,
        names,
        (
            (known.ids[key], *(changes.get(name, held) for name, held in zip(names, known.values[key], strict=True)))
            for key, changes in plan.changed.items()
        ),
    )
    return plan.outcome(created=[pk for (pk,) in rows])
