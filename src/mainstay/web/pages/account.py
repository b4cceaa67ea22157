"""The pages of one account: Overview, Sales, Profit, Relationship, History."""

from dataclasses import dataclass
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mainstay.accounts.models import Account
from mainstay.core.errors import N_, NotAllowed, NotFound, Refused
from mainstay.grading.records import Change, cell_changes
from mainstay.people.models import User
from mainstay.relationships.services import assessment_add
from mainstay.web.asked import asked_of
from mainstay.web.page import render_page
from mainstay.web.pages.account_head import Head, head_of, visible_account
from mainstay.web.pages.account_overview import overview_page
from mainstay.web.pages.account_profit import profit_page
from mainstay.web.pages.account_relationship import AssessmentForm, relationship_page
from mainstay.web.pages.account_sales import sales_page

# Of the path of a category.
LONGEST = 1000


@dataclass(frozen=True)
class HistoryPage:
    head: Head
    changes: list[Change]
    tab: str = "history"


@require_safe
def overview(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    return render_page(request, "account/overview", overview_page(user, head_of(visible_account(user, pk))))


@require_safe
def sales(request: HttpRequest, pk: int) -> HttpResponse:
    head = head_of(visible_account(cast(User, request.user), pk))
    asked = asked_of(request, "products", "category")
    page = sales_page(head, whole=asked["products"] == "all", category=asked["category"].strip()[:LONGEST])
    return render_page(request, "account/sales", page)


@require_safe
def profit(request: HttpRequest, pk: int) -> HttpResponse:
    head = head_of(visible_account(cast(User, request.user), pk))
    return render_page(request, "account/profit", profit_page(head))


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    account = visible_account(cast(User, request.user), pk)
    return render_page(request, "account/history", HistoryPage(head_of(account), cell_changes(account)))


@require_http_methods(["GET", "HEAD", "POST"])
def relationship(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    account = visible_account(user, pk)
    if request.method == "POST":
        return _assess(request, account, user)
    page = relationship_page(head_of(account), may_assess=user.may_assess)
    return render_page(request, "account/relationship", page)


def _assess(request: HttpRequest, account: Account, user: User) -> HttpResponse:
    if not user.may_assess:
        raise NotAllowed(N_("Your role may not assess relationships."))
    form = AssessmentForm(request.POST)
    wrong: list[str] = []
    if form.is_valid():
        try:
            assessment_add(account=account, by=user, judgements=form.judgements, notes=form.notes)
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            wrong.append(_(refused.message) % refused.params if refused.params else _(refused.message))
        else:
            messages.success(request, _("Your assessment is kept. It counts in every refresh as of today or later."))
            return redirect("accounts-relationship", pk=account.pk)
    page = relationship_page(head_of(account), may_assess=True, form=form, wrong=wrong)
    return render_page(request, "account/relationship", page, status=422)
