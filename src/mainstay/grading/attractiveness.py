"""Attractiveness 吸引力: the weighted mean of the percentiles of sales volume, profit margin and room to develop."""

from typing import cast

import ibis
import ibis.expr.types as ir

from mainstay.grading.scheme import ATTRACTIVENESS_PARTS, GradingScheme
from mainstay.insight.exact import ratio, units

NO_MARGIN = float("-inf")


def margin(table: ir.Table) -> ir.FloatingValue:
    """profit ÷ sales; the lowest there is where sales are not positive."""
    return cast(ir.FloatingValue, ibis.coalesce(ratio(table.profit, table.sales), NO_MARGIN))


def headroom(table: ir.Table) -> ir.IntegerValue:
    """potential − sales in ten-thousandths, not below 0."""
    left = units(table.potential_amount) - units(table.sales)
    return cast(ir.IntegerValue, (left > 0).ifelse(left, 0).cast("int64"))


def assessed_room(room: ir.FloatingValue) -> ir.FloatingValue:
    """The team's 1-5 as 0, 25, 50, 75, 100."""
    return cast(ir.FloatingValue, (room - 1.0) * 25.0)


def weighted(table: ir.Table, scheme: GradingScheme) -> ir.FloatingValue:
    """The weighted mean of `<part>_percentile` of `table`; a part that is null is left out, the others reweighted.

    Null where all are null.
    """
    parts = [(table[f"{name}_percentile"], scheme.attractiveness_weights[name]) for name in ATTRACTIVENESS_PARTS]
    return mean(parts)


def mean(parts: list[tuple[ir.FloatingValue, float]]) -> ir.FloatingValue:
    """Of the values that are not null, added up in the order given."""
    total = sum((ibis.coalesce(value * weight, 0.0) for value, weight in parts), ibis.literal(0.0))
    weights = sum((value.notnull().ifelse(float(weight), 0.0) for value, weight in parts), ibis.literal(0.0))
    return cast(ir.FloatingValue, total / weights.nullif(0.0))
