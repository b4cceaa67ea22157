"""Aliases of accounts, as far as the ledger has a say: a code that stands for itself again may need an account."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import duckdb
from django.db import transaction

from mainstay.accounts import services as accounts
from mainstay.accounts.models import Account, AccountAlias
from mainstay.core.errors import N_, Conflict
from mainstay.ledger.engine import duckdb_opened
from mainstay.ledger.models import Batch, Content, CreatedAccount, Head, Kind, LedgerFile, State
from mainstay.ledger.selectors import paths_of
from mainstay.people.models import User
from mainstay.people.selectors import person_finder

Row = dict[str, Any]
TRIES = 5


@dataclass(frozen=True)
class Returning:
    """For codes without an account, what the live batches state of each and which batch named it first."""

    statements: dict[str, list[tuple[str, Row]]] = field(default_factory=dict)
    first: dict[str, int] = field(default_factory=dict)

    def bring_back(self, codes: Collection[str]) -> None:
        """Make the accounts of those of `codes` that files name; in the transaction that removes the aliases."""
        named = {code: self.statements[code] for code in codes if code in self.statements}
        if not named:
            return
        made = accounts.accounts_reset(statements=named, people=person_finder()).created
        new = Account.objects.filter(pk__in=made).values_list("pk", "code")
        CreatedAccount.objects.bulk_create(
            CreatedAccount(batch_id=self.first[code], account_id=pk) for pk, code in new.iterator()
        )


def returning(connection: duckdb.DuckDBPyConnection, codes: Collection[str]) -> Returning:
    """What is to be known of those of these codes that no account has."""
    known = set(Account.objects.filter(code__in=AccountAlias.objects.values("code")).values_list("code", flat=True))
    wanted = sorted(set(codes) - known)
    found = Returning()
    if not wanted:
        return found
    kinds = (Kind.SALES, Kind.COSTS)
    for batch in Batch.objects.filter(state=State.LIVE, kind__in=kinds).order_by("pk"):
        files = paths_of(LedgerFile.objects.filter(batch=batch, content=Content.FACTS, retired_at=None))
        if not files:
            continue
        query = "FROM read_parquet($files) WHERE code IN (SELECT unnest($codes))"
        cursor = connection.execute(query, {"files": files, "codes": wanted})
        names = [column[0] for column in cursor.description or ()]
        for values in cursor.fetchall():
            row = dict(zip(names, values, strict=True))
            found.statements.setdefault(row["code"], []).append((batch.kind, row))
            found.first.setdefault(row["code"], batch.pk)
    return found


def alias_remove(*, code: str, account: Account, by: User | None) -> None:
    """Have `code` stand for itself again; where lines name it and no account has it, the account is made.

    Raises NotAllowed, NotFound where it does not stand for `account`, Conflict where imports keep coming meanwhile.
    """
    accounts.check_may_merge(by)
    for _try in range(TRIES):
        head, _made = Head.objects.get_or_create(pk=1)
        with duckdb_opened() as connection:
            back = returning(connection, [code])
        with transaction.atomic():
            # An import that became live meanwhile may have named the code while it still was an alias.
            if Head.objects.select_for_update().get(pk=1).revision == head.revision:
                accounts.alias_remove(code=code, account=account, by=by)
                back.bring_back([code])
                return
    raise Conflict(N_("Somebody else changed the ledger meanwhile. Nothing was changed: try again."))
