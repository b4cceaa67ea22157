"""One version of the cost model: drafted, looked at, previewed, activated."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mainstay.core import clock
from mainstay.core.errors import Conflict, NotAllowed, Refused
from mainstay.costing import selectors, services
from mainstay.costing.models import CostModelVersion, VersionState
from mainstay.nightly.cost_preview import Preview, preview
from mainstay.web.page import render_page
from mainstay.web.pages.cost_model import costing_only, costing_person
from mainstay.web.pages.cost_model_form import (
    VersionForm,
    empty_form,
    form_of,
    revision_of,
    standing_beside,
    stated_of,
    typed_form,
)
from mainstay.web.pages.imports_words import told
from mainstay.web.profit_steps import ModelRow, model_rows


@dataclass(frozen=True)
class VersionPage:
    """`version` is None for a new one; `form` can be changed only while it is a draft."""

    version: CostModelVersion | None
    form: VersionForm
    draft: bool
    preview: Preview | None
    preview_rows: list[ModelRow]
    preview_wrong: str
    action: str


@require_http_methods(["GET", "HEAD", "POST"])
@costing_only
def cost_model_new(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, None, empty_form(clock.today().replace(month=1, day=1)))
    try:
        version = services.version_add(stated=stated_of(request.POST), by=costing_person(request))
    except Refused as error:
        return _again(request, None, error)
    messages.success(request, _("The draft is kept. It counts for nothing before it is activated."))
    return _to(version)


@require_http_methods(["GET", "HEAD", "POST"])
@costing_only
def cost_model_version(request: HttpRequest, pk: int) -> HttpResponse:
    version = selectors.version_of(pk)
    if request.method != "POST":
        return _shown(request, version, form_of(version), previewed=request.GET.get("preview") == "1")
    try:
        stated, revision = stated_of(request.POST), revision_of(request.POST)
        services.version_change(version=version, revision=revision, stated=stated, by=costing_person(request))
    except Refused as error:
        return _again(request, version, error)
    messages.success(request, _("The draft is kept. It counts for nothing before it is activated."))
    return _to(version)


@require_POST
@costing_only
def cost_model_activate(request: HttpRequest, pk: int) -> HttpResponse:
    version = selectors.version_of(pk)
    services.version_activate(version=version, revision=revision_of(request.POST), by=costing_person(request))
    messages.success(request, _("%(name)s is active. The next refresh costs with it.") % {"name": version.name})
    return HttpResponseRedirect(reverse("costmodel"), status=303)


@require_POST
@costing_only
def cost_model_discard(request: HttpRequest, pk: int) -> HttpResponse:
    version = selectors.version_of(pk)
    services.version_discard(version=version, revision=revision_of(request.POST), by=costing_person(request))
    messages.success(request, _("The draft %(name)s is gone.") % {"name": version.name})
    return HttpResponseRedirect(reverse("costmodel"), status=303)


def _to(version: CostModelVersion) -> HttpResponse:
    return HttpResponseRedirect(reverse("costmodel-version", args=[version.pk]), status=303)


def _again(request: HttpRequest, version: CostModelVersion | None, error: Refused) -> HttpResponse:
    """The form with what was typed and what is wrong. What is not a mistake in it is for the page of refusals."""
    if isinstance(error, NotAllowed):
        raise error
    form = typed_form(request.POST, error)
    if isinstance(error, Conflict) and version is not None:
        now = selectors.version_of(version.pk)
        return _shown(request, now, standing_beside(form, now), status=409)
    return _shown(request, version, form, status=422)


def _shown(
    request: HttpRequest,
    version: CostModelVersion | None,
    form: VersionForm,
    *,
    previewed: bool = False,
    status: int = 200,
) -> HttpResponse:
    found, wrong = None, ""
    if previewed and version is not None:
        try:
            found = preview(version)
        except Refused as error:
            wrong = told(error)
    page = VersionPage(
        version=version,
        form=form,
        draft=version is None or version.state == VersionState.DRAFT,
        preview=found,
        preview_rows=model_rows(found.parts, found.currency) if found else [],
        preview_wrong=wrong,
        action=reverse("costmodel-version", args=[version.pk]) if version else reverse("costmodel-new"),
    )
    return render_page(request, "costmodel/version", page, status=status)
