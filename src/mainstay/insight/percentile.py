"""Where a value stands among others, 0 to 100.

Among n: 100 × (number below + half of the other equals) ÷ (n − 1), 100 when n = 1. A value from outside the n is
placed the same way, all its equals counting as others, and clipped to 0-100. Null when n = 0.
"""

from collections.abc import Sequence
from typing import cast

import ibis
import ibis.expr.types as ir


def places(table: ir.Table, value: str, member: str) -> ir.Table:
    """Where each distinct value of `table` stands among the values of the rows where `member` holds.

    Columns: the value, `inside`, `outside` DOUBLE. A null value has no place. Counted on distinct values, which are
    far fewer than the rows for months, products and contacts.
    """
    known = table.filter(table[value].notnull()).select(value, member)
    counts = known.group_by(value).aggregate(same=known.count(where=known[member]).cast("int64"))
    up_to = ibis.window(order_by=counts[value], preceding=None, following=0)
    counted = counts.mutate(
        below=counts.same.sum().over(up_to).cast("int64") - counts.same,
        members=counts.same.sum().over(ibis.window()).cast("int64"),
    )
    # What is below counts as two halves, an equal one as one. Clipped before they are divided: whole numbers are never
    # null, and what a clipped quotient makes of SQL is seven times as long.
    halves = 2 * counted.below + counted.same
    return counted.select(
        value,
        inside=_of_others(ibis.greatest(halves - 1, 0), counted.members),
        outside=_of_others(ibis.least(halves, 2 * (counted.members - 1)), counted.members),
    )


def _of_others(halves: ir.IntegerValue, members: ir.IntegerValue) -> ir.FloatingValue:
    """100 × halves ÷ 2 ÷ (members − 1)."""
    others = (members > 1).ifelse(members - 1, ibis.null("int64")).cast("float64")
    share = halves.cast("float64") * 50.0 / others
    return cast(ir.FloatingValue, (members == 1).ifelse(100.0, share))


def placed(table: ir.Table, values: Sequence[str], member: str) -> ir.Table:
    """`table` with `<value>_percentile` DOUBLE for each of `values`.

    A row where `member` holds is placed as one of the members, another one from outside. `table` is read once more
    for every value: give one that is computed already.
    """
    joined = table
    for number, value in enumerate(values):
        place = places(table, value, member).rename(f"{{name}}_{number}")
        joined = joined.left_join(place, [(value, f"{value}_{number}")])
    percentiles = {
        f"{value}_percentile": joined[member].ifelse(joined[f"inside_{number}"], joined[f"outside_{number}"])
        for number, value in enumerate(values)
    }
    return joined.select(*table.columns, **percentiles)
