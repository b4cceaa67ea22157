"""The design system in a real browser: no findings by axe, nothing against the policy, keys and menus."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from mainstay.people.models import User
from tests.web.test_components import handler404, handler500, urlpatterns  # noqa: F401

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.web.test_browser"),
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
LOOKS = [("light", DESK), ("dark", DESK), ("light", PHONE), ("dark", PHONE)]


@pytest.fixture
def opened(browser: "Browser", live_server: LiveServer, person: Callable[..., User]) -> Iterator[Callable[..., Any]]:
    """Opens a page as a director, or as nobody; at the end nothing may stand in the console."""
    contexts, complaints = [], []

    def open_page(path: str, *, anonymous: bool = False, **options: Any) -> "Page":
        options = {"viewport": DESK, "locale": "en", "reduced_motion": "reduce"} | options
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        if not anonymous:
            client = Client()
            client.force_login(User.objects.filter(email="ada@example.com").first() or person())
            context.add_cookies(
                [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
            )
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def findings(page: "Page") -> list[str]:
    """What axe has to say, by WCAG 2.2 A and AA and its best practices."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{finding['id']}: {[node['html'][:120] for node in finding['nodes'][:3]]}" for finding in found]


@pytest.mark.parametrize(("scheme", "viewport"), LOOKS)
def test_axe_finds_nothing_on_the_log_in_page(opened: Callable[..., Any], scheme: str, viewport: Any) -> None:
    page = opened("/log-in/", anonymous=True, color_scheme=scheme, viewport=viewport)
    assert findings(page) == []


@pytest.mark.parametrize(("scheme", "viewport"), LOOKS)
def test_axe_finds_nothing_on_any_component(opened: Callable[..., Any], scheme: str, viewport: Any) -> None:
    page = opened("/gallery/", color_scheme=scheme, viewport=viewport)
    page.locator("summary.who").click()
    for chart in page.locator("[data-chart]").all():
        chart.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelectorAll('[data-chart]:not([data-drawn])').length === 0")
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


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
    bar = '[data-chart="products-spec"] .mark-rect path'
    page.locator('[data-chart="products-spec"]').scroll_into_view_if_needed()
    page.wait_for_selector(bar, state="attached")
    light = page.locator(bar).first.get_attribute("fill")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(
        "([path, light]) => document.querySelector(path)?.getAttribute('fill') !== light", arg=[bar, light]
    )
    assert light == "rgb(59, 107, 214)"
    assert page.locator(bar).first.get_attribute("fill") == "rgb(126, 163, 247)"


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
