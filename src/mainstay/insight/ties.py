"""Does what the accounts hold come out to what the ledger holds? The same sums made in two ways.

One way goes over the account mart, with what belongs to no account beside it; the other straight over the lines.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

import ibis.expr.types as ir

from mainstay.core.periods import Window
from mainstay.insight.exact import NONE, money
from mainstay.insight.profit import KIND_COLUMNS, KINDS, OTHER
from mainstay.insight.window import within

_OF_ACCOUNTS = ("sales", "goods_cost", "booked_cost", "profit", *KIND_COLUMNS.values())


def plain(lines: ir.Table, costs: ir.Table, window: Window) -> ir.Table:
    """One row of sums over the lines of the window: plain_sales, plain_goods_cost, and plain_<kind> of cost lines."""
    sold, spent = lines.filter(within(lines.date, window)), costs.filter(within(costs.date, window))
    named = [kind for kind in KINDS if kind != OTHER]
    sums = sold.aggregate(plain_sales=money(sold.amount.sum()), plain_goods_cost=money(sold.cost.sum()))
    kinds = {f"plain_{kind}": money(spent.amount.sum(where=spent.kind == kind)) for kind in named}
    rest = spent.kind.isnull() | ~spent.kind.isin(named)
    kinds[f"plain_{OTHER}"] = money(spent.amount.sum(where=rest))
    return cast(ir.Table, sums.cross_join(spent.aggregate(**kinds)))


def of_accounts(accounts: ir.Table) -> ir.Table:
    """One row of sums over the account mart."""
    return accounts.aggregate(**{name: money(accounts[name].sum()) for name in _OF_ACCOUNTS})


def difference(summary: Mapping[str, Any], accounts: Mapping[str, Any]) -> Decimal:
    """How far the two are apart, each sum for itself: 0 where all is well.

    `summary` is the row of `summary.totals` with `profit.by_kind` and `plain`; `accounts` that of `of_accounts`.
    """
    sales = accounts["sales"] + summary["unattributed_sales"]
    goods = accounts["goods_cost"] + summary["unattributed_goods_cost"]
    apart = [sales - summary["plain_sales"], goods - summary["plain_goods_cost"]]
    booked, spent = NONE, NONE
    for kind, column in KIND_COLUMNS.items():
        apart.append(accounts[column] + summary[f"overhead_{kind}"] - summary[f"plain_{kind}"])
        booked, spent = booked + accounts[column], spent + summary[f"plain_{kind}"]
    apart.append(accounts["booked_cost"] - booked)
    nobody = summary["unattributed_sales"] - summary["unattributed_goods_cost"]
    after = accounts["profit"] + nobody - summary["overhead"]
    apart.append(after - (summary["plain_sales"] - summary["plain_goods_cost"] - spent))
    apart.append(summary["profit_after_overhead"] - after)
    return sum((abs(one) for one in apart), NONE)
