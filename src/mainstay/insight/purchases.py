"""What each account bought: sums in the window, the window before, and the days it first and last ordered.

Lines without an account make one row of their own whose account is null, so that totals need no second pass.
"""

import ibis.expr.types as ir

from mainstay.core.periods import Window
from mainstay.insight.exact import count, money
from mainstay.insight.window import until, within


def by_account(lines: ir.Table, window: Window) -> ir.Table:
    """One row per account with lines up to the as-of date, and one with a null account for the unattributed.

    account; in the window: sales, goods_cost DECIMAL(38, 4), lines, costed_lines (whose cost is known) BIGINT;
    sales_before, lines_before of the window before; lines_ever; first_order, last_order of lines above zero.
    """
    dated = lines.filter(until(lines.date, window))
    now = within(dated.date, window)
    before = within(dated.date, window.previous)
    ordered = dated.amount > 0
    sums = dated.group_by("account").aggregate(
        sales=dated.amount.sum(where=now),
        goods_cost=dated.cost.sum(where=now),
        lines=dated.count(where=now),
        costed_lines=dated.cost.count(where=now),
        sales_before=dated.amount.sum(where=before),
        lines_before=dated.count(where=before),
        lines_ever=dated.count(),
        first_order=dated.date.min(where=ordered),
        last_order=dated.date.max(where=ordered),
    )
    return sums.mutate(**{name: money(sums[name]) for name in ("sales", "goods_cost", "sales_before")})


def orders(lines: ir.Table, window: Window) -> ir.Table:
    """account, orders: the documents of the window that have a line above zero.

    Distinct first and counted after: a count of distinct values in each group keeps one set per account.
    """
    bought = lines.filter(within(lines.date, window), lines.account.notnull(), lines.amount > 0)
    documents = bought.select("account", "source", "document").distinct()
    return documents.group_by("account").aggregate(orders=documents.count())


def products(lines: ir.Table, window: Window, no_products: ir.Table | None = None) -> ir.Table:
    """account, products: the distinct product codes on lines of the window, returns included.

    The codes of `no_products` (product) are left out: postage, bank charges and the like.
    """
    bought = lines.filter(within(lines.date, window), lines.account.notnull(), lines["product"].notnull())
    pairs = bought.select("account", "product").distinct()
    if no_products is not None:
        pairs = pairs.anti_join(no_products, "product")
    return pairs.group_by("account").aggregate(products=pairs.count())


def months(lines: ir.Table, window: Window) -> ir.Table:
    """account, months_bought: the distinct calendar months with any line of the window."""
    bought = lines.filter(within(lines.date, window), lines.account.notnull())
    month = (bought.date.year().cast("int32") * 12 + bought.date.month()).cast("int32")
    pairs = bought.select("account", month=month).distinct()
    return pairs.group_by("account").aggregate(months_bought=pairs.count())


def breadth(lines: ir.Table, window: Window, no_products: ir.Table | None = None) -> ir.Table:
    """account, months_bought, products, orders: one row per account with a line in the window."""
    in_months, in_orders = months(lines, window), orders(lines, window)
    of_products = products(lines, window, no_products)
    together = (
        in_months.left_join(of_products, "account")
        .drop("account_right")
        .left_join(in_orders, "account")
        .drop("account_right")
    )
    return together.select("account", "months_bought", products=count(together.products), orders=count(together.orders))
