"""What tests ask of a page in a real browser."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}


def findings(page: "Page") -> list[str]:
    """What axe has to say, by WCAG 2.2 A and AA and its best practices."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [f"{finding['id']}: {[node['html'][:120] for node in finding['nodes'][:3]]}" for finding in found]


def fits(page: "Page") -> bool:
    """Whether nothing makes the page wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def draw_charts(page: "Page") -> int:
    """Wait until all charts of the page are drawn; returns how many."""
    from playwright.sync_api import expect

    charts = page.locator("[data-chart]").all()
    for chart in charts:
        chart.scroll_into_view_if_needed()
    # Not wait_for_function: waiting, it evaluates text in the page, which the page's policy forbids.
    expect(page.locator("[data-chart]:not([data-drawn])")).to_have_count(0, timeout=30_000)
    return len(charts)
