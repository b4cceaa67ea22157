"""The figures of every account, put together from purchases, breadth and booked cost."""

from typing import cast

import ibis
import ibis.expr.types as ir

from mainstay.core.periods import Window
from mainstay.insight import pareto, profit, purchases, trend
from mainstay.insight.exact import count, money


def account_figures(
    lines: ir.Table, costs: ir.Table, accounts: ir.Table, window: Window, no_products: ir.Table | None = None
) -> ir.Table:
    """One row per account as `figures` and `pareto.ranked` give it, in one expression.

    A caller who computes the steps one after the other (`joined`, `pareto.ranked`) spares the engine work.
    """
    bought = purchases.by_account(lines, window)
    breadth = purchases.breadth(lines, window, no_products)
    return pareto.ranked(joined(accounts, bought, breadth, profit.booked(costs, window), window))


def joined(accounts: ir.Table, bought: ir.Table, breadth: ir.Table, booked: ir.Table, window: Window) -> ir.Table:
    """One row per account that is known or has lines or costs, by `code`; 0 where there is nothing.

    Amounts are DECIMAL(38, 4): sales, goods_cost, booked_cost, profit in the window, sales_before in the one before.
    active, bought_previous (in the window before), bought_before (before this window) are true or false, as is
    has_history (any line up to the as-of date). days_since_first is null without an order.
    """
    rows = (
        _codes(accounts, bought, booked)
        .left_join(bought, ibis._.code == bought.account)
        .drop("account")
        .left_join(breadth, ibis._.code == breadth.account)
        .drop("account")
        .left_join(booked, ibis._.code == booked.account)
        .drop("account")
    )
    filled = rows.mutate(
        **{name: money(rows[name]) for name in ("sales", "goods_cost", "booked_cost", "sales_before")},
        **{name: count(rows[name]) for name in ("lines", "lines_before", "lines_ever", "orders", "products")},
        months_bought=count(rows.months_bought),
    )
    return filled.select(
        "code",
        "sales",
        "goods_cost",
        "booked_cost",
        "sales_before",
        "lines",
        "orders",
        "products",
        "months_bought",
        "first_order",
        "last_order",
        profit=profit.of(filled),
        sales_change=trend.change(filled.sales, filled.sales_before),
        active=filled.lines > 0,
        bought_previous=filled.lines_before > 0,
        bought_before=filled.lines_ever > filled.lines,
        has_history=filled.lines_ever > 0,
        days_since_first=_days_since(filled.first_order, window),
    )


def _codes(accounts: ir.Table, bought: ir.Table, booked: ir.Table) -> ir.Table:
    """Every account known, and any other that the lines and costs computed from name: no money is lost."""
    return cast(
        ir.Table,
        ibis.union(
            accounts.select("code"),
            bought.filter(bought.account.notnull()).select(code="account"),
            booked.filter(booked.account.notnull()).select(code="account"),
            distinct=True,
        ),
    )


def _days_since(day: ir.DateValue, window: Window) -> ir.IntegerValue:
    return cast(ir.IntegerValue, ibis.literal(window.as_of, type="date").delta(day, unit="day").cast("int64"))
