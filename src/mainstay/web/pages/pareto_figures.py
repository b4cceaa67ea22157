"""What 80:20 shows of the accounts that somebody may see: shares, curves, groups, and how the profit comes about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from mainstay.accounts.access import visible
from mainstay.grading.marts import accounts as mart
from mainstay.grading.marts.curves import NOTHING, Group, Point, groups, shares, thinned_curve, totals
from mainstay.grading.models import Refresh
from mainstay.people.models import User
from mainstay.web import charts
from mainstay.web.charts import ParetoPoint, Spec, Step, WhalePoint
from mainstay.web.profit_steps import ModelRow, adding_up, company_steps, model_rows

TARGET = 0.8
TOP = 0.2
LISTED = 50
# Rows of a curve's table: enough to read its shape.
ROWS = 20


@dataclass(frozen=True)
class Link:
    name: str
    href: str


@dataclass(frozen=True)
class One:
    """An account on a curve with its own figures."""

    link: Link
    sales: Decimal
    profit: Decimal


@dataclass(frozen=True)
class Known:
    """The accounts that the page names, by code."""

    accounts: dict[str, One]

    def of(self, code: str) -> One:
        return self.accounts.get(code) or One(Link(code, ""), NOTHING, NOTHING)


@dataclass(frozen=True)
class CurveRow:
    """The first `n` accounts together; `account` is the last of them, `share` is of what is added up."""

    n: int
    ratio: float
    account: Link
    amount: Decimal
    share: float | None


@dataclass(frozen=True)
class Listed:
    account: Link
    cell: str
    sales: Decimal
    profit: Decimal


@dataclass(frozen=True)
class GroupList:
    """`more` is how many of the group are not among `members`."""

    key: str
    accounts: int
    sales: Decimal
    profit: Decimal
    members: list[Listed]

    @property
    def more(self) -> int:
        return self.accounts - len(self.members)

    @property
    def more_sales(self) -> Decimal:
        return self.sales - sum((member.sales for member in self.members), NOTHING)

    @property
    def more_profit(self) -> Decimal:
        return self.profit - sum((member.profit for member in self.members), NOTHING)


@dataclass(frozen=True)
class ParetoFigures:
    currency: str
    totals: dict[str, Any]
    shares: dict[str, Any]
    pareto_chart: Spec | None
    pareto_rows: list[CurveRow]
    whale_chart: Spec | None
    whale_rows: list[CurveRow]
    steps: list[Step]
    waterfall: Spec
    kind_steps: list[Step]
    kind_waterfall: Spec
    model: list[ModelRow] | None
    groups: list[GroupList]

    @property
    def first_day(self) -> date:
        return date.fromisoformat(self.totals["window_start"])

    @property
    def apart(self) -> Decimal | None:
        """How far the accounts' figures are from the ledger's; None where that was not checked or is not to be seen."""
        told = self.totals.get("difference")
        return None if told is None else Decimal(told)

    @property
    def reaches(self) -> bool:
        """Does the top fifth bring the four fifths it is held against?"""
        share = self.shares["top20_sales_share"]
        return share is not None and share >= TARGET


def pareto_figures(user: User, refresh: Refresh, codes: pa.Table | None) -> ParetoFigures:
    """Of the accounts of `codes`, those that `user` may see; None: of the whole company."""
    told, sums = shares(refresh, codes), totals(refresh, codes)
    currency = str(sums.get("currency") or settings.MAINSTAY_CURRENCY)
    marks = [told[name] for name in ("top20_accounts", "head_accounts", "peak_accounts") if told[name]]
    by_sales = thinned_curve(refresh, "pareto", codes, keep=marks)
    by_profit = thinned_curve(refresh, "whale", codes, keep=marks)
    found = groups(refresh, codes, limit=LISTED)
    members = [member.code for group in (found.head, found.middle, found.tail) for member in group.members]
    known = known_accounts(user, refresh, {*members, *(point.code for point in (*by_sales, *by_profit) if point.code)})
    steps, by_kind = profit_steps(sums), company_steps(sums)
    return ParetoFigures(
        currency=currency,
        totals=sums,
        shares=told,
        pareto_chart=_pareto_chart(by_sales, known, currency, told["top20_sales_share"]),
        pareto_rows=curve_rows(by_sales, known, marks, "sales"),
        whale_chart=_whale_chart(by_profit, known, currency),
        whale_rows=curve_rows(by_profit, known, marks, "profit"),
        steps=steps,
        waterfall=charts.waterfall(steps, currency=currency, description=_("How the profit comes about")),
        kind_steps=by_kind,
        kind_waterfall=charts.waterfall(by_kind, currency=currency, description=_("The profit by kind of cost")),
        model=None if sums.get("model") is None else model_rows(sums["model"], currency),
        groups=[_listed(key, getattr(found, key), known) for key in ("head", "middle", "tail")],
    )


def known_accounts(user: User, refresh: Refresh, codes: Collection[str]) -> Known:
    """Name, address and figures of accounts by code."""
    listed = pa.table({"code": pa.array(sorted(codes), pa.string())})
    sums = mart.sums_of(refresh, listed)
    names = visible(user).filter(code__in=codes).values_list("code", "name", "pk")
    return Known(
        {code: One(Link(name or code, reverse("accounts-account", args=[pk])), *sums[code]) for code, name, pk in names}
    )


def profit_steps(sums: dict[str, Any]) -> list[Step]:
    """Purchases − purchaser cost − non-purchaser cost = profit, and what overhead leaves of it where there is any."""
    amounts = {name: Decimal(sums[name]) for name in ("sales", "purchaser_cost", "non_purchaser_cost", "profit")}
    steps = [
        Step(_("Purchases"), amounts["sales"]),
        Step(_("Purchaser cost"), -amounts["purchaser_cost"]),
        Step(_("Non-purchaser cost"), -amounts["non_purchaser_cost"]),
        Step(_("Profit"), amounts["profit"], result=True),
    ]
    if sums["overhead"] is None or not Decimal(sums["overhead"]):
        return adding_up(steps)
    after = Step(_("Profit after overhead"), Decimal(sums["profit_after_overhead"]), result=True)
    return adding_up([*steps, Step(_("Overhead"), -Decimal(sums["overhead"])), after])


def curve_rows(points: Sequence[Point], known: Known, marks: Collection[int], measure: str) -> list[CurveRow]:
    """About ROWS points of a curve evenly, with the marked ones and the last."""
    if len(points) < 2:
        return []
    last = points[-1]
    whole = getattr(last, measure)
    step = max(1, len(points) // ROWS)
    chosen = [point for place, point in enumerate(points) if point.n and (place % step == 0 or point.n in marks)]
    if chosen[-1:] != [last]:
        chosen.append(last)
    return [
        CurveRow(
            n=point.n,
            ratio=point.n / last.n,
            account=known.of(point.code).link,
            amount=getattr(point, measure),
            share=float(getattr(point, measure) / whole) if whole > 0 else None,
        )
        for point in chosen
    ]


def _pareto_chart(points: Sequence[Point], known: Known, currency: str, share: float | None) -> Spec | None:
    last = points[-1]
    if last.sales <= 0:
        return None
    drawn = [
        ParetoPoint(one.link.name, point.n / last.n, float(point.sales / last.sales), one.sales, one.link.href)
        for point in points
        if point.n and (one := known.of(point.code))
    ]
    description = _("Pareto curve of sales")
    return charts.pareto_curve(drawn, currency=currency, top=TOP, top_share=share or 0.0, description=description)


def _whale_chart(points: Sequence[Point], known: Known, currency: str) -> Spec | None:
    drawn = [
        WhalePoint(one.link.name, point.n, one.profit, point.profit, one.link.href)
        for point in points
        if point.n and (one := known.of(point.code))
    ]
    return charts.whale_curve(drawn, currency=currency, description=_("Whale curve of profit")) if drawn else None


def _listed(key: str, group: Group, known: Known) -> GroupList:
    members = [Listed(known.of(member.code).link, member.cell, member.sales, member.profit) for member in group.members]
    return GroupList(key, group.accounts, group.sales, group.profit, members)
