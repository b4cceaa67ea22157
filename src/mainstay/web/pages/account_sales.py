"""An account's Sales: by month, and by product, bought and not bought."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from mainstay.core.periods import months_before
from mainstay.grading.marts.purchases import NOTHING, Bought, NotBought, bought, not_bought
from mainstay.grading.marts.windows import WindowMonth, window_months
from mainstay.grading.models import Refresh
from mainstay.web.charts import MonthSales, ProductSales, monthly_sales, product_bars
from mainstay.web.pages.account_head import Head

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

    @property
    def margin(self) -> Decimal:
        return self.sales - self.goods_cost


@dataclass(frozen=True)
class SalesPage:
    """`products` were bought in the window, `lost` only in the window before, `open` by others alike."""

    head: Head
    months: list[MonthRow]
    month_total: Sum
    month_chart: dict[str, Any] | None
    products: list[Bought]
    product_count: int
    product_total: Sum
    product_chart: dict[str, Any] | None
    lost: list[Bought]
    lost_count: int
    lost_total: Decimal
    open: list[NotBought]
    whole: bool
    costed: bool
    tab: str = "sales"


def sales_page(head: Head, *, whole: bool) -> SalesPage:
    """Every product with `whole`, else the first of them."""
    refresh, code = head.refresh, head.account.code
    if refresh is None or head.record is None:
        nothing = Sum(NOTHING, NOTHING, NOTHING)
        return SalesPage(head, [], nothing, None, [], 0, nothing, None, [], 0, NOTHING, [], whole, False)
    found = window_months(refresh, code)
    months = month_rows(refresh, found)
    every = bought(refresh, code)
    products = [product for product in every if in_window(product)]
    lost = sorted(
        (product for product in every if not in_window(product)), key=lambda row: (-row.sales_before, row.product or "")
    )
    limit = None if whole else ROWS
    return SalesPage(
        head=head,
        months=months,
        month_total=_total(months),
        month_chart=_month_chart(months, head) if found else None,
        products=products[:limit],
        product_count=len(products),
        product_total=Sum(
            sum((row.sales for row in products), NOTHING),
            sum((row.sales_before for row in products), NOTHING),
            sum((row.sales - row.profit for row in products), NOTHING),
        ),
        product_chart=_product_chart(products, head),
        lost=lost[:limit],
        lost_count=len(lost),
        lost_total=sum((row.sales_before for row in lost), NOTHING),
        open=not_bought(refresh, code, limit=BARS),
        whole=whole,
        costed=any(month.goods_cost for month in found),
    )


def in_window(product: Bought) -> bool:
    return product.quantity is not None or bool(product.sales) or bool(product.profit)


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


def _product_chart(products: Sequence[Bought], head: Head) -> dict[str, Any] | None:
    shown = [ProductSales(row.product or _("No product named"), row.sales) for row in products[:BARS]]
    return product_bars(shown, currency=head.currency, description=_("Sales by product")) if shown else None
