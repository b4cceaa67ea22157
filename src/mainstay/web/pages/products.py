"""The page Data, Products: what was sold of each, its category, and which codes are no products."""

import base64
import binascii
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mainstay.core.errors import N_, Refused
from mainstay.core.money import plain
from mainstay.grading.marts import sold
from mainstay.grading.models import Refresh
from mainstay.grading.selectors import current_refresh
from mainstay.ledger.models import Product, ProductCategory, ProductRule
from mainstay.ledger.product_marks import HELD, STATED, Known, Mark, Marks, marks_of
from mainstay.ledger.product_suggestions import SUGGESTIONS, suggested
from mainstay.ledger.products import categories, known_products, rules
from mainstay.ledger.services import rule_add
from mainstay.nightly.freshness import is_stale
from mainstay.web.asked import LONGEST, Asked, asked_of, with_address
from mainstay.web.page import render_page
from mainstay.web.pages.imports_receiving import importers_only
from mainstay.web.pages.portfolio import currency_of
from mainstay.web.typed import attempt, typed, typed_whole, who

SHOWN = 50
FILTERS = ("q", "category", "marked")
NO_CATEGORY = "none"


@dataclass(frozen=True)
class ProductRow:
    """`why`: why the code is no product, blank where it is one."""

    pk: int
    code: str
    name: str
    category: str
    sales: Decimal
    sales_before: Decimal
    why: str


@dataclass(frozen=True)
class SuggestionRow:
    """What one click would mark. `number` is its place in the table of suggestions."""

    number: int
    what: str
    rule: str
    codes: list[str]
    more: int
    sales: Decimal


@dataclass(frozen=True)
class ProductsPage:
    """`listed`: the products that the filters leave, `marked`: all codes that are no products, `unnamed`: lines that
    name no product. With the products these make up all sales of the window."""

    asked: Asked
    rows: list[ProductRow]
    listed: sold.Total
    marked: sold.Total
    unnamed: sold.Sold
    suggestions: list[SuggestionRow]
    categories: list[tuple[str, str]]
    order: str
    next: str
    first: str
    currency: str
    refresh: Refresh | None
    stale: bool
    filtered: bool
    any: bool
    tab: str = "products"


@require_safe
@importers_only
def products(request: HttpRequest) -> HttpResponse:
    asked = asked_of(request, *FILTERS, "order", "after")
    path = reverse("products")
    page = _page(asked, path)
    return with_address(request, render_page(request, "products", page), asked.address(path))


@require_POST
@importers_only
def suggestion(request: HttpRequest) -> HttpResponse:
    """Have a suggestion be a rule that is on."""
    place = typed_whole(typed(request, "suggestion"))
    if place >= len(SUGGESTIONS):
        raise Refused(N_("There is no such suggestion."))
    chosen = SUGGESTIONS[place]
    note = chosen.what.in_language(get_language() or "en")
    status, wrong = attempt(
        lambda: rule_add(
            about=chosen.about, way=chosen.way, pattern=chosen.pattern, note=note, on=True, by=who(request)
        )
    )
    if status == 200:
        messages.success(request, _("Marked. Figures follow with the next refresh."))
    else:
        messages.error(request, wrong)
    return HttpResponseRedirect(reverse("products"), status=303)


def _page(asked: Asked, path: str) -> ProductsPage:
    refresh, on = current_refresh(), rules(on=True)
    everything = known_products()
    marks = marks_of(everything, on)
    order = asked["order"] or ("-sales" if refresh else "code")
    if order not in ("-sales", "code"):
        raise Refused(N_("Products are sorted by: -sales, code."))
    codes = _codes(asked, everything, marks)
    page = sold.page(
        refresh, codes_table(codes), by_sales=order == "-sales", after=_decoded(asked["after"]), size=SHOWN + 1
    )
    listed, marked = sold.totals(refresh, [codes_table(codes), codes_table(marks.by_code)])
    return ProductsPage(
        asked=asked,
        rows=_rows(page[:SHOWN], marks, on),
        listed=listed,
        marked=marked,
        unnamed=sold.unnamed(refresh),
        suggestions=_suggestions(refresh, everything, marks),
        categories=[(NO_CATEGORY, _("In no category")), *((str(c.pk), c.path) for c in categories())],
        order=order,
        next=asked.address(path, after=_encoded(page[SHOWN - 1])) if len(page) > SHOWN else "",
        first=asked.without("after").address(path) if asked["after"] else "",
        currency=currency_of(refresh),
        refresh=refresh,
        stale=is_stale(refresh),
        filtered=any(asked[name] for name in FILTERS),
        any=bool(everything),
    )


def codes_table(codes: Iterable[str]) -> pa.Table:
    """The codes as a column, to be joined with marts."""
    return pa.table({"code": pa.array(list(codes), pa.string())})


def _codes(asked: Asked, everything: Sequence[Known], marks: Marks) -> list[str]:
    """The products that the filters leave. Raises Refused for a filter it does not know."""
    found = [product.code for product in everything]
    if asked["q"] or asked["category"]:
        found = list(_filtered(asked).order_by().values_list("code", flat=True))
    if asked["marked"]:
        if asked["marked"] not in ("yes", "no"):
            raise Refused(N_("A code is marked as no product, “yes” or “no”."))
        found = [code for code in found if (code in marks) == (asked["marked"] == "yes")]
    return found


def _filtered(asked: Asked) -> QuerySet[Product]:
    found = Product.objects.all()
    text, category = asked["q"].strip(), asked["category"]
    if len(text) > LONGEST:
        raise Refused(N_("“%(name)s” may have %(most)s characters at most."), name="q", most=LONGEST)
    if text:
        found = found.filter(Q(code__icontains=text) | Q(name__icontains=text))
    if category == NO_CATEGORY:
        found = found.filter(category__isnull=True, held_category__isnull=True)
    elif category:
        chosen = ProductCategory.objects.filter(pk=typed_whole(category)).first()
        if chosen is None:
            raise Refused(N_("There is no such category."))
        stated = Q(held_category__isnull=True) & _inside("category", chosen)
        found = found.filter(_inside("held_category", chosen) | stated)
    return found


def _inside(field: str, category: ProductCategory) -> Q:
    below = {f"{field}__path__startswith": category.path + ProductCategory.SEPARATOR}
    return Q(**{field: category}) | Q(**below)


def _rows(found: Sequence[sold.Sold], marks: Marks, on: Sequence[ProductRule]) -> list[ProductRow]:
    by_code = {
        product.code: product
        for product in Product.objects.filter(code__in=[row.product for row in found]).select_related(
            "category", "held_category"
        )
    }
    return [
        ProductRow(
            pk=product.pk,
            code=product.code,
            name=product.name,
            category=str(product.held_category or product.category or ""),
            sales=row.sales,
            sales_before=row.sales_before,
            why=why_marked(marks.get(product.code), on),
        )
        for row in found
        if (product := by_code.get(row.product)) is not None
    ]


def why_marked(mark: Mark | None, on: Sequence[ProductRule]) -> str:
    """Why a code is no product, in the language of the page; blank where it is one."""
    if mark is None:
        return ""
    if mark.basis == HELD:
        return _("by hand")
    return _("by a file") if mark.basis == STATED else str(on[mark.rule or 0])


def _suggestions(refresh: Refresh | None, everything: Sequence[Known], marks: Marks) -> list[SuggestionRow]:
    """Of codes about which nobody has decided."""
    undecided = [p for p in everything if p.held is None and p.stated is None and p.code not in marks]
    found = suggested(undecided)
    sums = sold.totals(refresh, [codes_table(codes) for _suggestion, codes in found])
    return [
        SuggestionRow(
            number=SUGGESTIONS.index(one),
            what=one.what.in_language(get_language() or "en"),
            rule=str(ProductRule(about=one.about, way=one.way, pattern=one.pattern)),
            codes=codes[:5],
            more=max(len(codes) - 5, 0),
            sales=total.sales,
        )
        for (one, codes), total in zip(found, sums, strict=True)
    ]


def _encoded(row: sold.Sold) -> str:
    told = json.dumps([plain(row.sales), row.product], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[Decimal, str] | None:
    if not cursor:
        return None
    try:
        told: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        amount, code = Decimal(told[0]), told[1]
        if not isinstance(code, str) or not amount.is_finite() or abs(amount) >= Decimal(10) ** 30:
            raise ValueError
        return amount, code
    except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, binascii.Error):
        raise Refused(N_("This page of the list is not known. Begin at the first page.")) from None
