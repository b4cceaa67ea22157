"""The design system in a real browser: no findings by axe, nothing against the policy, keys and menus."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.web.browsing import DESK, PHONE, draw_charts, findings, fits
from tests.web.test_components import handler404, handler500, urlpatterns  # noqa: F401

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.web.test_browser"),
]
LOOKS = [("light", DESK), ("dark", DESK), ("light", PHONE), ("dark", PHONE)]


@pytest.mark.parametrize(("scheme", "viewport"), LOOKS)
def test_axe_finds_nothing_on_the_log_in_page(opened: Callable[..., Any], scheme: str, viewport: Any) -> None:
    page = opened("/log-in/", anonymous=True, color_scheme=scheme, viewport=viewport)
    assert findings(page) == []


@pytest.mark.parametrize(("scheme", "viewport"), LOOKS)
def test_axe_finds_nothing_on_any_component(opened: Callable[..., Any], scheme: str, viewport: Any) -> None:
    page = opened("/gallery/", color_scheme=scheme, viewport=viewport)
    page.locator("summary.who").click()
    assert draw_charts(page) > 0
    assert findings(page) == []
    assert fits(page)


def test_a_chart_tells_and_leads(opened: Callable[..., Any]) -> None:
    page = opened("/gallery/")
    canvas = page.locator('[data-chart="pareto-spec"]')
    canvas.scroll_into_view_if_needed()
    page.wait_for_selector('[data-chart="pareto-spec"][data-drawn] svg')
    box = canvas.bounding_box()
    for step in (0.3, 0.5, 0.51):
        page.mouse.move(box["x"] + box["width"] * step, box["y"] + box["height"] * 0.4)
    tip = page.locator(".chart-tip")
    tip.wait_for(state="visible")
    assert "Account" in tip.inner_text()
    page.mouse.click(box["x"] + box["width"] * 0.51, box["y"] + box["height"] * 0.4)
    page.wait_for_url("**/gallery/?account=*")


def test_a_chart_takes_the_themes_colours(opened: Callable[..., Any]) -> None:
    page = opened("/gallery/")
    from playwright.sync_api import expect

    bar = '[data-chart="products-spec"] .mark-rect path'
    page.locator('[data-chart="products-spec"]').scroll_into_view_if_needed()
    page.wait_for_selector(bar, state="attached")
    light = page.locator(bar).first.get_attribute("fill")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert light == "rgb(59, 107, 214)"
    expect(page.locator(bar).first).to_have_attribute("fill", "rgb(126, 163, 247)")


def test_keys_lead_through_the_product(opened: Callable[..., Any]) -> None:
    page = opened("/portfolio/")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/accounts/")
    page.keyboard.press("/")
    page.keyboard.type("g p")
    assert page.locator("[data-search]").input_value() == "g p"
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/?q=g+p")
    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert findings(page) == []
    page.get_by_label("Turn these keys off").check()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("p")
    assert page.url.endswith("/accounts/?q=g+p")


def test_menus_and_the_navigation_fold(opened: Callable[..., Any]) -> None:
    page = opened("/portfolio/")
    page.locator("summary.who").click()
    assert page.locator(".user-menu .menu-list").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator(".user-menu .menu-list").is_visible()
    page.locator("[data-fold]").click()
    assert page.evaluate("document.querySelector('.nav').offsetWidth") == 56
    page.reload()
    assert page.evaluate("document.querySelector('.nav').offsetWidth") == 56
    assert findings(page) == []


@pytest.mark.parametrize("viewport", [DESK, PHONE])
def test_without_javascript_the_shell_works(opened: Callable[..., Any], viewport: Any) -> None:
    page = opened("/portfolio/", java_script_enabled=False, viewport=viewport)
    page.locator("summary.who").click()
    page.get_by_role("button", name="Dark").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.locator(".nav-link", has_text="Accounts").click()
    page.wait_for_url("**/accounts/")
    page.locator("[data-search]").fill("bike")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/?q=bike")
    page.locator("summary.who").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/log-in/")


@pytest.mark.parametrize("path", ["/portfolio/", "/accounts/", "/insight/pareto/", "/imports/", "/log-out/"])
def test_axe_finds_nothing_on_a_page_with_nothing_on_it(opened: Callable[..., Any], path: str) -> None:
    assert findings(opened(path)) == []
