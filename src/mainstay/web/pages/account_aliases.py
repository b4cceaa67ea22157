"""Also known as: the codes that stand for an account, added and removed on its page."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mainstay.accounts.permissions import check_may_merge
from mainstay.accounts.selectors import is_account
from mainstay.accounts.services import alias_add
from mainstay.core.errors import Conflict, NotAllowed, NotFound, Refused
from mainstay.ledger.services import alias_remove
from mainstay.people.models import User
from mainstay.web.page import render_page
from mainstay.web.pages.account_head import head_of, visible_account
from mainstay.web.pages.account_overview import AliasForm, overview_page


@require_POST
def alias(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    account = visible_account(user, pk)
    form = AliasForm(request.POST.get("code", ""), request.POST.get("note", ""))
    try:
        made = alias_add(code=form.code, account=account, by=user, note=form.note)
    except (NotAllowed, NotFound, Conflict):
        raise
    except Refused as refused:
        form = AliasForm(form.code, form.note, _(refused.message) % refused.params)
        return render_page(request, "account/overview", overview_page(user, head_of(account), form), status=422)
    messages.success(
        request, _("Lines under %(code)s count for this account from the next refresh on.") % {"code": made.code}
    )
    if not is_account(made.code):
        told = _(
            "No account has the code %(code)s so far, so that no line is under it. Look whether it is typed right."
        )
        messages.warning(request, told % {"code": made.code})
    return redirect("accounts-account", pk=pk)


@require_POST
def alias_gone(request: HttpRequest, pk: int) -> HttpResponse:
    user = cast(User, request.user)
    account = visible_account(user, pk)
    check_may_merge(user)
    code = request.POST.get("code", "")
    alias_remove(code=code, account=account, by=user)
    messages.success(request, _("%(code)s stands for itself again from the next refresh on.") % {"code": code})
    return redirect("accounts-account", pk=pk)
