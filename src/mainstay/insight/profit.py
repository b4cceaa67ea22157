"""Cost lines per account, and an account's profit.

Profit of an account = its sales − its goods cost − its cost lines, all in the window. For the whole company
profit = sales − purchaser cost − non-purchaser cost (see `summary`).
"""

import ibis.expr.types as ir

from mainstay.core.periods import Window
from mainstay.insight.exact import money
from mainstay.insight.window import within


def booked(costs: ir.Table, window: Window) -> ir.Table:
    """One row per account with cost lines in the window, and one with a null account for overhead.

    account, booked_cost DECIMAL(38, 4), cost_lines BIGINT.
    """
    spent = costs.filter(within(costs.date, window))
    sums = spent.group_by("account").aggregate(booked_cost=spent.amount.sum(), cost_lines=spent.count())
    return sums.mutate(booked_cost=money(sums.booked_cost))


def of(table: ir.Table) -> ir.DecimalValue:
    """The profit column of a table that has sales, goods_cost and booked_cost."""
    return money(table.sales - table.goods_cost - table.booked_cost)
