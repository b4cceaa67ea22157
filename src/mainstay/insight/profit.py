"""Cost lines per account and kind, and an account's profit.

Profit of an account = its sales − its goods cost − its cost lines, all in the window. For the whole company
profit = sales − purchaser cost − non-purchaser cost (see `summary`).
"""

from typing import cast

import ibis
import ibis.expr.types as ir

from mainstay.core.periods import Window
from mainstay.insight.exact import money
from mainstay.insight.window import within

# What a cost line may be for. A line of no kind, or of one that is not here, counts as other: no money is lost.
KINDS = ("goods", "service", "delivery", "rebate", "selling", "finance", "other")
OTHER = "other"
# The column of each kind in `booked` and in the account mart.
KIND_COLUMNS = {kind: f"booked_{kind}" for kind in KINDS}


def booked(costs: ir.Table, window: Window) -> ir.Table:
    """One row per account with cost lines in the window, and one with a null account for overhead.

    account, booked_cost and its part of each kind (KIND_COLUMNS) DECIMAL(38, 4), cost_lines BIGINT.
    """
    spent = costs.filter(within(costs.date, window))
    named = {
        column: spent.amount.sum(where=spent.kind == kind) for kind, column in KIND_COLUMNS.items() if kind != OTHER
    }
    sums = spent.group_by("account").aggregate(booked_cost=spent.amount.sum(), cost_lines=spent.count(), **named)
    exact = sums.mutate(**{name: money(sums[name]) for name in ("booked_cost", *named)})
    rest = exact.booked_cost
    for name in named:
        rest = rest - exact[name]
    return exact.mutate(**{KIND_COLUMNS[OTHER]: money(rest)}).select(
        "account", "booked_cost", *KIND_COLUMNS.values(), "cost_lines"
    )


def with_kinds(accounts: ir.Table, spent: ir.Table) -> ir.Table:
    """`accounts` (by `code`) with the columns of each kind, 0 where nothing was booked; `spent` as `booked` gives it.

    Joined last: carried through every step before, they would be copied as often.
    """
    kinds = spent.select("account", *KIND_COLUMNS.values())
    joined = accounts.left_join(kinds, accounts.code == kinds.account)
    filled = {name: money(joined[name]) for name in KIND_COLUMNS.values()}
    return cast(ir.Table, joined.select(*accounts.columns, **filled))


def by_kind(spent: ir.Table) -> ir.Table:
    """One row: of each kind the cost of all accounts as `booked_<kind>`, and the overhead as `overhead_<kind>`."""
    of_accounts = {name: money(spent[name].sum(where=spent.account.notnull())) for name in KIND_COLUMNS.values()}
    overhead = {
        f"overhead_{kind}": money(spent[name].sum(where=spent.account.isnull())) for kind, name in KIND_COLUMNS.items()
    }
    return spent.aggregate(**of_accounts, **overhead)


def of(table: ir.Table) -> ir.DecimalValue:
    """The profit column of a table that has sales, goods_cost and booked_cost."""
    return money(table.sales - table.goods_cost - table.booked_cost)


def unmodelled(accounts: ir.Table) -> ir.Table:
    """`accounts` with modelled_cost and profit_after_model, both null: no cost model was on."""
    nothing = ibis.null("decimal(38, 4)")
    return accounts.mutate(modelled_cost=nothing, profit_after_model=nothing)
