"""How a page is made.

One module in `mainstay.web.pages` for each page: a view, and one frozen dataclass that is all its template sees, as
`page`. Templates lie in `templates/<name>/`: `page.html` extends `base.html` and includes `part.html`, which is the
part that htmx swaps. One address gives the full page or, to htmx, the part; other parts by the id of their target.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def wants_part(request: HttpRequest) -> bool:
    """Did htmx ask, and for a part: not for a whole page that it restores or boosts?"""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return bool(htmx) and htmx is not None and not htmx.history_restore_request and not htmx.boosted


def render_page(
    request: HttpRequest,
    name: str,
    page: "DataclassInstance",
    *,
    status: int = 200,
    parts: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The page `name`, or the part of it that htmx asked for.

    `parts` maps ids of htmx targets to templates; any other target gets `<name>/part.html`.
    """
    template = f"{name}/page.html"
    if wants_part(request):
        target = request.htmx.target or ""  # type: ignore[attr-defined]
        template = (parts or {}).get(target, f"{name}/part.html")
    context: dict[str, Any] = {"page": page}
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    patch_cache_control(response, private=True, no_cache=True)
    return response
