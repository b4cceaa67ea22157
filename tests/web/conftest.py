"""People who log in, and a browser."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.test import Client

from mainstay.people.models import User
from mainstay.people.services import user_add

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PASSWORD = "correct horse 9"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(autouse=True)
def fresh_limits(db: None) -> None:
    """Rate limits count from nothing in each test."""
    cache.clear()


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


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop of its own, and Django would refuse the database beside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        yield chromium
        chromium.close()
