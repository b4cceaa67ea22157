"""People who log in, and a browser."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from mainstay.ledger import engine
from mainstay.nightly import refresh as nightly
from mainstay.people.models import User
from mainstay.people.services import user_add
from tests.remembered import remembering
from tests.web.browsing import DESK

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PASSWORD = "correct horse 9"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    """Rate limits count from nothing in each test."""
    cache.clear()


@pytest.fixture(autouse=True)
def marts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh of what was refreshed before in this process takes the marts from there."""
    monkeypatch.setattr(nightly, "_marts_written", remembering(nightly._marts_written))


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes a user of a role."""

    def make(role: str = "director", email: str = "ada@example.com", name: str = "Ada Lindqvist") -> User:
        return user_add(email=email, role=role, name=name, password=PASSWORD)[0]

    return make


@pytest.fixture
def logged_in(person: Callable[..., User]) -> Client:
    """A browser in which a director is logged in."""
    client = Client()
    client.force_login(person())
    return client


@pytest.fixture
def ledger_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages read marts and standings: a page that opens the ledger fails."""

    def never(*_args: Any, **_named: Any) -> None:
        raise AssertionError("the ledger was read")

    monkeypatch.setattr(engine, "opened", never)
    monkeypatch.setattr(engine, "duckdb_opened", never)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop of its own, and Django would refuse the database beside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    flags += ["--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        yield chromium
        chromium.close()


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
