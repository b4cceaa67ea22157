"""Who may see which account: the one place that decides.

`visible(user)` reads the table of grants, which `rebuild` keeps: an account is granted to its owner, its team,
its owner's team, and to whoever is granted a company above it.
"""

from collections.abc import Collection

from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from mainstay.accounts.models import Account, AccountAccess
from mainstay.people.models import User

# Walks up from every account (or from those below the changed ones) to all companies above it.
_REACH = """
WITH RECURSIVE changed(account) AS (
    SELECT id FROM accounts_account WHERE {start}
    UNION
    SELECT a.id FROM accounts_account a JOIN changed c ON a.parent_id = c.account
), reach(account, above) AS (
    SELECT account, account FROM changed
    UNION
    SELECT r.account, a.parent_id FROM reach r JOIN accounts_account a ON a.id = r.above
    WHERE a.parent_id IS NOT NULL
)
"""
_GRANTS = """
SELECT DISTINCT r.account, a.owner_id AS person, CAST(NULL AS bigint) AS team
FROM reach r JOIN accounts_account a ON a.id = r.above WHERE a.owner_id IS NOT NULL
UNION
SELECT r.account, CAST(NULL AS bigint), a.team_id
FROM reach r JOIN accounts_account a ON a.id = r.above WHERE a.team_id IS NOT NULL
UNION
SELECT r.account, CAST(NULL AS bigint), u.team_id
FROM reach r JOIN accounts_account a ON a.id = r.above JOIN people_user u ON u.id = a.owner_id
WHERE u.team_id IS NOT NULL
"""


def visible(user: User | AnonymousUser) -> QuerySet[Account]:
    """The accounts that `user` may see."""
    if not isinstance(user, User) or not user.is_active:
        return Account.objects.none()
    if user.sees_all:
        return Account.objects.all()
    mine = Q(person=user)
    if user.team_id is not None:
        mine |= Q(team=user.team_id)
    return Account.objects.filter(pk__in=AccountAccess.objects.filter(mine).values("account"))


@transaction.atomic
def rebuild(accounts: Collection[int] | None = None) -> None:
    """Make the grants anew for these accounts and all below them; None for every account."""
    if accounts is not None and not accounts:
        return
    ids = None if accounts is None or len(accounts) > 500 else list(accounts)
    start = "TRUE" if ids is None else f"id IN ({','.join(['%s'] * len(ids))})"
    reach = _REACH.format(start=start)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM accounts_accountaccess WHERE account_id IN ({reach} SELECT account FROM changed)",
            ids or [],
        )
        cursor.execute(
            f"INSERT INTO accounts_accountaccess (account_id, person_id, team_id) {reach} {_GRANTS}",
            ids or [],
        )
