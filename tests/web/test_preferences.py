"""Choosing a language and a theme."""

from collections.abc import Callable

import pytest
from django.test import Client

from mainstay.people.models import User

pytestmark = pytest.mark.django_db


def test_a_person_chooses_and_comes_back(person: Callable[..., User], client: Client) -> None:
    user = person()
    client.force_login(user)
    answer = client.post("/preferences/", {"language": "zh-hans", "next": "/accounts/?q=a"})
    assert answer.url == "/accounts/?q=a"
    client.post("/preferences/", {"theme": "dark"})
    user.refresh_from_db()
    assert (user.language, user.theme) == ("zh-hans", "dark")
    page = client.get("/portfolio/")
    assert b'<html lang="zh-hans" data-theme="dark"' in page.content
    assert page["Content-Language"] == "zh-hans"


def test_before_log_in_cookies_keep_the_choice(client: Client) -> None:
    client.post("/preferences/", {"language": "zh-hans", "next": "/log-in/"})
    client.post("/preferences/", {"theme": "light"})
    assert b'<html lang="zh-hans" data-theme="light"' in client.get("/log-in/").content


def test_before_log_in_the_browser_says_the_language(client: Client) -> None:
    answer = client.get("/log-in/", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    assert answer["Content-Language"] == "zh-hans"
    assert "Accept-Language" in answer["Vary"]


@pytest.mark.parametrize(("name", "value"), [("language", "tlh"), ("theme", "hotdog"), ("theme", '"><script>')])
def test_anything_else_is_refused(person: Callable[..., User], client: Client, name: str, value: str) -> None:
    user = person()
    client.force_login(user)
    answer = client.post("/preferences/", {name: value, "language": "zh-hans"} | {name: value})
    assert answer.status_code == 422
    assert b"<script>" not in answer.content.replace(b'<script type="module"', b"").replace(b"<script src", b"")
    user.refresh_from_db()
    assert (user.language, user.theme) == ("", "")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_it_leads_to_no_other_site(logged_in: Client, target: str) -> None:
    assert logged_in.post("/preferences/", {"theme": "dark", "next": target}).url == "/"


def test_a_get_changes_nothing(logged_in: Client) -> None:
    answer = logged_in.get("/preferences/?theme=dark")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert b"This page cannot do that" in answer.content
