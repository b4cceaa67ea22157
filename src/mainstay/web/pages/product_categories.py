"""The tree of product categories: add, rename, move, remove."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mainstay.core.errors import N_, Refused
from mainstay.grading.models import Refresh
from mainstay.grading.selectors import current_refresh
from mainstay.ledger.models import ProductCategory
from mainstay.ledger.products import categories as all_categories
from mainstay.ledger.products import category_named, counted_categories
from mainstay.ledger.services import category_add, category_change, category_remove
from mainstay.nightly.freshness import is_stale
from mainstay.web.page import render_page
from mainstay.web.pages.imports_receiving import importers_only
from mainstay.web.typed import attempt, typed, typed_whole, who


@dataclass(frozen=True)
class CategoryRow:
    pk: int
    name: str
    above: str
    depth: int
    products: int


@dataclass(frozen=True)
class CategoriesPage:
    rows: list[CategoryRow]
    name: str
    parent: str
    wrong: str
    choices: list[tuple[str, str]]
    refresh: Refresh | None
    stale: bool
    tab: str = "categories"


@dataclass(frozen=True)
class CategoryPage:
    """`choices`: the categories that it may stand below."""

    category: ProductCategory
    name: str
    parent: str
    choices: list[tuple[str, str]]
    wrong: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
@importers_only
def categories(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render_page(request, "products/categories", _page())
    status, wrong = attempt(lambda: category_add(name=typed(request, "name"), parent=_parent(request), by=who(request)))
    if status == 200:
        messages.success(request, _("The category is there."))
        return HttpResponseRedirect(reverse("products-categories"), status=303)
    page = _page(request.POST.get("name", "")[:200], request.POST.get("parent", "")[:12], wrong)
    return render_page(request, "products/categories", page, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@importers_only
def category(request: HttpRequest, pk: int) -> HttpResponse:
    found = category_named(pk)
    if request.method != "POST":
        page = _category_page(found, found.name, str(found.parent_id or ""))
        return render_page(request, "products/category", page)
    action = request.POST.get("action", "")
    if action not in ("save", "remove"):
        raise Refused(N_("This page knows no such action."))
    status, wrong = attempt(lambda: _change(request, pk, remove=action == "remove"))
    if status == 200:
        messages.success(request, _("Kept. Figures follow with the next refresh."))
        return HttpResponseRedirect(reverse("products-categories"), status=303)
    typed_name, typed_parent = request.POST.get("name", "")[:200], request.POST.get("parent", "")[:12]
    page = _category_page(category_named(pk), typed_name, typed_parent, wrong)
    return render_page(request, "products/category", page, status=status)


def _change(request: HttpRequest, pk: int, *, remove: bool) -> None:
    revision = typed_whole(typed(request, "revision"))
    if remove:
        category_remove(category=pk, revision=revision, by=who(request))
    else:
        name, parent = typed(request, "name"), _parent(request)
        category_change(category=pk, name=name, parent=parent, revision=revision, by=who(request))


def _parent(request: HttpRequest) -> int | None:
    text = typed(request, "parent")
    return typed_whole(text) if text else None


def _page(name: str = "", parent: str = "", wrong: str = "") -> CategoriesPage:
    refresh, separator = current_refresh(), ProductCategory.SEPARATOR
    rows = [
        CategoryRow(
            pk=found.pk,
            name=found.name,
            above=found.path[: -len(found.name)],
            depth=found.path.count(separator),
            products=found.product_count,  # type: ignore[attr-defined]
        )
        for found in counted_categories()
    ]
    return CategoriesPage(
        rows=rows,
        name=name,
        parent=parent,
        wrong=wrong,
        choices=[(str(row.pk), row.above + row.name) for row in rows],
        refresh=refresh,
        stale=is_stale(refresh),
    )


def _category_page(found: ProductCategory, name: str, parent: str, wrong: str = "") -> CategoryPage:
    below = found.path + ProductCategory.SEPARATOR
    choices = [
        (str(one.pk), one.path) for one in all_categories() if one.pk != found.pk and not one.path.startswith(below)
    ]
    return CategoryPage(found, name, parent, choices, wrong)
