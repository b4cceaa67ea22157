"""Every component, rendered with sample data."""

import re
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import engines
from django.test import Client
from django.urls import path

from mainstay.config.urls import handler404, handler500  # noqa: F401
from mainstay.config.urls import urlpatterns as product
from tests.web.gallery import charts, sample

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.test_components")]

WEB = Path(__file__).parents[2] / "src" / "mainstay" / "web"
GALLERY = Path(__file__).parent / "templates" / "gallery.html"


def gallery(request: HttpRequest) -> HttpResponse:
    template = engines["django"].from_string(_compiled(GALLERY.read_text()))
    return HttpResponse(template.render(sample() | {"charts": charts()}, request))


def part(request: HttpRequest) -> HttpResponse:
    return render(request, "portfolio/part.html", {})


urlpatterns = [path("gallery/", gallery), path("part/", part), *product]


def _compiled(source: str) -> str:
    from django_cotton.compiler_regex import CottonCompiler

    compiled: str = CottonCompiler().process(source)
    return compiled


@pytest.fixture
def page(logged_in: Client) -> str:
    answer = logged_in.get("/gallery/?q=a&after=9")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_gallery_shows_every_component() -> None:
    source = GALLERY.read_text() + "".join(
        template.read_text() for template in (WEB / "templates" / "cotton").glob("*.html")
    )
    for component in (WEB / "templates" / "cotton").glob("*.html"):
        name = component.stem.replace("_", "-")
        assert re.search(rf"<c-{name}[\s/>]", source), name


def test_no_component_is_left_unrendered(page: str) -> None:
    assert "<c-" not in page
    assert "{{" not in page
    assert "{%" not in page
    assert "None" not in re.sub(r'<script type="application/json".*?</script>|vega', "", page)


def test_nothing_inline_that_the_policy_forbids(page: str) -> None:
    assert not re.search(r"\sstyle\s*=", page)
    assert not re.search(r"\son\w+\s*=", page)
    assert "<style" not in page
    for tag in re.findall(r"<script[^>]*>", page):
        assert "src=" in tag or 'type="application/json"' in tag


def test_text_of_users_is_escaped(page: str) -> None:
    """quality 16, 17, 18"""
    assert "&lt;b&gt;Bold &amp; Sons&lt;/b&gt;" in page
    assert "<b>Bold" not in page


def test_a_loss_is_told_by_more_than_its_colour(page: str) -> None:
    assert re.search(r'<span class="figure is-negative"[^>]*>−31,000.55</span>', page)
    assert re.search(r'title="−\$1,579,739.85">−\$1.58M</span>', page)


def test_an_estimate_is_told_by_words(page: str) -> None:
    assert re.search(r'data-cell="B2">B2<span class="unseen"> relationship estimated</span>', page)


def test_a_heading_sorts_by_a_link_that_keeps_the_rest(page: str) -> None:
    headings = re.findall(r'<th scope="col"([^>]*)>\s*<a class="sort" href="([^"]*)"', page)
    assert headings == [
        ("", "?q=a&amp;order=name"),
        (' class="num" aria-sort="descending"', "?q=a&amp;order=sales"),
        (' class="num"', "?q=a&amp;order=-profit"),
    ]


def test_a_field_names_its_error(page: str) -> None:
    assert 'aria-describedby="field-potential-note"' in page
    assert 'id="field-potential-note"' in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_every_icon_is_in_the_sprite(page: str) -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (WEB / "static/mainstay/icons.svg").read_text()))
    sources = page + "".join(file.read_text() for file in (WEB / "templates").rglob("*.html"))
    used = set(re.findall(r"icons\.svg[^\"#]*#([a-z-]+)", page)) | set(re.findall(r'icon="([a-z-]+)"', sources))
    assert used <= drawn
