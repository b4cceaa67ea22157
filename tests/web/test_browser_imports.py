"""The wizard of imports in a real browser, with jobs that go on beside it: read, cancelled, imported, told."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from mainstay.jobs.models import Job, State
from mainstay.jobs.running import run
from mainstay.ledger.models import Batch
from mainstay.people.models import User
from tests.jobs.works import QUEUE
from tests.web.browsing import DESK, PHONE, findings, fits
from tests.web.imports import CHANGED, SALES, bring_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def queued(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs wait until they are done by hand, and every upload is a large one."""
    settings.TASKS = QUEUE
    monkeypatch.setattr("mainstay.web.pages.imports_jobs.AT_ONCE", 10)


def do(kind: str) -> None:
    run(Job.objects.get(kind=kind, state=State.WAITING).pk)


def sent(page: Any, text: str = SALES) -> None:
    page.set_input_files("#field-files", {"name": "sales.csv", "mimeType": "text/csv", "buffer": text.encode()})
    page.locator(".import-form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/imports/[0-9a-f]{32}/"))


@pytest.mark.parametrize(
    ("language", "scheme", "viewport"), [("en", "light", DESK), ("zh-hans", "dark", PHONE)], ids=["desk", "phone"]
)
def test_the_wizard_from_the_file_to_the_notice(
    opened: Callable[..., Any], person: Callable[..., User], queued: None, language: str, scheme: str, viewport: Any
) -> None:
    User.objects.filter(pk=person().pk).update(language=language)
    page = opened("/imports/", color_scheme=scheme, viewport=viewport)
    sent(page)
    page.locator(".progress").wait_for()
    assert (findings(page), fits(page)) == ([], True)
    do("check")
    page.locator("button[value=import]").wait_for()
    assert (findings(page), fits(page)) == ([], True)
    page.locator("button[value=import]").click()
    page.wait_for_url("**/jobs/*/")
    assert (findings(page), fits(page)) == ([], True)
    page.locator("form[action$='/cancel/'] button").click()
    page.wait_for_url(re.compile(r"/imports/[0-9a-f]{32}/"))
    assert not Batch.objects.exists()
    page.locator("button[value=import]").click()
    page.wait_for_url("**/jobs/*/")
    page.goto("/accounts/")
    page.locator(".job-line").wait_for()
    assert (findings(page), fits(page)) == ([], True)
    do("import")
    page.locator(".job-ended").wait_for()
    assert page.locator(".job-line").count() == 0
    assert (findings(page), fits(page)) == ([], True)
    page.locator(".job-ended a").click()
    page.wait_for_url("**/imports/batches/*/?upload=*")
    assert page.locator(".job-ended").count() == 0
    page.goto("/jobs/")
    assert (findings(page), fits(page)) == ([], True)


@pytest.mark.parametrize("viewport", [DESK, PHONE], ids=["desk", "phone"])
def test_what_differs_and_what_is_saved(opened: Callable[..., Any], logged_in: Any, viewport: Any) -> None:
    bring_in(logged_in)
    page = opened("/imports/", viewport=viewport)
    sent(page, CHANGED)
    page.get_by_text("The first documents that differ").first.wait_for(state="attached")
    page.locator(".import-keep summary").click()
    page.fill("[name=mapping_name]", "ours")
    page.locator("button[value=keep]").click()
    page.locator(".import-alike button[aria-pressed=true]").wait_for()
    assert (findings(page), fits(page)) == ([], True)
    page.goto("/imports/mappings/")
    assert page.locator("input[name=name]").input_value() == "ours"
    assert (findings(page), fits(page)) == ([], True)


def test_more_than_the_limit_is_told_before_it_is_sent(opened: Callable[..., Any], settings: Any) -> None:
    """quality 28"""
    settings.MAINSTAY_UPLOAD_LIMIT = 1
    page = opened("/imports/")
    page.set_input_files("#field-files", {"name": "big.csv", "mimeType": "text/csv", "buffer": b"x" * ((1 << 20) + 1)})
    assert "1 MiB" in page.locator("#field-files").evaluate("input => input.validationMessage")
    page.locator(".import-form button[type=submit]").click()
    assert page.url.endswith("/imports/")
