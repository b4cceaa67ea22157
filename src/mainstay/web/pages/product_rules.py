"""The rules that mark codes as no products: what each fits, tried before it is switched on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mainstay.core.errors import N_, Refused
from mainstay.grading.marts import sold
from mainstay.grading.models import Refresh
from mainstay.grading.selectors import current_refresh
from mainstay.ledger.models import ProductRule
from mainstay.ledger.product_marks import Known
from mainstay.ledger.products import known_products, matched, rule_checked, rule_named
from mainstay.ledger.products import rules as all_rules
from mainstay.ledger.services import rule_add, rule_change, rule_remove, rule_switch
from mainstay.nightly.freshness import is_stale
from mainstay.web.page import render_page
from mainstay.web.pages.imports_receiving import importers_only
from mainstay.web.pages.portfolio import currency_of
from mainstay.web.pages.products import codes_table
from mainstay.web.typed import attempt, typed, typed_whole, who

EXAMPLES = 20
FIELDS = ("about", "way", "pattern", "note")


@dataclass(frozen=True)
class Fitting:
    """What a rule fits: how many products, the first of them, and what was sold of all in the window."""

    count: int
    first: list[Known]
    total: sold.Total


@dataclass(frozen=True)
class RuleForm:
    """What was typed, what is wrong with it, and what it would fit."""

    values: dict[str, str] = field(default_factory=dict)
    wrong: str = ""
    fitting: Fitting | None = None


@dataclass(frozen=True)
class RulesPage:
    rows: list[tuple[ProductRule, Fitting]]
    form: RuleForm
    currency: str
    refresh: Refresh | None
    stale: bool
    abouts: list[tuple[str, object]]
    ways: list[tuple[str, object]]
    tab: str = "rules"


@dataclass(frozen=True)
class RulePage:
    rule: ProductRule
    form: RuleForm
    fitting: Fitting
    currency: str
    abouts: list[tuple[str, object]]
    ways: list[tuple[str, object]]


@require_http_methods(["GET", "HEAD", "POST"])
@importers_only
def rules(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render_page(request, "products/rules", _page(RuleForm()))
    action, values = request.POST.get("action", ""), _values(request)
    if action not in ("try", "add"):
        raise Refused(N_("This page knows no such action."))
    if action == "try":
        status, form = _tried(values)
        return render_page(request, "products/rules", _page(form), status=status)
    status, wrong = attempt(lambda: rule_add(**_checked(request), by=who(request)))
    if status == 200:
        messages.success(request, _("The rule is kept, switched off. Switch it on where it fits what you mean."))
        return HttpResponseRedirect(reverse("products-rules"), status=303)
    return render_page(request, "products/rules", _page(RuleForm(values, wrong)), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@importers_only
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    found = rule_named(pk)
    if request.method != "POST":
        form = RuleForm({name: getattr(found, name) for name in FIELDS})
        return render_page(request, "products/rule", _rule_page(found, form))
    action = request.POST.get("action", "")
    if action not in ("save", "on", "off", "remove"):
        raise Refused(N_("This page knows no such action."))
    status, wrong = attempt(lambda: _change(request, pk, action))
    if status == 200:
        messages.success(request, _("Kept. Figures follow with the next refresh."))
        return HttpResponseRedirect(reverse("products-rules"), status=303)
    page = _rule_page(rule_named(pk), RuleForm(_values(request), wrong))
    return render_page(request, "products/rule", page, status=status)


def _change(request: HttpRequest, pk: int, action: str) -> None:
    revision = typed_whole(typed(request, "revision"))
    if action == "save":
        rule_change(rule=pk, **_checked(request), revision=revision, by=who(request))
    elif action == "remove":
        rule_remove(rule=pk, revision=revision, by=who(request))
    else:
        rule_switch(rule=pk, on=action == "on", revision=revision, by=who(request))


def _values(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "")[:400] for name in FIELDS}


def _checked(request: HttpRequest) -> dict[str, Any]:
    return {name: typed(request, name) for name in FIELDS}


def _tried(values: dict[str, str]) -> tuple[int, RuleForm]:
    tried = ProductRule(**values)
    status, wrong = attempt(lambda: rule_checked(tried))
    if status != 200:
        return status, RuleForm(values, wrong)
    (fitting,) = _fitting([tried], current_refresh())
    return 200, RuleForm(values, "", fitting)


def _fitting(wanted: Sequence[ProductRule], refresh: Refresh | None) -> list[Fitting]:
    """What each rule fits, whatever was decided of single codes."""
    everything = known_products()
    found = [matched(one, everything) for one in wanted]
    sums = sold.totals(refresh, [codes_table(codes) for codes in found])
    by_code = {product.code: product for product in everything}
    return [
        Fitting(len(codes), [by_code[code] for code in codes[:EXAMPLES]], total)
        for codes, total in zip(found, sums, strict=True)
    ]


def _page(form: RuleForm) -> RulesPage:
    refresh, found = current_refresh(), all_rules()
    return RulesPage(
        rows=list(zip(found, _fitting(found, refresh), strict=True)),
        form=form,
        currency=currency_of(refresh),
        refresh=refresh,
        stale=is_stale(refresh),
        abouts=list(ProductRule.About.choices),
        ways=list(ProductRule.Way.choices),
    )


def _rule_page(found: ProductRule, form: RuleForm) -> RulePage:
    refresh = current_refresh()
    (fitting,) = _fitting([found], refresh)
    return RulePage(
        rule=found,
        form=form,
        fitting=fitting,
        currency=currency_of(refresh),
        abouts=list(ProductRule.About.choices),
        ways=list(ProductRule.Way.choices),
    )
