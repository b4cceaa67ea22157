"""One address gives the full page or, to htmx, the part."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django_htmx.middleware import HtmxDetails

from mainstay.web.page import render_page, wants_part

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Nothing:
    as_of: None = None


def request(**headers: str) -> Any:
    made: Any = RequestFactory().get("/portfolio/", headers=headers)
    made.htmx = HtmxDetails(made)
    return made


def test_a_browser_gets_the_page_and_htmx_the_part(logged_in: Client) -> None:
    page = logged_in.get("/portfolio/")
    part = logged_in.get("/portfolio/", headers={"HX-Request": "true", "HX-Target": "part"})
    assert b"<html" in page.content
    assert b"<html" not in part.content
    assert b"Nothing has been graded yet" in part.content
    assert part.content.strip() in page.content
    assert "HX-Request" in page["Vary"]
    assert "private" in page["Cache-Control"]


def test_htmx_going_back_gets_the_whole_page() -> None:
    assert wants_part(request(**{"HX-Request": "true"}))
    assert not wants_part(request(**{"HX-Request": "true", "HX-History-Restore-Request": "true"}))
    assert not wants_part(request(**{"HX-Request": "true", "HX-Boosted": "true"}))
    assert not wants_part(request())


def test_a_target_chooses_its_own_part() -> None:
    asked = request(**{"HX-Request": "true", "HX-Target": "list"})
    answer = render_page(asked, "portfolio", Nothing(), parts={"list": "accounts/part.html"})
    assert b"There are no accounts yet" in answer.content


@pytest.mark.parametrize(
    ("path", "section"),
    [("/portfolio/", "Portfolio"), ("/accounts/", "Accounts"), ("/insight/pareto/", "80:20"), ("/imports/", "Imports")],
)
def test_the_navigation_says_where_one_is(logged_in: Client, path: str, section: str) -> None:
    page = logged_in.get(path).content.decode()
    current = [piece.split("<span>")[1].split("</span>")[0] for piece in page.split('aria-current="page"')[1:]]
    assert current == [section]
    assert page.count("<h1") == 1
    assert f"<title>{section} · Mainstay</title>" in page


def test_home_is_the_portfolio(logged_in: Client) -> None:
    assert logged_in.get("/").url == "/portfolio/"


def test_the_navigation_stays_folded(logged_in: Client) -> None:
    logged_in.cookies["nav"] = "folded"
    assert b'data-nav="folded"' in logged_in.get("/portfolio/").content


def test_the_shell_asks_little_of_the_database(logged_in: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(5):
        logged_in.get("/portfolio/")
