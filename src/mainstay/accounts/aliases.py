"""Which account's lines count for which: the aliases of codes, and which of them cannot stand.

An alias is a pair (code, code of the account it stands for). That account may be merged into another in its turn: a
code stands for the account at the end. A circle has no end and is refused.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from mainstay.accounts.hierarchy import on_circles
from mainstay.accounts.planning import UNKNOWN_ACCOUNT, Plan
from mainstay.accounts.statements import Row
from mainstay.core.errors import N_
from mainstay.core.rows import RefusedRow

OWN_CODE = N_("“%(value)s” under “%(column)s” is the account's own code. Give another code, or leave the row out.")
BY_HAND = N_(
    "“%(value)s” under “%(column)s” was given to another account by hand. Remove it there, or leave the row out."
)
ROUND = N_(
    "“%(value)s” under “%(column)s” comes back to itself by way of other aliases. Leave the row out, or remove one of "
    "the others."
)
IDLE = N_(
    "%(count)s of these aliases are codes that no account has so far, first %(code)s. They wait for lines under them: "
    "look whether they are written right."
)


def resolved(pairs: Mapping[str, str]) -> dict[str, str]:
    """For each alias the code of the account at the end of its chain; those on a circle are left out."""
    circles = on_circles(pairs)
    ends: dict[str, str] = {}
    for code in pairs:
        path, here = [], code
        while here in pairs and here not in ends and here not in circles:
            path.append(here)
            here = pairs[here]
        end = ends.get(here, here)
        if here not in circles:
            ends |= dict.fromkeys(path, end)
    return ends


def codes_by_end(pairs: Mapping[str, str]) -> dict[str, list[str]]:
    """For each account's code every alias that counts for it, also by way of merged accounts, in order."""
    found: dict[str, list[str]] = {}
    for code in sorted(pairs):
        for end in _on_the_way(code, pairs):
            found.setdefault(end, []).append(code)
    return found


def _on_the_way(code: str, pairs: Mapping[str, str]) -> Iterator[str]:
    seen = {code}
    while (code := pairs.get(code, code)) not in seen:
        seen.add(code)
        yield code


def plan_aliases(
    rows: Iterable[Row], *, pairs: Mapping[str, str], by_hand: Container[str], accounts: Container[str]
) -> Plan:
    """A file of aliases: the last row about a code counts, and counts instead of what an earlier file said of it.

    Rows have `alias` and `account`; `pairs` are the aliases there are, `by_hand` the codes of those that a person
    added, `accounts` the codes of accounts, as far as rows name them. A row that cannot stand is refused; of a circle,
    every row that closes it.
    """
    plan, told = Plan(), list(rows)
    last = {row["alias"]: index for index, row in enumerate(told)}
    given: dict[str, int] = {}
    circles = on_circles({**pairs, **{row["alias"]: row["account"] for row in told}})
    for index, row in enumerate(told):
        problem = _problem(row, pairs, by_hand, accounts, circles)
        if problem is not None:
            plan.refused.append(RefusedRow.because(index, *problem))
        elif last[row["alias"]] == index:
            given[row["alias"]] = index
    _refuse_circles(plan, told, given, pairs)
    idle = [code for code in given if code not in pairs and code not in accounts]
    if idle:
        plan.warnings.append((IDLE, {"count": len(idle), "code": idle[0]}))
    for code, index in given.items():
        account = told[index]["account"]
        if code not in pairs:
            plan.new[code] = {"account": account}
        elif pairs[code] != account:
            plan.changed[code] = {"account": account}
        else:
            plan.equal += 1
    return plan


def _problem(
    row: Row,
    pairs: Mapping[str, str],
    by_hand: Container[str],
    accounts: Container[str],
    circles: Container[str],
) -> tuple[str, str, str] | None:
    """What is wrong with a row by itself: field, problem, value."""
    code, account = row["alias"], row["account"]
    if code == account:
        return "alias", OWN_CODE, code
    if account not in accounts:
        return ("alias", ROUND, code) if code in circles else ("account", UNKNOWN_ACCOUNT, account)
    if code in by_hand and pairs[code] != account:
        return "alias", BY_HAND, code
    return None


def _refuse_circles(plan: Plan, rows: Sequence[Row], given: dict[str, int], pairs: Mapping[str, str]) -> None:
    """Take out of `given` what closes a circle."""
    while circles := on_circles({**pairs, **{code: rows[index]["account"] for code, index in given.items()}}):
        closing = [code for code in given if code in circles]
        if not closing:
            return
        for code in closing:
            plan.refused.append(RefusedRow.because(given.pop(code), "alias", ROUND, code))
