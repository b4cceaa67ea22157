"""The JavaScript that draws charts: Vega, Vega-Lite and Vega-Embed out of the installed vl-convert package."""

import gzip
import hashlib
import secrets
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import vl_convert
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

VEGA_LITE = "6.4"
_SNIPPET = "window.vegaEmbed = vegaEmbed;"


@lru_cache(maxsize=1)
def bundle_version() -> str:
    """Changes with the package that the bundle is made from."""
    made_from = f"{version('vl-convert-python')} {VEGA_LITE} {_SNIPPET}"
    return hashlib.sha256(made_from.encode()).hexdigest()[:12]


def bundle_url() -> str:
    return reverse("vega", args=[bundle_version()])


@lru_cache(maxsize=1)
def bundle() -> bytes:
    """The bundle, gzipped. Made once in a home: it takes seconds."""
    path: Path = settings.MAINSTAY_HOME / "cache" / f"vega-{bundle_version()}.js.gz"
    if not path.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        made = path.with_name(f"{secrets.token_hex(8)}.part")
        text = vl_convert.javascript_bundle(_SNIPPET, vl_version=VEGA_LITE)
        made.write_bytes(gzip.compress(text.encode(), mtime=0))
        # Two processes at once make the same bytes: whichever comes last.
        made.replace(path)
    return path.read_bytes()


@require_safe
@login_not_required
def vega(request: HttpRequest, version: str) -> HttpResponse:
    """The bundle under an address that never changes its content."""
    if version != bundle_version():
        raise Http404
    body = bundle()
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(body if zipped else gzip.decompress(body), content_type="text/javascript; charset=utf-8")
    if zipped:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
