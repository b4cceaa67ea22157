"""An account's Sales: by month, and by product, bought and not bought."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from mainstay.core.periods import months_before
from mainstay.grading.marts.purchases import (
    NOTHING,
    SEPARATOR,
    Assortment,
    Bought,
    Branch,
    NotBought,
    assortment,
    branches,
    not_bought,
)
from mainstay.grading.marts.windows import WindowMonth, window_months
from mainstay.grading.models import Refresh
from mainstay.ledger.selectors import product_names
from mainstay.web.charts import MonthSales, ProductSales, monthly_sales, product_bars
from mainstay.web.pages.account_head import Head

Row = TypeVar("Row", Bought, NotBought)
# Bars that can be read, and rows that are shown before somebody asks for all.
BARS = 10
ROWS = 50


@dataclass(frozen=True)
class MonthRow:
    """A month of the window, and the same month in the window before."""

    month: date
    sales: Decimal
    before: Decimal
    goods_cost: Decimal
    lines: int


@dataclass(frozen=True)
class Sum:
    sales: Decimal
    before: Decimal
    goods_cost: Decimal
    lines: int = 0


@dataclass(frozen=True)
class Tree:
    """Where in the tree of categories the page is (`above`: name and path of each level), and what is bought below."""

    path: str
    above: list[tuple[str, str]]
    branches: list[Branch]
    total: Sum


@dataclass(frozen=True)
class SalesPage:
    """`products` were bought in the window, `lost` only in the window before, `open` by others alike; `charges` are
    codes that are no products.

    Each product stands beside its name, blank where it has none; `assortment` has the counts and sums. `all_told` is
    what products and charges come to together, where there are charges and no category was chosen.
    """

    head: Head
    months: list[MonthRow]
    month_total: Sum
    month_chart: dict[str, Any] | None
    assortment: Assortment | None
    products: list[tuple[Bought, str]]
    product_chart: dict[str, Any] | None
    lost: list[tuple[Bought, str]]
    open: list[tuple[NotBought, str]]
    whole: bool
    costed: bool
    charges: list[tuple[Bought, str]]
    all_told: Sum | None
    tree: Tree | None
    tab: str = "sales"


def sales_page(head: Head, *, whole: bool, category: str = "") -> SalesPage:
    """Every product with `whole`, else the first of them; months and products of one category, where it is named."""
    refresh, code = head.refresh, head.account.code
    if refresh is None or head.record is None:
        nothing = Sum(NOTHING, NOTHING, NOTHING)
        return SalesPage(head, [], nothing, None, None, [], None, [], [], whole, False, [], None, None)
    found = window_months(refresh, code, category=category)
    months = month_rows(refresh, found)
    products = assortment(refresh, code, limit=None if whole else ROWS, category=category)
    bought, lost, charges = products.bought.rows, products.lost.rows, products.charges.rows
    others = not_bought(refresh, code, limit=BARS)
    names = product_names([row.product for row in (*bought, *lost, *charges)] + [row.product for row in others])

    def named(rows: Iterable[Row]) -> list[tuple[Row, str]]:
        return [(row, names.get(row.product or "", "")) for row in rows]

    return SalesPage(
        head=head,
        months=months,
        month_total=_total(months),
        month_chart=_month_chart(months, head) if found else None,
        assortment=products,
        products=named(bought),
        product_chart=_product_chart(bought, names, head),
        lost=named(lost),
        open=named(others),
        whole=whole,
        costed=any(month.goods_cost for month in found),
        charges=named(charges),
        all_told=_all_told(products) if charges and not category else None,
        tree=_tree(refresh, code, category),
    )


def _all_told(products: Assortment) -> Sum:
    parts = (products.bought, products.lost, products.charges)
    return Sum(
        sum((part.sales for part in parts), NOTHING), sum((part.sales_before for part in parts), NOTHING), NOTHING
    )


def _tree(refresh: Refresh, code: str, category: str) -> Tree | None:
    """None where nothing the account bought is in a category."""
    found = branches(refresh, code, category=category)
    if not category and all(branch.path is None for branch in found):
        return None
    names = category.split(SEPARATOR) if category else []
    above = [(name, SEPARATOR.join(names[: depth + 1])) for depth, name in enumerate(names)]
    sales = sum((branch.sales for branch in found), NOTHING)
    before = sum((branch.sales_before for branch in found), NOTHING)
    total = Sum(sales, before, NOTHING)
    return Tree(category, above, found, total)


def month_rows(refresh: Refresh, found: Sequence[WindowMonth]) -> list[MonthRow]:
    """Every month of the window, those without sales too. The window begins and ends within months."""
    now = {row.month: row for row in found if not row.before}
    earlier = {row.month: row for row in found if row.before}
    last = refresh.as_of.replace(day=1)
    rows = []
    for back in range(refresh.months, -1, -1):
        month = months_before(last, back)
        row, old = now.get(month), earlier.get(months_before(month, refresh.months))
        if back == refresh.months and row is None and old is None:
            continue
        rows.append(
            MonthRow(
                month=month,
                sales=row.sales if row else NOTHING,
                before=old.sales if old else NOTHING,
                goods_cost=row.goods_cost if row else NOTHING,
                lines=row.lines if row else 0,
            )
        )
    return rows


def _total(rows: Sequence[MonthRow]) -> Sum:
    return Sum(
        sum((row.sales for row in rows), NOTHING),
        sum((row.before for row in rows), NOTHING),
        sum((row.goods_cost for row in rows), NOTHING),
        sum(row.lines for row in rows),
    )


def _month_chart(rows: Sequence[MonthRow], head: Head) -> dict[str, Any]:
    months = [MonthSales(row.month, row.sales, row.before) for row in rows]
    return monthly_sales(months, currency=head.currency, description=_("Sales by month"))


def _product_chart(products: Sequence[Bought], names: Mapping[str, str], head: Head) -> dict[str, Any] | None:
    told = [_told(row.product, names) for row in products[:BARS]]
    # Bars of one name would fall together.
    unique = [
        name if told.count(name) == 1 else f"{name} ({products[place].product})" for place, name in enumerate(told)
    ]
    shown = [ProductSales(name, row.sales) for name, row in zip(unique, products, strict=False)]
    return product_bars(shown, currency=head.currency, description=_("Sales by product")) if shown else None


def _told(product: str | None, names: Mapping[str, str]) -> str:
    return _("No product named") if product is None else names.get(product, product)
