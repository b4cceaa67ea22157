"""Every page in a real browser, full of the demonstration company: drawn, fitting, without findings; and one import."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mainstay.accounts.models import Account
from mainstay.grading.selectors import current_refresh
from mainstay.ledger.models import Batch
from mainstay.nightly.refresh import refresh
from mainstay.people.models import User
from tests.ledger.files import bring_text
from tests.ledgers import DEMO, DEMO_DAY, adventureworks_ledger
from tests.web.browsing import DESK, PHONE, draw_charts, findings, fits
from tests.web.imports import SALES, WRONG

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Charts on each page; a list page with filters, and a page of an account that bought in both windows.
PAGES = {
    "/portfolio/": 0,
    "/portfolio/B1/": 0,
    "/accounts/?q=bike&class=3": 0,
    "/accounts/{account}/": 0,
    "/accounts/{account}/sales/": 2,
    "/accounts/{account}/relationship/": 0,
    "/accounts/{account}/history/": 0,
    "/insight/pareto/": 4,
    "/imports/": 0,
    "/imports/batches/{batch}/": 0,
    "/imports/batches/{batch}/undo/": 0,
}


@pytest.fixture
def graded(db: None, tmp_path: Path) -> dict[str, int]:
    """Numbers of an account and of a batch."""
    adventureworks_ledger()
    bring_text(tmp_path, "sales", SALES)
    refresh(as_of=DEMO_DAY)
    return {"account": Account.objects.get(code="AW00000072").pk, "batch": Batch.objects.latest("pk").pk}


@pytest.mark.parametrize(
    ("language", "scheme", "viewport"), [("en", "light", DESK), ("zh-hans", "dark", PHONE), ("en", "light", PHONE)]
)
def test_pages_are_whole(
    opened: Callable[..., Any], graded: dict[str, int], person: Callable[..., User], language: str, scheme: str,
    viewport: Any,
) -> None:  # fmt: skip
    user = person()
    User.objects.filter(pk=user.pk).update(language=language)
    page = opened("/portfolio/", color_scheme=scheme, viewport=viewport)
    for address, charts in PAGES.items():
        page.goto(address.format(**graded))
        page.wait_for_load_state("networkidle")
        assert draw_charts(page) == charts, address
        assert findings(page) == [], address
        assert fits(page), address
        assert page.locator("html").get_attribute("lang") == {"en": "en", "zh-hans": "zh-hans"}[language]


def test_a_file_goes_in_and_the_portfolio_comes_out(opened: Callable[..., Any]) -> None:
    page = opened("/imports/")
    page.set_input_files("#field-files", str(DEMO / "sales.parquet"))
    page.check("input[name=kind][value=sales]")
    page.get_by_role("button", name="Upload and look").click()
    page.wait_for_url(re.compile(r"/imports/[0-9a-f]{32}/"))
    page.wait_for_load_state("networkidle")
    assert findings(page) == []
    page.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url("**/imports/batches/*/?upload=*", timeout=60_000)
    assert "60,855" in page.locator("main").inner_text()
    page.get_by_role("button", name="Refresh now").click()
    page.wait_for_load_state("networkidle")
    found = current_refresh()
    assert found is not None
    assert found.summary["sales"] == "36240484.6966"
    page.goto("/portfolio/")
    assert "36.24M" in page.locator("main").inner_text()


def test_refused_rows_are_shown_where_they_are(opened: Callable[..., Any]) -> None:
    page = opened("/imports/", viewport=PHONE)
    page.set_input_files("#field-files", {"name": "<b>sales</b>.csv", "mimeType": "text/csv", "buffer": WRONG.encode()})
    page.check("input[name=kind][value=sales]")
    page.get_by_role("button", name="Upload and look").click()
    page.wait_for_url(re.compile(r"/imports/[0-9a-f]{32}/"))
    page.wait_for_load_state("networkidle")
    assert page.locator(".import-wrong").count() >= 2
    assert page.locator("main b").count() == 0
    assert (findings(page), fits(page)) == ([], True)
    page.check("input[name=errors][value=allow]")
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name="Import", exact=True).click()
    page.wait_for_url("**/imports/batches/*/?upload=*")
    assert Batch.objects.get().counts["refused"] == 2
