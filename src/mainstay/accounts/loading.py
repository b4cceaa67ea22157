"""Reading what planning compares with: the accounts and contacts that rows are about, as they are now."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from mainstay.accounts.models import Account, AccountAlias, Contact
from mainstay.accounts.planning import Known
from mainstay.accounts.statements import CONTACT_TEXTS, Row
from mainstay.orm.bulk import chunks

# Past so many codes one walk through all accounts is quicker than asking for each.
_ASK_FOR_EACH = 10_000
_AT_ONCE = 500
_COLUMNS = {"parent": "parent__code", "owner": "owner_id"}


def known_accounts(rows: Sequence[Row], fields: Collection[str], *, every: bool = False) -> Known:
    """The accounts that rows name, also as parents, with the fields that rows may state (`every`: all `fields`)."""
    named = set(fields) if every else set().union(*rows) & set(fields)
    wanted = tuple(name for name in fields if name in named)
    codes = {row["code"] for row in rows}
    parents = {row["parent"] for row in rows if row.get("parent")}
    ids: dict[Any, int] = {}
    values: dict[Any, Sequence[Any]] = {}
    columns = [_COLUMNS.get(name, name) for name in wanted]
    for code, pk, *held in in_chunks(Account.objects.all(), "code", codes | parents, "code", "pk", *columns):
        ids[code] = pk
        values[code] = held
    return Known(wanted, ids, values, company_tree() if parents else {})


def known_contacts(codes: Collection[str]) -> tuple[Known, dict[str, int]]:
    """The contacts of these accounts, and the ids of the accounts there are by code."""
    accounts: dict[str, int] = dict(in_chunks(Account.objects.all(), "code", codes, "code", "pk"))
    ids: dict[Any, int] = {}
    values: dict[Any, Sequence[Any]] = {}
    found = in_chunks(Contact.objects.all(), "account__code", codes, "account__code", "key", "pk", *CONTACT_TEXTS)
    for code, key, pk, *held in found:
        ids[code, key] = pk
        values[code, key] = held
    return Known(tuple(CONTACT_TEXTS), ids, values), accounts


def company_tree() -> dict[str, str]:
    """The code of the parent of every account that has one."""
    return dict(Account.objects.filter(parent__isnull=False).values_list("code", "parent__code").iterator())


def alias_pairs() -> dict[str, str]:
    """Every alias with the code of the account it stands for, as somebody said it: see `aliases.resolved`."""
    return dict(AccountAlias.objects.order_by().values_list("code", "account__code").iterator())


def in_chunks(rows: QuerySet[Any], by: str, wanted: Collection[Any], *columns: str) -> Iterator[tuple[Any, ...]]:
    """The `columns` of the rows whose `by` is wanted, however many are."""
    if len(wanted) > _ASK_FOR_EACH:
        everything = rows.values_list(by, *columns).iterator(chunk_size=10_000)
        yield from (row[1:] for row in everything if row[0] in wanted)
        return
    for part in chunks(wanted, _AT_ONCE):
        yield from rows.filter(**{f"{by}__in": part}).values_list(*columns)
