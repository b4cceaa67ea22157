"""What a refresh publishes of the whole company: its marts, and the figures that `mainstay show` tells."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from mainstay.core.money import plain
from mainstay.core.periods import Window
from mainstay.grading.marts.files import writing
from mainstay.grading.models import CELLS, Refresh
from mainstay.grading.scheme import GradingScheme
from mainstay.insight import pareto, products
from mainstay.ledger.fetched import rows

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


def write_marts(backend: Backend, refresh: Refresh, sales: Table, facts: Table, accounts: Table) -> None:
    """Write the marts of `refresh`, by the names of `files.ORDER`; when this returns, the disk holds them."""
    with writing(backend, refresh) as write:
        write("facts", facts)
        write("accounts", accounts)
        write("whale", pareto.whale_curve(accounts))
        write("pareto", pareto.pareto_curve(accounts))
        # Held in memory as a table of its own it took half as long again.
        sold = products.monthly(sales, Window(refresh.as_of, refresh.months))
        # DuckDB gives a timestamp for the first day of a month.
        months = write("months", sold.mutate(month=sold.month.cast("timestamp").date()))
        write("popular", popular(months, facts))


# How many accounts with an industry in common it takes to speak of what they buy, and how many products are kept.
ALIKE = 10
POPULAR = 100


def popular(months: Table, facts: Table) -> Table:
    """What accounts of an industry buy most: industry (null: of all accounts), rank from 1, product.

    Ranked by the number of accounts that bought the product in the window, then by its code.
    """
    bought = months.filter(months.period == products.THIS_WINDOW, months.product.notnull())
    pairs = bought.select("account", "product").distinct()
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
    backend: Backend, totals: Table, accounts: Table, window: Window, scheme: GradingScheme, currency: str
) -> Figures:
    """The figures of the company, of `summary.totals` and the account mart."""
    told = _one(backend, totals) | {
        "as_of": window.as_of.isoformat(),
        "window_start": window.first_day.isoformat(),
        "currency": currency,
    }
    shares = _one(backend, pareto.summary(accounts, head=scheme.head_share))
    return Figures(
        summary={name: told[name] for name in SUMMARY},
        pareto={name: shares[name] for name in PARETO},
        matrix=_matrix(backend, accounts),
    )


def _matrix(backend: Backend, accounts: Table) -> dict[str, Any]:
    sums = accounts.group_by("cell").aggregate(
        accounts=accounts.count(), sales=accounts.sales.sum(), profit=accounts.profit.sum()
    )
    found = {row.pop("cell"): _json(row) for row in rows(backend, sums)}
    nothing = _json({"accounts": 0, "sales": Decimal(0), "profit": Decimal(0)})
    return {cell: found.get(cell, nothing) for cell in CELLS}


def _one(backend: Backend, table: Table) -> dict[str, Any]:
    (row,) = rows(backend, table)
    return _json(row)


def _json(row: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) if isinstance(value, Decimal) else value for name, value in row.items()}
