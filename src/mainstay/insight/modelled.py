"""What a cost model charges: activities by what happened, pools by their drivers, to the ten-thousandth.

What the ledger tells of activities, in the days that a model holds for:

- order: a document with a line above zero, on the first day of such a line in the window
- return: a document with a line below zero, likewise; a document may be both
- line: every sales line, returns included
- delivery: a day on which a document has a line above zero: what comes in two parts on two days is two deliveries
- visit minute: the minutes of a table of effort (EFFORT)

Shares of a pool are rounded down the list of codes: each account gets the rounded sum up to it less the rounded sum
before it, so that all shares together are the pool. Lines without an account take their share too; it stays
unallocated, as does a pool that nothing drives. Sales drive where they are above zero.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, cast

import ibis
import ibis.expr.types as ir

from mainstay.core.money import to_units
from mainstay.core.periods import Window
from mainstay.insight.cost_model import ACTIVITIES, Piece, Pool
from mainstay.insight.exact import MONEY, UNITS, money, units
from mainstay.insight.profit import KINDS, OTHER
from mainstay.insight.window import within

# Work done for an account on a day. The rows come from where visits are booked.
EFFORT = ibis.schema({"account": "string", "day": "date", "minutes": "int64"})
POOL = "pool"
# The column of `drivers` that each activity is counted by.
COUNTED = {
    "order": "orders",
    "line": "lines",
    "return": "returns",
    "delivery": "deliveries",
    "visit_minute": "minutes",
}
_COUNTS = tuple(COUNTED.values())
_WHOLE = "decimal(18, 0)"

Materialise = Callable[[str, ir.Table], ir.Table]


@dataclass(frozen=True)
class Part:
    """One activity or pool of one piece; `place` numbers the parts of a window from 0."""

    place: int
    piece: int
    activity: str
    rate: Decimal | None = None
    pool: Pool | None = None


class Modelled(NamedTuple):
    """`shares`: account (null: unallocated), place, quantity, cost DECIMAL(38, 4); `pools`: one row, see `amounts`."""

    parts: list[Part]
    shares: ir.Table
    pools: ir.Table


def parts_of(pieces: Sequence[Piece]) -> list[Part]:
    """Every part that costs something, piece by piece: activities in their order, then pools."""
    found: list[Part] = []
    for number, piece in enumerate(pieces):
        for activity in ACTIVITIES:
            if rate := piece.model.rate(activity):
                found.append(Part(len(found), number, activity, rate=rate))
        for pool in piece.model.pools:
            found.append(Part(len(found), number, POOL, pool=pool))
    return found


def computed(
    lines: ir.Table,
    costs: ir.Table,
    effort: ir.Table,
    pieces: Sequence[Piece],
    window: Window,
    materialise: Materialise,
) -> Modelled:
    """What the model charges in the window; lines are read once. `effort` has the columns of EFFORT."""
    parts = parts_of(pieces)
    days = materialise("model_days", document_days(lines, window))
    driven = materialise("model_drivers", drivers(days, effort, pieces, window))
    pools = materialise("model_pools", amounts(costs, pieces, parts))
    shares = materialise("model_shares", _shares(driven, pools, parts))
    return Modelled(parts, shares, pools)


def document_days(lines: ir.Table, window: Window) -> ir.Table:
    """One row per account, document and day in the window: its lines, those above and below zero, its sales."""
    now = lines.filter(within(lines.date, window))
    return now.group_by("account", "source", "document", "date").aggregate(
        lines=now.count(),
        above=now.count(where=now.amount > 0),
        below=now.count(where=now.amount < 0),
        sales=money(now.amount.sum()),
    )


def drivers(days: ir.Table, effort: ir.Table, pieces: Sequence[Piece], window: Window) -> ir.Table:
    """One row per account (null: unattributed) and piece: orders, lines, returns, deliveries, minutes, sales."""
    ordered, returned = (
        days.filter(days[side] > 0).group_by("account", "source", "document").aggregate(date=days.date.min())
        for side in ("above", "below")
    )
    visits = effort.filter(within(effort.day, window))
    counted = ibis.union(
        _told(days, pieces, days.date, lines=days.lines, deliveries=(days.above > 0).ifelse(1, 0), sales=days.sales),
        _told(ordered, pieces, ordered.date, orders=ibis.literal(1, "int64")),
        _told(returned, pieces, returned.date, returns=ibis.literal(1, "int64")),
        _told(visits, pieces, visits.day, minutes=visits.minutes),
    )
    known = counted.filter(counted.piece.notnull())
    return known.group_by("account", "piece").aggregate(
        **{name: known[name].sum().cast("int64") for name in _COUNTS}, sales=money(known.sales.sum())
    )


def _told(table: ir.Table, pieces: Sequence[Piece], day: ir.DateValue, **given: ir.Value) -> ir.Table:
    """account, piece (null where none holds), every count as given, 0 where it is not, and sales."""
    held = [((day >= piece.first) & (day <= piece.last), number) for number, piece in enumerate(pieces)]
    piece = ibis.cases(*held, else_=ibis.null("int64")) if held else ibis.null("int64")
    nothing = ibis.literal(0, "int64")
    return table.select(
        "account",
        piece=piece.cast("int64"),
        **{name: cast(ir.Value, given.get(name, nothing)).cast("int64") for name in _COUNTS},
        sales=money(given["sales"]) if "sales" in given else ibis.literal(Decimal("0.0000"), type=MONEY),
    )


def amounts(costs: ir.Table, pieces: Sequence[Piece], parts: Sequence[Part]) -> ir.Table:
    """One row: what each pool holds in its piece, in ten-thousandths, as `pool_<place>` BIGINT."""
    overhead = costs.filter(costs.account.isnull())
    sums = {"overhead_lines": overhead.count()}
    fixed = {}
    for part in parts:
        if part.pool is None:
            continue
        piece, name = pieces[part.piece], f"pool_{part.place}"
        if part.pool.amount is None:
            inside = (overhead.date >= piece.first) & (overhead.date <= piece.last)
            sums[name] = units(money(overhead.amount.sum(where=inside & _of_kind(overhead, part.pool.kind))))
        else:
            fixed[name] = ibis.literal(to_units(piece.amount(part.pool)), "int64")
    return cast(ir.Table, overhead.aggregate(**sums).mutate(**fixed))


def _of_kind(costs: ir.Table, kind: str) -> ir.BooleanValue:
    if not kind:
        return cast(ir.BooleanValue, ibis.literal(True))
    if kind != OTHER:
        return cast(ir.BooleanValue, costs.kind == kind)
    named = [name for name in KINDS if name != OTHER]
    return cast(ir.BooleanValue, costs.kind.isnull() | ~costs.kind.isin(named))


def _shares(driven: ir.Table, pools: ir.Table, parts: Sequence[Part]) -> ir.Table:
    found = [table for part in parts for table in _of_part(driven, pools, part)]
    if not found:
        nothing = driven.filter(ibis.literal(False))
        found = [_share(nothing, 0, nothing.lines, nothing.sales)]
    return cast(ir.Table, ibis.union(*found)) if len(found) > 1 else found[0]


def _of_part(driven: ir.Table, pools: ir.Table, part: Part) -> list[ir.Table]:
    here = driven.filter(driven.piece == part.piece)
    if part.pool is None:
        count = here[COUNTED[part.activity]]
        cost = count.cast(_WHOLE) * ibis.literal(part.rate, "decimal(18, 4)")
        return [_share(here, part.place, count, cost).filter(ibis._.quantity > 0)]
    return [_shared(here, pools, part.place, part.pool), _undriven(here, pools, part.place, part.pool)]


def _share(rows: ir.Table, place: int, quantity: ir.Value, cost: ir.Value) -> ir.Table:
    return rows.select("account", place=ibis.literal(place, "int64"), quantity=money(quantity), cost=money(cost))


def _shared(here: ir.Table, pools: ir.Table, place: int, pool: Pool) -> ir.Table:
    """The pool, rounded down the codes; who has nothing that drives it is left out."""
    weighed = _weighed(here, pool)
    rows = weighed.cross_join(pools.select(amount=f"pool_{place}"))
    down_to = ibis.window(order_by=[rows.account.isnull().asc(), rows.account.asc()], preceding=None, following=0)
    placed = rows.mutate(
        up_to=rows.weight.sum().over(down_to).cast("int64"), whole=rows.weight.sum().over(ibis.window()).cast("int64")
    )
    cost = _rounded(placed, placed.up_to) - _rounded(placed, placed.up_to - placed.weight)
    quantity = placed.sales if pool.by == "sales" else placed.weight
    return _share(placed, place, quantity, _from_units(cost))


def _weighed(here: ir.Table, pool: Pool) -> ir.Table:
    weight = units(here.sales) if pool.by == "sales" else here[pool.by]
    rows = here.mutate(weight=weight.cast("int64"))
    return cast(ir.Table, rows.filter(rows.weight > 0))


def _rounded(rows: ir.Table, up_to: ir.IntegerValue) -> ir.IntegerValue:
    """amount × up_to ÷ whole in whole ten-thousandths; the whole amount at the end, whatever the doubles say."""
    part = rows.amount.cast("float64") * (up_to.cast("float64") / rows.whole.cast("float64"))
    return cast(ir.IntegerValue, (up_to == rows.whole).ifelse(rows.amount, (part + 0.5).floor().cast("int64")))


def _from_units(value: ir.IntegerValue) -> ir.DecimalValue:
    """Whole ten-thousandths as money; divided it would be a double."""
    return cast(ir.DecimalValue, value.cast("decimal(22, 4)") * ibis.literal(Decimal(1) / UNITS, "decimal(5, 4)"))


def _undriven(here: ir.Table, pools: ir.Table, place: int, pool: Pool) -> ir.Table:
    """The whole pool, unallocated, where nothing drives it."""
    weighed = _weighed(here, pool)
    rows = weighed.aggregate(driving=weighed.count()).cross_join(pools.select(amount=f"pool_{place}"))
    left = rows.filter((rows.driving == 0) & (rows.amount != 0)).mutate(account=ibis.null("string"))
    return _share(left, place, ibis.literal(0, "int64"), _from_units(left.amount))


def charged(accounts: ir.Table, shares: ir.Table) -> ir.Table:
    """`accounts` (code, profit, …) with modelled_cost and profit_after_model DECIMAL(38, 4)."""
    own = shares.filter(shares.account.notnull())
    sums = own.group_by("account").aggregate(modelled=own.cost.sum())
    joined = accounts.left_join(sums, accounts.code == sums.account).drop("account")
    with_cost = joined.mutate(modelled_cost=money(joined.modelled)).drop("modelled")
    return cast(ir.Table, with_cost.mutate(profit_after_model=money(with_cost.profit - with_cost.modelled_cost)))


def of_parts(shares: ir.Table) -> ir.Table:
    """One row per place that has any: quantity, cost, and of these what is unallocated."""
    nobody = shares.account.isnull()
    return shares.group_by("place").aggregate(
        quantity=money(shares.quantity.sum()),
        cost=money(shares.cost.sum()),
        unallocated=money(shares.cost.sum(where=nobody)),
    )
