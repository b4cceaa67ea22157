"""Potential 潜力: what an account could buy from us in a year, and how far up that stands among active accounts."""

from typing import cast

import ibis
import ibis.expr.types as ir

from mainstay.grading.scheme import GradingScheme
from mainstay.insight.exact import MONEY, units

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
    joined = rows.cross_join(active.aggregate(quartile_0=_quartile(active, scheme)))
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
    """Every group with enough accounts: the first `depth` traits and `quartile` DECIMAL(38, 4), each `…_<depth>`."""
    keys = {f"{name}_{depth}": active[name] for name in ALIKE[:depth]}
    groups = active.group_by(**keys).aggregate(
        accounts=active.count(), **{f"quartile_{depth}": _quartile(active, scheme)}
    )
    return groups.filter(groups.accounts >= scheme.alike_accounts).drop("accounts")


def _quartile(active: ir.Table, scheme: GradingScheme) -> ir.DecimalValue:
    """By linear interpolation, rounded to four decimals, half away from zero.

    Over whole ten-thousandths as doubles, which hold them exactly up to 900 thousand million; decimals the engines
    round as they like.
    """
    found = units(active.sales).cast("float64").quantile(scheme.alike_quantile)
    whole = (found.abs() + 0.5).floor() * found.sign()
    return cast(ir.DecimalValue, (whole.cast("int64").cast("decimal(38, 4)") / 10_000).cast(MONEY))
