"""Saying that a code is another account's, and taking that back. The services of `accounts` hand on to here."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction

from mainstay.accounts import access
from mainstay.accounts.aliases import codes_by_end, plan_aliases
from mainstay.accounts.hierarchy import on_circles
from mainstay.accounts.loading import alias_pairs, in_chunks
from mainstay.accounts.models import Account, AccountAlias
from mainstay.accounts.permissions import check_may_merge
from mainstay.accounts.planning import Plan
from mainstay.accounts.search import search_text
from mainstay.accounts.statements import Outcome, Row
from mainstay.core import clock
from mainstay.core.codes import clean_code
from mainstay.core.errors import N_, NotFound, Refused
from mainstay.orm.bulk import chunks, update_rows
from mainstay.people.models import User
from mainstay.people.services import audit_record

LONGEST = 200
AT_ONCE = 5_000


@transaction.atomic
def alias_add(*, code: str, account: Account, by: User | None, note: str = "") -> AccountAlias:
    """Have lines under `code` count for `account`, from the next refresh on.

    Raises NotAllowed, and Refused for the account's own code, a code that stands for an account already, and a circle.
    """
    check_may_merge(by)
    access.hold_tree()
    cleaned, note = _code(code), note.strip()
    if len(note) > 400 or not note.isprintable():
        raise Refused(N_("The note may have 400 characters at most, in one line."))
    if cleaned == account.code:
        raise Refused(N_("%(code)s is the account's own code. Give another one."), code=cleaned)
    pairs = alias_pairs()
    if cleaned in pairs:
        raise Refused(
            N_("%(code)s stands for %(account)s already. Remove it there first."), code=cleaned, account=pairs[cleaned]
        )
    if on_circles({**pairs, cleaned: account.code}, [cleaned]):
        raise Refused(
            N_("%(account)s counts for %(code)s itself. Remove that first."), code=cleaned, account=account.code
        )
    made = AccountAlias.objects.create(code=cleaned, account=account, note=note, by=by, at=clock.now())
    _search_again([account.code])
    audit_record(verb="alias added", about=f"{cleaned} → {account.code}", person=by)
    return made


@transaction.atomic
def alias_remove(*, code: str, account: Account, by: User | None) -> None:
    """Have `code` stand for itself again. Raises NotAllowed, and NotFound where it does not stand for `account`."""
    check_may_merge(by)
    access.hold_tree()
    ends = _ways([account.code])
    removed, _each = AccountAlias.objects.filter(code=code, account=account).delete()
    if removed != 1:
        raise NotFound(N_("%(code)s does not stand for %(account)s."), code=code, account=account.code)
    _search_again(ends)
    audit_record(verb="alias removed", about=f"{code} → {account.code}", person=by)


def aliases_plan(*, rows: Iterable[Row]) -> Outcome:
    """What `aliases_write` would do; writes nothing."""
    return _planned(list(rows))[0].outcome()


@transaction.atomic
def aliases_write(*, rows: Iterable[Row], by: User | None) -> Outcome:
    """Write a file of aliases; rows have `alias` and `account`, both codes. Refused rows are not written."""
    access.hold_tree()
    plan, accounts = _planned(list(rows))
    before = set(alias_pairs().values()) if plan.changed else set()
    now = clock.now()
    AccountAlias.objects.bulk_create(
        (
            AccountAlias(code=code, account_id=accounts[given["account"]], stated=True, by=by, at=now)
            for code, given in plan.new.items()
        ),
        batch_size=AT_ONCE,
    )
    _point(
        {code: {"account_id": accounts[given["account"]], "by": by, "at": now} for code, given in plan.changed.items()}
    )
    given = [*plan.new.values(), *plan.changed.values()]
    _search_again(before.union(row["account"] for row in given))
    return plan.outcome()


@transaction.atomic
def aliases_reset(*, of: Collection[str], statements: Iterable[Row]) -> set[str]:
    """Put aliases that files brought back to what the live batches state, removing those that none does: for undo.

    `statements` are rows of `alias`, `account`, `by` and `at`, oldest first, of these codes or of more. What a person
    added or removed meanwhile stays so. Returns the codes that stand for themselves again.
    """
    access.hold_tree()
    wanted = {code for (code,) in in_chunks(AccountAlias.objects.filter(stated=True), "code", of, "code")}
    before = alias_pairs()
    told = {row["alias"]: row for row in statements if row["alias"] in wanted}
    accounts = dict(in_chunks(Account.objects.all(), "code", {row["account"] for row in told.values()}, "code", "pk"))
    stays = {code: row for code, row in told.items() if row["account"] in accounts}
    others = {code: account for code, account in before.items() if code not in wanted}
    for code in on_circles({**others, **{code: row["account"] for code, row in stays.items()}}):
        stays.pop(code, None)
    _point(
        {
            code: {"account_id": accounts[row["account"]], "by": row["by"], "at": row["at"]}
            for code, row in stays.items()
            if before[code] != row["account"]
        }
    )
    gone = wanted - stays.keys()
    ends = _ways([before[code] for code in wanted], before)
    for part in chunks(sorted(gone), 500):
        AccountAlias.objects.filter(code__in=part).delete()
    _search_again(ends | {row["account"] for row in stays.values()})
    return gone


def _planned(rows: list[Row]) -> tuple[Plan, dict[str, int]]:
    codes = {row[name] for row in rows for name in ("alias", "account")}
    accounts = dict(in_chunks(Account.objects.all(), "code", codes, "code", "pk"))
    by_hand = set(AccountAlias.objects.filter(stated=False).values_list("code", flat=True))
    return plan_aliases(rows, pairs=alias_pairs(), by_hand=by_hand, accounts=accounts), accounts


def _code(text: str) -> str:
    code = clean_code(text)
    if code is None or len(code) > LONGEST or not code.isprintable():
        raise Refused(N_("Give a code of 1 to %(most)s characters."), most=LONGEST)
    return code


def _point(changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Have aliases stand for other accounts."""
    for code, values in changes.items():
        AccountAlias.objects.filter(code=code).update(stated=True, **values)


def _ways(codes: Iterable[str], pairs: Mapping[str, str] | None = None) -> set[str]:
    """These accounts and all that they are merged into, in turn."""
    told = alias_pairs() if pairs is None else pairs
    ways: set[str] = set()
    for code in codes:
        here: str | None = code
        while here is not None and here not in ways:
            ways.add(here)
            here = told.get(here)
    return ways


def _search_again(codes: Iterable[str]) -> None:
    """Have these accounts, and those they are merged into, be found by their aliases of now."""
    pairs = alias_pairs()
    ways = _ways(codes, pairs)
    found = codes_by_end(pairs)
    rows = in_chunks(Account.objects.all(), "code", ways, "pk", "code", "name", "search")
    texts = [(pk, search_text(code, name, found.get(code, ())), search) for pk, code, name, search in rows]
    update_rows(Account, ("search",), [(pk, text) for pk, text, search in texts if text != search])
