"""80:20: ranks, the core and the head, how concentrated sales are, and the curves.

All over the active accounts of the table that is given: the whole company's, or those one person may see.
Ranked by sales (for the whale curve by profit), largest first, ties by code, byte by byte.
"""

from decimal import Decimal
from typing import cast

import ibis
import ibis.expr.types as ir

from mainstay.insight.exact import MONEY, UNITS, money, ratio, units

CORE = Decimal("0.5")
HEAD = Decimal("0.8")


def ranked(figures: ir.Table, *, core: Decimal = CORE, head: Decimal = HEAD) -> ir.Table:
    """`figures` (code, active, sales, profit, …) with the place of each account among the active ones.

    rank, profit_rank BIGINT from 1, sales_share DOUBLE (null where all sales together are not positive); in_core,
    in_head: in the smallest set, largest first, that reaches `core`, `head` of all sales (empty where those are not
    positive); in_top20. For accounts that are not active null and false.
    """
    standing = positions(figures, core=core, head=head).select(
        "code", "rank", "profit_rank", "sales_share", "in_core", "in_head", "in_top20"
    )
    joined = figures.left_join(standing, "code").drop("code_right")
    return joined.mutate(**{name: ibis.coalesce(joined[name], False) for name in ("in_core", "in_head", "in_top20")})


def positions(figures: ir.Table, *, core: Decimal = CORE, head: Decimal = HEAD) -> ir.Table:
    """The active accounts alone: code, sales, profit, their ranks and `sales_up_to`, the sum of sales down to each."""
    active = figures.filter(figures.active).select("code", "sales", "profit")
    by_sales = ibis.window(order_by=[active.sales.desc(), active.code.asc()], preceding=None, following=0)
    by_profit = ibis.window(order_by=[active.profit.desc(), active.code.asc()])
    whole = ibis.window()
    rows = active.mutate(
        rank=_from_one(ibis.row_number().over(by_sales)),
        profit_rank=_from_one(ibis.row_number().over(by_profit)),
        sales_up_to=active.sales.sum().over(by_sales).cast(MONEY),
        all_sales=active.sales.sum().over(whole).cast(MONEY),
        accounts=active.count().over(whole),
    )
    return rows.mutate(
        sales_share=ratio(rows.sales, rows.all_sales),
        in_core=_reaches(rows, core),
        in_head=_reaches(rows, head),
        # ceil(0.2 n) accounts, in whole numbers
        in_top20=5 * (rows["rank"] - 1) < rows.accounts,
    )


def _from_one(row_number: ir.IntegerValue) -> ir.IntegerValue:
    return cast(ir.IntegerValue, (row_number + 1).cast("int64"))


def _reaches(rows: ir.Table, share: Decimal) -> ir.BooleanValue:
    """Before this account, the larger ones had not yet reached `share` (of four decimals) of all sales."""
    before = rows.sales_up_to - rows.sales
    return cast(ir.BooleanValue, (rows.all_sales > 0) & (before * UNITS < rows.all_sales * int(share * UNITS)))


def pareto_curve(figures: ir.Table) -> ir.Table:
    """n from 1, code, sales and profit DECIMAL(38, 4) summed down to it: the active accounts by sales."""
    return _curve(figures, "sales")


def whale_curve(figures: ir.Table) -> ir.Table:
    """n from 1, code, sales and profit DECIMAL(38, 4) summed down to it: the active accounts by profit."""
    return _curve(figures, "profit")


def _curve(figures: ir.Table, measure: str) -> ir.Table:
    active = figures.filter(figures.active).select("code", "sales", "profit")
    down_to = ibis.window(order_by=[active[measure].desc(), active.code.asc()], preceding=None, following=0)
    return active.select(
        "code",
        n=_from_one(ibis.row_number().over(down_to)),
        sales=active.sales.sum().over(down_to).cast(MONEY),
        profit=active.profit.sum().over(down_to).cast(MONEY),
    )


def summary(figures: ir.Table, *, head: Decimal = HEAD) -> ir.Table:
    """One row: the figures of `show pareto` without its curve.

    active, top20_accounts, head_accounts, unprofitable_accounts (profit ≤ 0), peak_accounts BIGINT; top20_sales_share,
    top20_profit_share, head_share (of the active accounts), gini, hhi DOUBLE or null; peak_profit DECIMAL(38, 4).
    """
    rows = positions(figures, head=head)
    sums = _sums(rows)
    return sums.cross_join(_peak(figures)).select(
        "active",
        "top20_accounts",
        "head_accounts",
        "unprofitable_accounts",
        "peak_profit",
        "peak_accounts",
        top20_sales_share=ratio(sums.top20_sales, sums.sales),
        top20_profit_share=ratio(sums.top20_profit, sums.profit),
        head_share=_of(sums.head_accounts, sums.active),
        gini=_gini(sums),
        hhi=_hhi(sums),
    )


def _sums(rows: ir.Table) -> ir.Table:
    ascending = rows.accounts + 1 - rows["rank"]
    sums = rows.aggregate(
        active=rows.count(),
        sales=rows.sales.sum(),
        profit=rows.profit.sum(),
        top20_accounts=rows.count(where=rows.in_top20),
        top20_sales=rows.sales.sum(where=rows.in_top20),
        top20_profit=rows.profit.sum(where=rows.in_top20),
        head_accounts=rows.count(where=rows.in_head),
        unprofitable_accounts=rows.count(where=rows.profit <= 0),
        least_sales=rows.sales.min(),
        weighted_sales=(rows.sales * ascending).sum(),
        squared_sales=(units(rows.sales).cast("decimal(38, 0)") * units(rows.sales)).sum(),
    )
    return sums.mutate(
        **{name: money(sums[name]) for name in ("sales", "profit", "top20_sales", "top20_profit", "weighted_sales")}
    )


def _of(part: ir.IntegerValue, whole: ir.IntegerValue) -> ir.FloatingValue:
    return cast(ir.FloatingValue, part.cast("float64") / whole.nullif(0).cast("float64"))


def _gini(sums: ir.Table) -> ir.FloatingValue:
    """The population formula (2 Σ i·x − (n + 1) Σ x) ÷ (n Σ x), x ascending; null with a negative x."""
    above = 2 * sums.weighted_sales - (sums.active + 1) * sums.sales
    defined = (sums.sales > 0) & (sums.least_sales >= 0)
    return cast(ir.FloatingValue, defined.ifelse(_quotient(above, sums.active * sums.sales), ibis.null("float64")))


def _hhi(sums: ir.Table) -> ir.FloatingValue:
    """Herfindahl and Hirschman's index: the sum of the squared shares."""
    whole = units(sums.sales).cast("float64")
    squares = sums.squared_sales.cast("float64") / (whole * whole)
    return cast(ir.FloatingValue, (sums.sales > 0).ifelse(squares, ibis.null("float64")))


def _quotient(part: ir.Value, whole: ir.Value) -> ir.Value:
    return part.cast("float64") / whole.cast("float64").nullif(0.0)


def _peak(figures: ir.Table) -> ir.Table:
    """peak_profit, peak_accounts: the first top of the whale curve, which begins with no account and no profit.

    In order of profit the curve climbs exactly while an account has any.
    """
    gaining = figures.active & (figures.profit > 0)
    peak = figures.aggregate(peak_profit=figures.profit.sum(where=gaining), peak_accounts=figures.count(where=gaining))
    return peak.mutate(peak_profit=money(peak.peak_profit))
