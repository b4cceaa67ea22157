"""Who may see which account: the one place that decides.

Directors and analysts see every account. Others see what they own, what somebody in their team owns, what is their
team's, and whatever belongs to one of those companies, however far down. The table of grants says whose each account
is by that last rule: `rebuild` keeps it when owners, teams of accounts or the company tree change. Who is in whose
team, what role he has and whether he may log in at all is asked when somebody looks, so nothing has to follow that.
"""

import json
from collections.abc import Callable, Collection
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from mainstay.accounts.models import Account, AccountAccess
from mainstay.people.models import User

# A list of ids of any length as one bound parameter. PostgreSQL sees from an array how many there are, from JSON not.
_LISTED: dict[str, tuple[str, Callable[[list[int]], Any]]] = {
    "sqlite": ("SELECT value AS id FROM json_each(%s)", json.dumps),
    "postgresql": ("SELECT unnest(%s::bigint[]) AS id", list),
}
_CHANGED = """
WITH RECURSIVE changed(account) AS (
    SELECT id FROM ({listed}) AS listed
    UNION
    SELECT a.id FROM accounts_account a JOIN changed c ON a.parent_id = c.account
)
"""
# What the changed accounts grant by themselves and what they take over from above, handed down to all below them.
_GRANTS_OF_CHANGED = """
, seeds AS (
    SELECT a.id AS account, a.owner_id AS person, CAST(NULL AS bigint) AS team
    FROM accounts_account a JOIN changed c ON c.account = a.id WHERE a.owner_id IS NOT NULL
    UNION ALL
    SELECT a.id, CAST(NULL AS bigint), a.team_id
    FROM accounts_account a JOIN changed c ON c.account = a.id WHERE a.team_id IS NOT NULL
    UNION ALL
    SELECT a.id, above.person_id, above.team_id
    FROM changed c
    JOIN accounts_account a ON a.id = c.account
    JOIN accounts_accountaccess above ON above.account_id = a.parent_id
), grants(account, person, team) AS (
    SELECT account, person, team FROM seeds
    UNION
    SELECT a.id, g.person, g.team FROM grants g JOIN accounts_account a ON a.parent_id = g.account
)
SELECT account, person, team FROM grants
"""
_GRANTS_OF_ALL = """
WITH RECURSIVE seeds AS (
    SELECT id AS account, owner_id AS person, CAST(NULL AS bigint) AS team
    FROM accounts_account WHERE owner_id IS NOT NULL
    UNION ALL
    SELECT id, CAST(NULL AS bigint), team_id FROM accounts_account WHERE team_id IS NOT NULL
), grants(account, person, team) AS (
    SELECT account, person, team FROM seeds
    UNION
    SELECT a.id, g.person, g.team FROM grants g JOIN accounts_account a ON a.parent_id = g.account
)
SELECT account, person, team FROM grants
"""
_INSERT = "INSERT INTO accounts_accountaccess (account_id, person_id, team_id) "
# Any number that nothing else in this database locks.
_TREE_LOCK = 7_224_601


def visible(user: User | AnonymousUser) -> QuerySet[Account]:
    """The accounts that `user` may see."""
    if not isinstance(user, User) or not user.is_active:
        return Account.objects.none()
    if user.sees_all:
        return Account.objects.all()
    granted = Q(person=user.pk)
    if user.team_id is not None:
        granted |= Q(team=user.team_id) | Q(person__in=User.objects.filter(team=user.team_id).values("pk"))
    return Account.objects.filter(pk__in=AccountAccess.objects.filter(granted).values("account"))


def hold_tree() -> None:
    """Let nobody else change owners or the tree until the transaction ends. On SQLite every writer waits anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TREE_LOCK])


@transaction.atomic
def rebuild(accounts: Collection[int] | None = None) -> None:
    """Make the grants anew for these accounts and all below them; None for every account."""
    hold_tree()
    with connection.cursor() as cursor:
        if accounts is None:
            cursor.execute("DELETE FROM accounts_accountaccess")
            cursor.execute(_INSERT + _GRANTS_OF_ALL)
        elif accounts:
            listing, bind = _LISTED[connection.vendor]
            changed = _CHANGED.format(listed=listing)
            listed = [bind(sorted(accounts))]
            cursor.execute(
                f"DELETE FROM accounts_accountaccess WHERE account_id IN ({changed} SELECT account FROM changed)",
                listed,
            )
            cursor.execute(_INSERT + changed + _GRANTS_OF_CHANGED, listed)
