"""The company's totals in the window: sales, what purchasers and others cost, profit, overhead."""

import ibis.expr.types as ir

from mainstay.insight.exact import count, money


def totals(bought: ir.Table, booked: ir.Table, figures: ir.Table) -> ir.Table:
    """One row of `purchases.by_account`, `profit.booked` and the figures of the accounts (`compute.joined`).

    lines, accounts, active BIGINT; sales, goods_cost with unattributed lines; purchaser_cost = goods_cost + the cost
    lines of active accounts; non_purchaser_cost = the cost lines of the others; profit = sales − both; overhead = cost
    lines without an account; profit_after_overhead; unattributed_sales, unattributed_lines, unattributed_goods_cost.
    Money is DECIMAL(38, 4).
    """
    rows = _of_accounts(figures).cross_join(_of_nobody(bought)).cross_join(_overhead(booked))
    summed = rows.select(
        "accounts",
        "active",
        "non_purchaser_cost",
        "overhead",
        "unattributed_sales",
        "unattributed_goods_cost",
        "unattributed_lines",
        lines=rows.attributed_lines + rows.unattributed_lines,
        sales=money(rows.attributed_sales + rows.unattributed_sales),
        goods_cost=money(rows.attributed_goods_cost + rows.unattributed_goods_cost),
        purchaser_cost=money(rows.attributed_goods_cost + rows.unattributed_goods_cost + rows.purchaser_booked),
    )
    profit = money(summed.sales - summed.purchaser_cost - summed.non_purchaser_cost)
    return summed.mutate(profit=profit, profit_after_overhead=money(profit - summed.overhead))


def _of_accounts(figures: ir.Table) -> ir.Table:
    sums = figures.aggregate(
        accounts=figures.count(),
        active=figures.count(where=figures.active),
        attributed_lines=figures.lines.sum(),
        attributed_sales=figures.sales.sum(),
        attributed_goods_cost=figures.goods_cost.sum(),
        purchaser_booked=figures.booked_cost.sum(where=figures.active),
        non_purchaser_cost=figures.booked_cost.sum(where=~figures.active),
    )
    return sums.mutate(
        attributed_lines=count(sums.attributed_lines),
        attributed_sales=money(sums.attributed_sales),
        attributed_goods_cost=money(sums.attributed_goods_cost),
        purchaser_booked=money(sums.purchaser_booked),
        non_purchaser_cost=money(sums.non_purchaser_cost),
    )


def _of_nobody(bought: ir.Table) -> ir.Table:
    nobody = bought.filter(bought.account.isnull())
    sums = nobody.aggregate(
        unattributed_sales=nobody.sales.sum(),
        unattributed_goods_cost=nobody.goods_cost.sum(),
        unattributed_lines=nobody.lines.sum(),
    )
    return sums.mutate(
        unattributed_sales=money(sums.unattributed_sales),
        unattributed_goods_cost=money(sums.unattributed_goods_cost),
        unattributed_lines=count(sums.unattributed_lines),
    )


def _overhead(booked: ir.Table) -> ir.Table:
    nobody = booked.filter(booked.account.isnull())
    sums = nobody.aggregate(overhead=nobody.booked_cost.sum())
    return sums.mutate(overhead=money(sums.overhead))
