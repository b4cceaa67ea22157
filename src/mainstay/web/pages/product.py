"""One product: whether it is one, and its category."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mainstay.core.errors import N_, Refused
from mainstay.grading.marts import sold
from mainstay.grading.selectors import current_refresh
from mainstay.ledger.models import Product
from mainstay.ledger.product_marks import Known, marks_of
from mainstay.ledger.products import categories, product_named, rules
from mainstay.ledger.services import product_decide
from mainstay.web.page import render_page
from mainstay.web.pages.imports_receiving import importers_only
from mainstay.web.pages.portfolio import currency_of
from mainstay.web.pages.products import codes_table, why_marked
from mainstay.web.typed import attempt, typed, typed_whole, who

CHOICES: dict[str, bool | None] = {"": None, "product": False, "charge": True}


@dataclass(frozen=True)
class ProductPage:
    """`why`: why the code is no product; `otherwise`: what it would be if nobody had decided."""

    product: Product
    total: sold.Total
    currency: str
    why: str
    otherwise: str
    held: str
    category: str
    categories: list[tuple[str, str]]
    wrong: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@importers_only
def product(request: HttpRequest, pk: int) -> HttpResponse:
    found = product_named(pk)
    if request.method != "POST":
        return render_page(request, "products/product", _page(found))
    status, wrong = attempt(lambda: _decide(request, pk))
    if status == 200:
        messages.success(request, _("Kept. Figures follow with the next refresh."))
        return HttpResponseRedirect(reverse("products"), status=303)
    return render_page(request, "products/product", _page(product_named(pk), wrong), status=status)


def _decide(request: HttpRequest, pk: int) -> None:
    held, category = typed(request, "held"), typed(request, "category")
    if held not in CHOICES:
        raise Refused(N_("Say whether it is a product."))
    product_decide(
        product=pk,
        no_product=CHOICES[held],
        category=typed_whole(category) if category else None,
        revision=typed_whole(typed(request, "revision")),
        by=who(request),
    )


def _page(found: Product, wrong: str = "") -> ProductPage:
    on, refresh = rules(on=True), current_refresh()
    undecided = Known(found.code, found.name, found.no_product)
    now = marks_of([undecided._replace(held=found.held_no_product)], on)
    (total,) = sold.totals(refresh, [codes_table([found.code])])
    return ProductPage(
        product=found,
        total=total,
        currency=currency_of(refresh),
        why=why_marked(now.get(found.code), on),
        otherwise=why_marked(marks_of([undecided], on).get(found.code), on),
        held=next(name for name, value in CHOICES.items() if value is found.held_no_product),
        category=str(found.held_category_id or ""),
        categories=[(str(category.pk), category.path) for category in categories()],
        wrong=wrong,
    )
