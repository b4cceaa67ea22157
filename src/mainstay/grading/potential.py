"""Potential 潜力: what an account could buy from us in a year, and how far up that stands among active accounts."""

from typing import cast

import ibis
import ibis.expr.types as ir

from mainstay.grading.scheme import GradingScheme
from mainstay.insight.exact import MONEY, UNITS, units

# With too few active accounts alike in all three, the last is dropped, then the next, then the first.
ALIKE = ("industry", "size", "country")
ASSESSED, ESTIMATED = "assessed", "estimated"


def traits(figures: ir.Table, accounts: ir.Table) -> ir.Table:
    """code, active, sales of `figures`; assessed (money or null), industry, size, country, blank where not known."""
    said = accounts.select("code", "industry", "size", "country", assessed="potential")
    rows = figures.select("code", "active", "sales").left_join(said, "code")
    return rows.select("code", "active", "sales", "assessed", **{name: _text(rows[name]) for name in ALIKE})


def amounts(rows: ir.Table, scheme: GradingScheme) -> ir.Table:
    """code, potential_amount DECIMAL(38, 4), potential_basis: one row per row of `traits`, which is read often.

    Assessed where somebody did; else the larger of the account's sales and the upper quartile of the sales of active
    accounts alike. A blank industry, size or country is a value like any other.
    """
    active = rows.filter(rows.active)
    joined = rows.cross_join(_quartiles(active, 0, scheme))
    for depth in range(1, len(ALIKE) + 1):
        pairs = [(name, f"{name}_{depth}") for name in ALIKE[:depth]]
        joined = joined.left_join(_quartiles(active, depth, scheme), pairs)
    quartile = ibis.coalesce(*(joined[f"quartile_{depth}"] for depth in range(len(ALIKE), -1, -1)))
    estimate = ibis.greatest(joined.sales, ibis.coalesce(quartile, joined.sales)).cast(MONEY)
    return joined.select(
        "code",
        potential_amount=ibis.coalesce(joined.assessed.cast(MONEY), estimate),
        potential_basis=joined.assessed.notnull().ifelse(ASSESSED, ESTIMATED),
    )


def _text(value: ir.Value) -> ir.StringValue:
    return cast(ir.StringValue, ibis.coalesce(value.cast("string"), ""))


def _quartiles(active: ir.Table, depth: int, scheme: GradingScheme) -> ir.Table:
    """Every group with enough accounts: the first `depth` traits and `quartile` DECIMAL(38, 4), each `…_<depth>`.

    All active accounts make the group of depth 0, however few they are.

    By linear interpolation between the two accounts around the place asked for, rounded to four decimals, half away
    from zero: over whole ten-thousandths as doubles, which hold them exactly up to 900 thousand million. Not the
    engines' own quantiles: some have none, and on decimals others round as they like.
    """
    keys = {f"{name}_{depth}": active[name] for name in ALIKE[:depth]}
    group = ibis.window(group_by=[active[name] for name in ALIKE[:depth]])
    ordered = ibis.window(group_by=[active[name] for name in ALIKE[:depth]], order_by=active.sales)
    placed = active.select(
        **keys,
        sold=units(active.sales).cast("float64"),
        place=ibis.row_number().over(ordered).cast("float64"),
        accounts=active.count().over(group),
    )
    away = (placed.place - (placed.accounts - 1).cast("float64") * float(scheme.alike_quantile)).abs()
    least = scheme.alike_accounts if depth else 1
    around = placed.mutate(weight=1.0 - away).filter(placed.accounts >= least, away < 1.0)
    quartile = {f"quartile_{depth}": _rounded((around.sold * around.weight).sum())}
    return around.group_by(list(keys)).aggregate(**quartile) if depth else around.aggregate(**quartile)


def _rounded(ten_thousandths: ir.FloatingValue) -> ir.DecimalValue:
    whole = ((ten_thousandths.abs() + 0.5).floor() * ten_thousandths.sign()).cast("int64")
    return cast(ir.DecimalValue, (whole.cast(MONEY) / UNITS).cast(MONEY))
