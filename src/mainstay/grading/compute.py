"""Every account graded: from lines, costs and what is known of the accounts to the account mart.

Pure: Ibis tables in, Ibis tables out. The caller runs them and holds what is computed once.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import ibis
import ibis.expr.types as ir

from mainstay.core.periods import Window
from mainstay.grading import account_class, attractiveness, letter, potential
from mainstay.grading.scheme import GradingScheme
from mainstay.insight import compute, pareto, percentile, profit, purchases, summary, ties
from mainstay.insight.cost_model import Piece
from mainstay.insight.exact import count, units
from mainstay.insight.modelled import Modelled, charged, computed

Materialise = Callable[[str, ir.Table], ir.Table]


class Sources(NamedTuple):
    """What a refresh grades from: sales lines, cost lines, and one row per known account with what people said.

    `no_products`: the codes (product) of lines that are no products, which count in money and not as products.
    """

    lines: ir.Table
    costs: ir.Table
    accounts: ir.Table
    no_products: ir.Table | None = None


class Costing(NamedTuple):
    """The cost model as it holds in the window, and the work done for accounts (`modelled.EFFORT`)."""

    pieces: Sequence[Piece]
    effort: ir.Table


class Graded(NamedTuple):
    """`accounts`: COLUMNS, one row per account, in no order.

    `summary`: one row of `insight.summary.totals`, `profit.by_kind` and `ties.plain`; `modelled` where a model was on.
    """

    accounts: ir.Table
    summary: ir.Table
    modelled: Modelled | None = None


COLUMNS = (
    "code",
    "active",
    "class",
    "letter",
    "cell",
    "rule",
    "letter_basis",
    "score",
    "attractiveness",
    "potential",
    "potential_amount",
    "potential_basis",
    "volume_percentile",
    "margin_percentile",
    "room_percentile",
    "age_percentile",
    "months_percentile",
    "products_percentile",
    "contacts_percentile",
    "sales",
    "goods_cost",
    "booked_cost",
    "profit",
    "sales_before",
    "sales_change",
    "lines",
    "orders",
    "products",
    "months_bought",
    "contacts",
    "first_order",
    "last_order",
    "days_since_first",
    "bought_before",
    "bought_previous",
    "rank",
    "profit_rank",
    "sales_share",
    "in_core",
    "in_head",
    "in_top20",
    "stated_need",
    "recent_contact",
    "last_contact",
    *profit.KIND_COLUMNS.values(),
    "modelled_cost",
    "profit_after_model",
)
_GRADED = COLUMNS[: COLUMNS.index(next(iter(profit.KIND_COLUMNS.values())))]


def graded(
    sources: Sources,
    window: Window,
    scheme: GradingScheme,
    materialise: Materialise,
    costing: Costing | None = None,
) -> Graded:
    """The account mart and the summary of the company, with what the cost model charges where one is given.

    `materialise(name, table)` computes a table once and returns what stands for it; each name is used once. Lines are
    read five times: by account, by month, by product, by document, and plainly for the check of the sums; months of
    products are a mart of their own.
    """
    bought = materialise("purchases", purchases.by_account(sources.lines, window))
    breadth = materialise("breadth", purchases.breadth(sources.lines, window, sources.no_products))
    booked = materialise("booked", profit.booked(sources.costs, window))
    joined = materialise("figures", compute.joined(sources.accounts, bought, breadth, booked, window))
    ranked = pareto.ranked(joined, core=scheme.core_share, head=scheme.head_share)
    traits = materialise("traits", potential.traits(joined, sources.accounts))
    amounts = potential.amounts(traits, scheme)
    described = materialise("described", _described(ranked, amounts, sources.accounts, window, scheme))
    placed = materialise("placed", percentile.placed(described, [f"{part}_value" for part in PLACED], "active"))
    known = bought.aggregate(costed_lines=count(bought.costed_lines.sum()))
    spent = booked.aggregate(cost_lines=count(booked.cost_lines.sum()))
    scored = _scored(placed.cross_join(letter.telling(described)).cross_join(known).cross_join(spent), scheme)
    mart = account_class.decided(letter.decided(scored, scheme), scheme)
    cells = mart.mutate(cell=mart.letter + mart["class"].cast("string"))
    whole = profit.with_kinds(cells.select(*_GRADED), booked)
    model = _modelled(sources, costing, joined, window, materialise) if costing else None
    costed = charged(whole, model.shares) if model else profit.unmodelled(whole)
    told = summary.totals(bought, booked, joined).cross_join(profit.by_kind(booked))
    plain = ties.plain(sources.lines, sources.costs, window)
    return Graded(costed.select(*COLUMNS), told.cross_join(plain), model)


def _modelled(
    sources: Sources, costing: Costing, joined: ir.Table, window: Window, materialise: Materialise
) -> Modelled:
    """Work for an account that nobody knows stays unallocated, so that none of it is lost."""
    codes, done = joined.select("code"), costing.effort
    effort = done.left_join(codes, done.account == codes.code).select("day", "minutes", account="code")
    return computed(sources.lines, sources.costs, effort, costing.pieces, window, materialise)


PLACED = ("potential", "volume", "margin", "room", *letter.PARTS)


def _described(
    ranked: ir.Table, amounts: ir.Table, accounts: ir.Table, window: Window, scheme: GradingScheme
) -> ir.Table:
    """The figures with what people said and every value that is to be placed, as `<part>_value`."""
    said = accounts.select(
        "code",
        "last_contact",
        stated_need=account_class.stated_need(accounts),
        recent_contact=account_class.recent_contact(accounts, window, scheme),
        assessed_room=attractiveness.assessed_room(accounts.room),
        assessed_score=accounts.score.cast("float64"),
        contacts=accounts.contacts,
    )
    rows = ranked.left_join(said, "code").drop("code_right").left_join(amounts, "code").drop("code_right")
    filled = rows.mutate(
        contacts=count(rows.contacts),
        stated_need=ibis.coalesce(rows.stated_need, False),
        recent_contact=ibis.coalesce(rows.recent_contact, False),
    )
    return filled.mutate(
        potential_value=units(filled.potential_amount),
        volume_value=units(filled.sales),
        margin_value=attractiveness.margin(filled),
        room_value=attractiveness.headroom(filled),
        **letter.measures(filled),
    )


def _scored(rows: ir.Table, scheme: GradingScheme) -> ir.Table:
    """Which parts count, and attractiveness, for active accounts."""
    none = ibis.null("float64")
    cost_known = (rows.costed_lines > 0) | (rows.cost_lines > 0)
    room = ibis.coalesce(rows.assessed_room, rows.room_value_percentile)
    parts = rows.mutate(
        potential=rows.potential_value_percentile,
        volume_percentile=rows.active.ifelse(rows.volume_value_percentile, none),
        margin_percentile=(rows.active & cost_known).ifelse(rows.margin_value_percentile, none),
        room_percentile=rows.active.ifelse(room, none),
        **{
            f"{part}_percentile": rows[f"{part}_telling"].ifelse(rows[f"{part}_value_percentile"], none)
            for part in letter.PARTS
        },
    )
    return parts.mutate(attractiveness=attractiveness.weighted(parts, scheme))
