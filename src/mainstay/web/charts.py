"""Charts: from plain rows to Vega-Lite specifications.

Colours are names of tokens (`--chart-main`), which the browser replaces by what they are in the theme at hand. Texts
of tooltips are written here, exactly and in the page's language, so that a chart and its table never differ. A row's
`href` is where a click on it leads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import altair as alt
from django.utils.translation import gettext as _

from mainstay.web import figures

MAIN = "--chart-main"
SOFT = "--chart-soft"
LOSS = "--chart-loss"
FILL = "--chart-fill"
INK = "--ink"
QUIET = "--ink-2"
GRID = "--line-strong"

# What a chart draws, beside its notes and lines.
DATA = "rows"
ROWS = alt.NamedData(name=DATA)
# Pixels from one line of a note to the next.
LINE = 14
# Bars that can stand side by side on a phone.
STANDING = 6
# A row says what colour it has.
COLOUR = alt.Color("colour:N", scale=None)

# Altair leaves the types of its methods open.
Layer = Any
Spec = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class ParetoPoint:
    """An account on the curve: with it, `accounts` of all accounts bring `sales_share` of all sales (ratios)."""

    name: str
    accounts: float
    sales_share: float
    sales: Decimal
    href: str = ""


@dataclass(frozen=True)
class WhalePoint:
    """An account on the whale curve: the `rank` most profitable ones together bring `total`."""

    name: str
    rank: int
    profit: Decimal
    total: Decimal
    href: str = ""


@dataclass(frozen=True)
class Step:
    """A bar of the waterfall. `result` bars stand on zero, the others change what stood before.

    `shown` is the amount in cents where all that are shown must add up, as `profit_steps.adding_up` has it.
    """

    label: str
    amount: Decimal
    result: bool = False
    shown: Decimal | None = None

    @property
    def told(self) -> Decimal:
        return self.amount if self.shown is None else self.shown


@dataclass(frozen=True)
class MonthSales:
    """Sales of a month, and of the same month in the window before."""

    month: date
    sales: Decimal
    before: Decimal | None = None
    href: str = ""


@dataclass(frozen=True)
class ProductSales:
    name: str
    sales: Decimal
    href: str = ""


def pareto_curve(
    points: Sequence[ParetoPoint], *, currency: str, top: float, top_share: float, description: str = ""
) -> Spec:
    """Cumulative share of sales over the share of accounts, the largest first; `top` of the accounts is marked."""
    rows = [{"x": 0.0, "y": 0.0, "name": "", "sales": "", "place": "", "share": "", "href": ""}]
    rows += [
        {
            "x": point.accounts,
            "y": point.sales_share,
            "name": point.name,
            "sales": figures.money(point.sales, currency),
            "place": figures.percent(point.accounts),
            "share": figures.percent(point.sales_share),
            "href": point.href,
        }
        for point in points
    ]
    curve = alt.Chart(ROWS).encode(
        x=alt.X("x:Q", title=_("Share of accounts, largest first"), axis=_shares(), scale=alt.Scale(domain=[0, 1])),
        y=alt.Y("y:Q", title=_("Share of sales"), axis=_shares(), scale=alt.Scale(domain=[0, 1])),
    )
    text = _("%(accounts)s of accounts\nbring %(sales)s of sales") % {
        "accounts": figures.percent(top, 0),
        "sales": figures.percent(top_share),
    }
    tips = {"name": _("Account"), "sales": _("Sales"), "place": _("Of accounts"), "share": _("Of sales")}
    layers = [
        curve.mark_area(color=FILL, interpolate="monotone"),
        _even([{"x": 0, "y": 0}, {"x": 1, "y": 1}]),
        curve.mark_line(color=MAIN, strokeWidth=2, interpolate="monotone"),
        _hover(curve),
        *_note(top, top_share, text, right=top < 0.6),
    ]
    return _spec(layers, rows, tips, description)


def whale_curve(points: Sequence[WhalePoint], *, currency: str, description: str = "") -> Spec:
    """Cumulative profit over accounts, the most profitable first; the peak is marked."""
    rows: list[Row] = [{"x": 0, "y": 0.0, "name": "", "profit": "", "total": "", "href": ""}]
    rows += [
        {
            "x": point.rank,
            "y": float(point.total),
            "name": point.name,
            "profit": figures.money(point.profit, currency),
            "total": figures.money(point.total, currency),
            "href": point.href,
        }
        for point in points
    ]
    curve = alt.Chart(ROWS).encode(
        x=alt.X("x:Q", title=_("Accounts, most profitable first"), axis=_counts(), scale=alt.Scale(nice=False)),
        y=alt.Y("y:Q", title=_("Profit, added up"), axis=_amounts(currency), scale=_headroom(rows)),
    )
    tips = {"name": _("Account"), "profit": _("Profit"), "total": _("Added up")}
    layers: list[Layer] = [
        curve.mark_area(color=FILL),
        _zero_line(),
        curve.mark_line(color=MAIN, strokeWidth=2),
        _hover(curve),
    ]
    if points:
        peak = max(points, key=lambda point: (point.total, -point.rank))
        text = _("Peak %(profit)s\nat %(count)s accounts") % {
            "profit": figures.money_compact(peak.total, currency),
            "count": figures.number(peak.rank),
        }
        layers += _note(peak.rank, float(peak.total), text, right=peak.rank < points[-1].rank * 0.6, above=True)
    return _spec(layers, rows, tips, description)


def waterfall(steps: Sequence[Step], *, currency: str, description: str = "") -> Spec:
    """How a profit comes about, step by step, each bar labelled with its amount; many bars lie, or names would meet."""
    rows = _steps(steps, currency)
    if len(steps) > STANDING:
        return _lying_waterfall(rows, currency, description)
    bars = alt.Chart(ROWS).encode(
        x=alt.X(
            "label:N",
            sort=None,
            title=None,
            axis=alt.Axis(labelExpr="split(datum.label, ' ')", labelAngle=0, ticks=False, domain=False),
        ),
        y=alt.Y("from:Q", title=None, axis=_amounts(currency)),
    )
    labels = bars.encode(y="edge:Q", text="text:N")
    layers = [
        _zero_line(),
        bars.mark_bar(width={"band": 0.56}, cornerRadius=2).encode(y2="to:Q", color=COLOUR, tooltip="label:N"),
        labels.mark_text(dy=-9, color=INK, fontWeight=600).transform_filter("!datum.below"),
    ]
    if any(row["below"] for row in rows):
        layers.append(labels.mark_text(dy=10, color=INK, fontWeight=600).transform_filter("datum.below"))
    return _spec(layers, rows, {"label": _("Step"), "exact": _("Amount")}, description)


def _steps(steps: Sequence[Step], currency: str) -> list[Row]:
    rows: list[Row] = []
    level = Decimal(0)
    for step in steps:
        start, end = (Decimal(0), step.amount) if step.result else (level, level + step.amount)
        level = end
        rows.append(
            {
                "label": step.label,
                "from": float(start),
                "to": float(end),
                "edge": float(max(start, end) if max(start, end) >= 0 else min(start, end)),
                "below": max(start, end) < 0,
                "text": figures.money_compact(step.amount),
                "exact": figures.money(step.told, currency),
                "colour": SOFT if step.amount < 0 and not step.result else LOSS if step.amount < 0 else MAIN,
            }
        )
    return rows


def _lying_waterfall(rows: list[Row], currency: str, description: str) -> Spec:
    """The steps from top to bottom, the amounts right of their bars."""
    for row in rows:
        row["edge"] = max(row["from"], row["to"], 0.0)
    ends = [0.0, *(row[end] for row in rows for end in ("from", "to"))]
    # Room for the amounts, on a phone too.
    domain = [min(ends), max(ends) + 0.35 * ((max(ends) - min(ends)) or 1.0)]
    bars = alt.Chart(ROWS).encode(
        x=alt.X("from:Q", title=None, axis=_amounts(currency, few=True), scale=alt.Scale(domain=domain, nice=False)),
        y=alt.Y("label:N", sort=None, title=None, axis=alt.Axis(labelLimit=190, ticks=False, domain=False)),
    )
    zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=GRID).encode(x="zero:Q")
    labels = bars.encode(x="edge:Q", text="text:N")
    layers = [
        zero,
        bars.mark_bar(height={"band": 0.6}, cornerRadius=2).encode(x2="to:Q", color=COLOUR, tooltip="label:N"),
        labels.mark_text(align="left", dx=6, color=INK, fontWeight=600),
    ]
    return _spec(layers, rows, {"label": _("Step"), "exact": _("Amount")}, description)


def monthly_sales(months: Sequence[MonthSales], *, currency: str, description: str = "") -> Spec:
    """Sales by month as bars, each with the same month of the window before as a stroke."""
    rows = [
        {
            "label": figures.month(month.month),
            "sales": float(month.sales),
            "before": float(month.before) if month.before else None,
            "exact": figures.money(month.sales, currency),
            "exact_before": figures.money(month.before, currency),
            "href": month.href,
            "colour": LOSS if month.sales < 0 else MAIN,
        }
        for month in months
    ]
    base = alt.Chart(ROWS).encode(
        x=alt.X("label:N", sort=None, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True, ticks=False)),
    )
    height = alt.Y("sales:Q", title=None, axis=_amounts(currency))
    layers: list[Layer] = [
        _zero_line(),
        base.mark_bar(width={"band": 0.64}, cornerRadiusEnd=2).encode(y=height, color=COLOUR, tooltip="label:N"),
    ]
    if any(row["before"] is not None for row in rows):
        strokes = base.mark_tick(color=INK, thickness=2, width={"band": 0.9})
        layers.append(strokes.encode(y="before:Q"))
    tips = {"label": _("Month"), "exact": _("Sales"), "exact_before": _("The window before")}
    return _spec(layers, rows, tips, description)


def product_bars(products: Sequence[ProductSales], *, currency: str, description: str = "") -> Spec:
    """Sales by product, the largest first, each bar labelled."""
    rows = [
        {
            "name": product.name,
            "sales": float(product.sales),
            "text": figures.money_compact(product.sales, currency),
            "exact": figures.money(product.sales, currency),
            "href": product.href,
            "colour": LOSS if product.sales < 0 else MAIN,
        }
        for product in products
    ]
    ends = [0.0, *(float(product.sales) for product in products)]
    bars = alt.Chart(ROWS).encode(
        # Room for the amounts, on a phone too.
        x=alt.X("sales:Q", title=None, axis=None, scale=alt.Scale(domain=[1.45 * min(ends), 1.45 * max(ends)])),
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=180, ticks=False, domain=False)),
    )
    layers = [
        bars.mark_bar(height={"band": 0.6}, cornerRadiusEnd=2).encode(color=COLOUR, tooltip="name:N"),
        bars.mark_text(align="left", dx=6, color=QUIET).encode(text="text:N"),
    ]
    return _spec(layers, rows, {"name": _("Product"), "exact": _("Sales")}, description)


def _spec(layers: Sequence[Layer], rows: Sequence[Row], tips: dict[str, str], description: str) -> Spec:
    """The chart of these rows as JSON, as wide and high as the box it stands in.

    `tips` are the fields of a tooltip with their titles. The browser reads them from the row itself: Vega's own way
    gives nothing for the nearest point of a curve.
    """
    sized = alt.layer(*layers).properties(
        width="container",
        height="container",
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
        usermeta={"tips": [[field, title] for field, title in tips.items()]},
        **({"description": description} if description else {}),
    )
    spec: Spec = sized.to_dict()
    spec.pop("config", None)
    # Added here, since Altair looks at every row it is given: of a curve, that took most of the time.
    spec.setdefault("datasets", {})[DATA] = rows
    return spec


def _shares() -> alt.Axis:
    return alt.Axis(format=".0%", tickCount=5, grid=True)


def _headroom(rows: Sequence[Row]) -> alt.Scale:
    """A scale from zero or below with room above the highest point for its label."""
    heights = [row["y"] for row in rows]
    return alt.Scale(domain=[min(0.0, *heights), max(heights) * 1.25 or 1.0]) if len(rows) > 1 else alt.Scale()


def _counts() -> alt.Axis:
    return alt.Axis(format=",d", tickCount=8, tickMinStep=1, grid=False)


def _amounts(currency: str, *, few: bool = False) -> alt.Axis:
    """An axis of money, short: $1.5M, in Chinese 150万."""
    if figures.language() == "zh":
        size = (
            "(v >= 1e8 ? format(v / 1e8, ',.2~f') + '亿' : v >= 1e4 ? format(v / 1e4, ',.1~f') + '万' : format(v, ','))"
        )
    else:
        size = (
            "(v >= 1e9 ? format(v / 1e9, ',.2~f') + 'B' : v >= 1e6 ? format(v / 1e6, ',.2~f') + 'M'"
            " : v >= 1e3 ? format(v / 1e3, ',.1~f') + 'K' : format(v, ','))"
        )
    sign = figures.sign_of(currency).replace("\\", "").replace("'", "")
    label = f"(datum.value < 0 ? '{figures.MINUS}' : '') + '{sign}' + {size.replace('v', 'abs(datum.value)')}"
    return alt.Axis(labelExpr=label, tickCount=3 if few else 5)


def _hover(curve: alt.Chart) -> Layer:
    """A point on the curve nearest to the pointer, with its tooltip, and its link where it has one."""
    near = alt.selection_point(nearest=True, on="pointermove", clear="pointerout", encodings=["x"], empty=False)
    shown = curve.transform_filter("datum.name != ''").mark_point(filled=True, size=56, color=MAIN)
    seen = alt.condition(near, alt.value(1), alt.value(0))
    return shown.encode(opacity=seen, tooltip="name:N").add_params(near)


def _note(x: float, y: float, text: str, *, right: bool = True, above: bool = False) -> list[Layer]:
    """A marked point with its words beside it and a hairline to the axis."""
    point = alt.Chart(alt.InlineData(values=[{"x": x, "y": y, "zero": 0, "text": text}])).encode(x="x:Q", y="y:Q")
    side: Row = {"align": "left", "dx": 10} if right else {"align": "right", "dx": -10}
    side |= {"baseline": "bottom", "dy": -6 - LINE * text.count("\n")} if above else {"baseline": "top", "dy": 8}
    return [
        point.mark_rule(color=GRID, strokeDash=[2, 3]).encode(y2="zero:Q"),
        point.mark_point(filled=True, size=64, color=INK, opacity=1),
        point.mark_text(color=INK, fontWeight=600, lineBreak="\n", **side).encode(text="text:N"),
    ]


def _even(rows: list[Row]) -> Layer:
    """The line on which all would be equal."""
    line = alt.Chart(alt.InlineData(values=rows)).encode(x="x:Q", y="y:Q")
    return line.mark_line(color=GRID, strokeWidth=1, strokeDash=[2, 3])


def _zero_line() -> Layer:
    return alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=GRID).encode(y="zero:Q")
