"""Addresses for machines, and the headers every answer has."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

pytestmark = pytest.mark.django_db


def test_it_is_alive_while_the_database_answers(client: Client) -> None:
    answer = client.get("/healthz/")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]


def test_it_is_not_when_the_database_is_gone(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """quality 40"""

    def gone() -> None:
        raise OperationalError("the database system is shutting down")

    monkeypatch.setattr(connection, "cursor", gone)
    answer = client.get("/healthz/")
    assert answer.status_code == 503
    assert b"shutting down" not in answer.content


def test_crawlers_are_kept_out(client: Client) -> None:
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize("path", ["/log-in/", "/healthz/", "/nothing/", "/static/mainstay/css/base.css"])
def test_every_answer_has_the_security_headers(client: Client, path: str) -> None:
    """quality 27"""
    answer = client.get(path)
    answer.close()
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: Client) -> None:
    answer = client.get("/log-in/")
    assert answer.cookies["csrftoken"]["httponly"]
    assert answer.cookies["csrftoken"]["samesite"] == "Lax"


def test_static_files_change_their_address_with_their_content(client: Client) -> None:
    page = client.get("/log-in/").content.decode()
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    assert "?v=" in address
    answer = client.get(address)
    assert b"".join(answer).startswith(b"/* Tokens")  # type: ignore[arg-type]
    answer.close()
    assert "max-age=31536000" in answer["Cache-Control"]
