"""What was sold of which product: to whom, month by month, and to everybody together."""

import ibis
import ibis.expr.types as ir

from mainstay.core.periods import Window
from mainstay.insight.exact import count, money
from mainstay.insight.window import until, within

THIS_WINDOW, WINDOW_BEFORE, EARLIER = 0, 1, 2


def monthly(lines: ir.Table, window: Window) -> ir.Table:
    """One row per account, month, product and period, over all history up to the as-of date; attributed lines only.

    month: its first day; product: null where the lines name none; period TINYINT: 0 in the window, 1 in the window
    before, 2 earlier, since windows begin and end within months; sales, goods_cost DECIMAL(38, 4),
    quantity DECIMAL(38, 6) null where no line has one, lines BIGINT. In no order.
    """
    sold = lines.filter(until(lines.date, window), lines.account.notnull())
    keyed = sold.select(
        "account",
        "product",
        "amount",
        "cost",
        "quantity",
        month=sold.date.truncate("M"),
        # Ibis takes the numbers for int8 already and the engine for integers: cast there and back.
        period=ibis.cases(
            (within(sold.date, window), THIS_WINDOW),
            (within(sold.date, window.previous), WINDOW_BEFORE),
            else_=EARLIER,
        )
        .cast("int16")
        .cast("int8"),
    )
    sums = keyed.group_by("account", "month", "product", "period").aggregate(
        sales=keyed.amount.sum(),
        goods_cost=keyed.cost.sum(),
        quantity=keyed.quantity.sum(),
        lines=keyed.count(),
    )
    return sums.mutate(sales=money(sums.sales), goods_cost=money(sums.goods_cost))


def sold(months: ir.Table, lines: ir.Table, window: Window) -> ir.Table:
    """One row per product of the window and the one before, and one whose product is null for lines that name none.

    sales, goods_cost in the window, sales_before in the one before, DECIMAL(38, 4); lines BIGINT in the window. Of
    accounts (`months`, as `monthly` gives it) and of the lines that belong to none.
    """
    recent = months.filter(months.period != EARLIER)
    of_accounts = recent.select("product", "period", "sales", "goods_cost", "lines")
    nobody = lines.filter(lines.account.isnull(), within(lines.date, window) | within(lines.date, window.previous))
    keyed = nobody.select(
        "product",
        "amount",
        "cost",
        period=within(nobody.date, window).ifelse(THIS_WINDOW, WINDOW_BEFORE).cast("int16").cast("int8"),
    )
    sums = keyed.group_by("product", "period").aggregate(
        sales=keyed.amount.sum(), goods_cost=keyed.cost.sum(), lines=keyed.count()
    )
    of_nobody = sums.mutate(sales=money(sums.sales), goods_cost=money(sums.goods_cost))
    together = of_accounts.union(of_nobody.select(*of_accounts.columns))
    now, before = together.period == THIS_WINDOW, together.period == WINDOW_BEFORE
    totals = together.group_by("product").aggregate(
        sales=together.sales.sum(where=now),
        goods_cost=together.goods_cost.sum(where=now),
        sales_before=together.sales.sum(where=before),
        lines=together.lines.sum(where=now),
    )
    # Ibis takes the sum for int64 already, and DuckDB for HUGEINT, which Parquet keeps as DOUBLE: cast there and back.
    lines = count(totals.lines.cast("decimal(38, 0)"))
    return totals.mutate(**{name: money(totals[name]) for name in ("sales", "goods_cost", "sales_before")}, lines=lines)
