"""An account's grading as `mainstay show account` tells it, and every change of its cell."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from mainstay.accounts.models import Account
from mainstay.core.periods import Window
from mainstay.grading.marts import accounts as mart
from mainstay.grading.marts.costing import parts_by_account
from mainstay.grading.marts.publishing import row_of_reasons
from mainstay.grading.models import CellChange, Refresh, RefreshState
from mainstay.grading.playbook import PLAYBOOK
from mainstay.grading.reasons import class_reason, letter_reason
from mainstay.grading.scheme import GradingScheme
from mainstay.insight.profit import KIND_COLUMNS


@dataclass(frozen=True)
class AccountRecord:
    """The keys of `show account`, in its order; `account_class` is told as `class`.

    `costs` is the booked cost of each kind; `model` the parts of the modelled cost, both null where they are not known.
    `reasons` and `strategy` are in the language of whoever reads. `figures` is the row of the account mart.
    """

    code: str
    name: str
    cell: str
    account_class: int
    held_class: int | None
    letter: str
    letter_basis: str
    score: float | None
    attractiveness: float | None
    potential: float | None
    potential_basis: str
    state: str | None
    rung: int | None
    sales: Decimal
    profit: Decimal
    rank: int | None
    sales_share: float | None
    first_order: date | None
    last_order: date | None
    orders: int
    products: int
    reasons: list[str]
    strategy: str
    target: str | None
    goods_cost: Decimal
    booked_cost: Decimal
    costs: Mapping[str, Decimal | None]
    modelled_cost: Decimal | None
    profit_after_model: Decimal | None
    model: list[dict[str, Any]] | None
    figures: Mapping[str, Any]

    def told(self, *, reasons: bool = True) -> dict[str, Any]:
        """By the keys of `show account`; those of `show accounts` without the reasons."""
        left_out = {"figures"} if reasons else {"figures", "reasons"}
        names = [item.name for item in fields(self) if item.name not in left_out]
        return {"class" if name == "account_class" else name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Change:
    """An account moved from the cell `before`, empty at its first grading, to `after`, and why it stands there."""

    as_of: date
    before: str
    after: str
    reasons: list[str]


def account_record(refresh: Refresh, account: Account) -> AccountRecord | None:
    """Where an account stood by a refresh; None where it was not known then."""
    row = mart.account(refresh, account.code)
    if row is None:
        return None
    parts = parts_by_account(refresh, [account.code])
    return _record(row, account, _reasons(row, refresh), parts.get(account.code))


def account_records(
    refresh: Refresh, accounts: QuerySet[Account] | None = None, *, order: str = "sales", limit: int | None = None
) -> list[AccountRecord]:
    """Records, without reasons, of `accounts` or of the whole company, in an order of `marts.accounts.ORDERS`."""
    codes = None if accounts is None else mart.codes_of(accounts)
    rows = mart.accounts(refresh, codes=codes, order=order, limit=limit)
    codes_found = [row["code"] for row in rows]
    known, parts = _known(codes_found), parts_by_account(refresh, codes_found)
    return [_record(row, known.get(row["code"]), [], parts.get(row["code"])) for row in rows]


def cell_changes(account: Account) -> list[Change]:
    """Every change of an account's cell, newest first."""
    changes = account.cell_changes.filter(refresh__state=RefreshState.PUBLISHED)
    return [_change(change) for change in changes.select_related("refresh").order_by("-refresh")]


def _change(change: CellChange) -> Change:
    return Change(change.as_of, change.before, change.after, _reasons(row_of_reasons(change.reasons), change.refresh))


def _reasons(row: Mapping[str, Any], refresh: Refresh) -> list[str]:
    scheme, window = GradingScheme.from_dict(refresh.scheme), Window(refresh.as_of, refresh.months)
    return [str(class_reason(row, scheme, window)), str(letter_reason(row, scheme, window))]


def _known(codes: list[str]) -> dict[str, Account]:
    found: dict[str, Account] = {}
    for start in range(0, len(codes), 5_000):
        part = Account.objects.filter(code__in=codes[start : start + 5_000])
        found.update((account.code, account) for account in part.only("code", "name", "held_class"))
    return found


def _record(
    row: Mapping[str, Any], account: Account | None, reasons: list[str], model: list[dict[str, Any]] | None
) -> AccountRecord:
    play = PLAYBOOK[row["cell"]]
    plain = ("code", "cell", "letter", "letter_basis", "score", "attractiveness", "potential", "potential_basis")
    bought = ("sales", "profit", "rank", "sales_share", "first_order", "last_order", "orders", "products")
    return AccountRecord(
        **{name: row[name] for name in (*plain, *bought)},
        name=account.name if account else "",
        account_class=row["class"],
        held_class=account.held_class if account else None,
        state=None,
        # The first rung is reached by the first order; the further ones are judged.
        rung=1 if row["first_order"] else None,
        reasons=reasons,
        strategy=play.strategy.in_language(get_language() or "en"),
        target=play.target,
        goods_cost=row["goods_cost"],
        booked_cost=row["booked_cost"],
        costs={kind: row.get(column) for kind, column in KIND_COLUMNS.items()},
        modelled_cost=row.get("modelled_cost"),
        profit_after_model=row.get("profit_after_model"),
        model=model,
        figures=row,
    )
