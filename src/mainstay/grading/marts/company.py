"""What a refresh publishes of the whole company: its marts, and the figures that `mainstay show` tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
from ibis.expr.types import Table

from mainstay.core.money import plain
from mainstay.core.periods import Window
from mainstay.grading.marts import costing
from mainstay.grading.marts.files import writing
from mainstay.grading.models import CELLS, Refresh
from mainstay.grading.scheme import GradingScheme
from mainstay.insight import pareto, ties
from mainstay.insight import products as sold_products
from mainstay.insight.cost_model import Piece
from mainstay.insight.modelled import Modelled
from mainstay.insight.profit import KIND_COLUMNS, KINDS
from mainstay.ledger.computing import Engine

SUMMARY = (
    "as_of",
    "window_start",
    "lines",
    "accounts",
    "active",
    "sales",
    "goods_cost",
    "purchaser_cost",
    "non_purchaser_cost",
    "profit",
    "overhead",
    "profit_after_overhead",
    "unattributed_sales",
    "currency",
    # All cost lines of accounts, whether they bought or not, and the overhead: together and of each kind.
    "booked_cost",
    "costs",
    "overhead_costs",
    "difference",
    *costing.SUMMARY,
)
PARETO = (
    "top20_accounts",
    "top20_sales_share",
    "top20_profit_share",
    "head_accounts",
    "head_share",
    "gini",
    "hhi",
    "unprofitable_accounts",
    "peak_profit",
    "peak_accounts",
)


@dataclass(frozen=True)
class Figures:
    """JSON as command-line.md has it: `show summary`, `show pareto` without its curve, the cells of `show matrix`."""

    summary: dict[str, Any]
    pareto: dict[str, Any]
    matrix: dict[str, Any]


def write_marts(
    backend: Engine,
    refresh: Refresh,
    sales: Table,
    facts: Table,
    accounts: Table,
    *,
    products: Table | None = None,
    modelled: Modelled | None = None,
) -> None:
    """Write the marts of `refresh`, by the names of `files.ORDER`; when this returns, the disk holds them.

    `products`: product, category, marked, of those that have a category or are no products. `modelled`: what a cost
    model costs. Without them there are no such marts, and the others are the same.
    """
    window = Window(refresh.as_of, refresh.months)
    with writing(backend, refresh) as write:
        write("facts", facts)
        write("accounts", accounts)
        write("whale", pareto.whale_curve(accounts))
        write("pareto", pareto.pareto_curve(accounts))
        # Held in memory as a table of its own it took half as long again.
        sold = sold_products.monthly(sales, window)
        # DuckDB gives a timestamp for the first day of a month.
        months = write("months", sold.mutate(month=sold.month.cast("timestamp").date()))
        write("popular", popular(months, facts, products))
        write("sold", sold_products.sold(months, sales, window))
        if products is not None:
            write("products", products)
        if modelled is not None:
            write("model", modelled.shares)


# How many accounts with an industry in common it takes to speak of what they buy, and how many products are kept.
ALIKE = 10
POPULAR = 100


def popular(months: Table, facts: Table, told: Table | None = None) -> Table:
    """What accounts of an industry buy most: industry (null: of all accounts), rank from 1, product.

    Ranked by the number of accounts that bought the product in the window, then by its code; what `told` marks is no
    product.
    """
    bought = months.filter(months.period == sold_products.THIS_WINDOW, months.product.notnull())
    pairs = bought.select("account", "product").distinct()
    if told is not None:
        pairs = pairs.anti_join(told.filter(told.marked), "product")
    known = pairs.join(facts.select("code", "industry"), pairs.account == facts.code)
    by_industry = known.group_by("industry", "product").aggregate(buyers=known.count())
    sizes = known.group_by("industry").aggregate(accounts=known.account.nunique())
    large = by_industry.semi_join(sizes.filter(sizes.accounts >= ALIKE), "industry")
    everybody = by_industry.group_by("product").aggregate(buyers=by_industry.buyers.sum())
    both = large.select("industry", "product", "buyers").union(
        everybody.select(industry=ibis.null("string"), product="product", buyers="buyers")
    )
    place = ibis.row_number().over(group_by=both.industry, order_by=[both.buyers.desc(), both["product"].asc()])
    ranked = both.mutate(rank=(place + 1).cast("int64"))
    return ranked.filter(ranked["rank"] <= POPULAR).select("industry", "rank", "product")


def figures(
    backend: Engine,
    totals: Table,
    accounts: Table,
    window: Window,
    scheme: GradingScheme,
    currency: str,
    *,
    pieces: Sequence[Piece] = (),
    modelled: Modelled | None = None,
) -> Figures:
    """The figures of the company, of the summary of `compute.graded` and the account mart.

    `pieces` and `modelled` are those of the cost model, where one was on.
    """
    (sums,), (held,) = (backend.to_pyarrow(table).to_pylist() for table in (totals, ties.of_accounts(accounts)))
    model = costing.model_told(backend, sums, accounts, pieces, modelled) if modelled else costing.NO_MODEL
    apart = ties.difference(sums, held) + model.difference
    told = _json(sums) | model.told | _booked(sums)
    told |= {
        "as_of": window.as_of.isoformat(),
        "window_start": window.first_day.isoformat(),
        "currency": currency,
        "difference": plain(apart),
    }
    shares = _one(backend, pareto.summary(accounts, head=scheme.head_share))
    return Figures(
        summary={name: told[name] for name in SUMMARY},
        pareto={name: shares[name] for name in PARETO},
        matrix=_matrix(backend, accounts),
    )


def _booked(sums: dict[str, Any]) -> dict[str, Any]:
    of_accounts = {kind: sums[column] for kind, column in KIND_COLUMNS.items()}
    return {
        "booked_cost": plain(sum(of_accounts.values(), Decimal(0))),
        "costs": _json(of_accounts),
        "overhead_costs": _json({kind: sums[f"overhead_{kind}"] for kind in KINDS}),
    }


def _matrix(backend: Engine, accounts: Table) -> dict[str, Any]:
    sums = accounts.group_by("cell").aggregate(
        accounts=accounts.count(), sales=accounts.sales.sum(), profit=accounts.profit.sum()
    )
    found = {row.pop("cell"): _json(row) for row in backend.to_pyarrow(sums).to_pylist()}
    nothing = _json({"accounts": 0, "sales": Decimal(0), "profit": Decimal(0)})
    return {cell: found.get(cell, nothing) for cell in CELLS}


def _one(backend: Engine, table: Table) -> dict[str, Any]:
    (row,) = backend.to_pyarrow(table).to_pylist()
    return _json(row)


def _json(row: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in row.items()}
