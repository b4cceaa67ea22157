"""Logging in and out, and who guesses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mainstay.people.models import AuditEntry, User
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def attempt(client: Client, email: str, password: str, **headers: str) -> Any:
    return client.post(reverse("account_login"), {"login": email, "password": password}, headers=headers)


def test_a_person_logs_in_and_lands_where_he_wanted(person: Callable[..., User], client: Client) -> None:
    person()
    first = client.get("/accounts/?q=bike")
    assert first.status_code == 302
    page = client.get(first.headers["Location"])
    assert b'name="next"' in page.content
    answer = client.post(
        reverse("account_login"),
        {"login": "ada@example.com", "password": PASSWORD, "next": "/accounts/?q=bike"},
    )
    assert answer.headers["Location"] == "/accounts/?q=bike"
    entry = AuditEntry.objects.get(verb="logged in")
    assert (entry.about, entry.detail) == ("ada@example.com", {"address": "127.0.0.1"})


def test_a_log_in_never_leads_to_another_site(person: Callable[..., User], client: Client) -> None:
    person()
    answer = client.post(
        reverse("account_login"), {"login": "ada@example.com", "password": PASSWORD, "next": "https://evil.example/"}
    )
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"]


def test_the_session_id_changes_at_log_in(person: Callable[..., User], client: Client) -> None:
    """quality 34"""
    person()
    session = client.session
    session["before"] = "yes"
    session.save()
    old = session.session_key
    attempt(client, "ada@example.com", PASSWORD)
    assert client.session.session_key != old
    assert client.session["_auth_user_id"]


def test_known_and_unknown_e_mails_get_the_same_answer(person: Callable[..., User], client: Client) -> None:
    """quality 31"""
    person()
    gone = person(email="gone@example.com")
    gone.is_active = False
    gone.save()
    answers = []
    for email, password in [
        ("ada@example.com", "wrong"),
        ("nobody@example.com", "wrong"),
        ("gone@example.com", "wrong"),
        ("gone@example.com", PASSWORD),
    ]:
        answer = attempt(Client(), email, password)
        page = answer.content.decode().replace(email, "E")
        token = answer.context["csrf_token"]
        answers.append((answer.status_code, page.replace(str(token), "T")))
    assert len(set(answers)) == 1
    assert AuditEntry.objects.filter(verb="log-in failed").count() == 4
    assert not AuditEntry.objects.filter(verb="logged in").exists()


def test_guessing_one_persons_password_is_answered_with_429(person: Callable[..., User]) -> None:
    """quality 29"""
    person()
    statuses = [attempt(Client(), "ada@example.com", f"guess {n}").status_code for n in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    assert attempt(Client(), "ada@example.com", PASSWORD).status_code == 429


def test_guessing_over_many_people_is_answered_with_429(client: Client) -> None:
    """quality 29"""
    statuses = [attempt(client, f"p{n}@example.com", "guess").status_code for n in range(12)]
    assert statuses == [200] * 10 + [429] * 2


def test_a_forged_forwarding_header_does_not_reset_the_limit(client: Client) -> None:
    """quality 30"""
    for n in range(10):
        attempt(client, f"p{n}@example.com", "guess", **{"X-Forwarded-For": f"10.0.0.{n}"})
    answer = attempt(client, "p11@example.com", "guess", **{"X-Forwarded-For": "10.9.9.9", "X-Real-Ip": "10.9.9.9"})
    assert answer.status_code == 429
    assert b"Too many attempts" in answer.content
    assert not AuditEntry.objects.filter(detail__address__startswith="10.").exists()


def test_behind_a_proxy_each_client_has_its_own_limit(client: Client, settings: Any) -> None:
    """quality 30: the proxy's own entry, the last one, counts; what the client wrote before it does not."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for n in range(10):
        attempt(client, f"p{n}@example.com", "guess", **{"X-Forwarded-For": f"10.0.0.{n}, 203.0.113.5"})
    forged = {"X-Forwarded-For": "10.9.9.9, 203.0.113.5"}
    assert attempt(client, "p11@example.com", "guess", **forged).status_code == 429
    assert attempt(client, "p12@example.com", "guess", **{"X-Forwarded-For": "203.0.113.6"}).status_code == 200


def test_an_e_mail_beyond_ascii_logs_in_and_nonsense_is_no_address(person: Callable[..., User], client: Client) -> None:
    person(email="josé@example.com")
    assert attempt(client, "José@example.com", PASSWORD).status_code == 302
    answer = attempt(Client(), "no address", PASSWORD)
    assert answer.status_code == 200
    assert "is no e-mail address" in answer.content.decode()


def test_logging_out_takes_a_post(logged_in: Client) -> None:
    assert logged_in.get(reverse("account_logout")).status_code == 200
    assert logged_in.get("/portfolio/").status_code == 200
    answer = logged_in.post(reverse("account_logout"))
    assert answer.headers["Location"] == reverse("account_login")
    assert logged_in.get("/portfolio/").status_code == 302
    assert AuditEntry.objects.filter(verb="logged out", about="ada@example.com").exists()


def test_nobody_signs_up(client: Client, logged_in: Client) -> None:
    for path in ("/signup/", "/log-in/signup/", "/accounts/signup/", "/password/reset/"):
        assert logged_in.get(path).status_code == 404
        assert client.get(path).status_code in {302, 404}


def test_every_page_needs_a_log_in(client: Client) -> None:
    for path in ("/", "/portfolio/", "/accounts/", "/insight/pareto/", "/imports/"):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer.headers["Location"].startswith("/log-in/?next="), path


def test_htmx_without_a_log_in_goes_to_the_log_in_page_as_a_whole(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/accounts/?q=x"}
    answer = client.get("/accounts/?q=xy", headers=headers)
    assert answer["HX-Redirect"] == "/log-in/?next=/accounts/%3Fq%3Dx"
    assert answer.content == b""


def test_a_form_without_its_token_is_refused_and_writes_nothing(person: Callable[..., User]) -> None:
    """quality 35"""
    user = person()
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    answer = client.post("/preferences/", {"theme": "dark"})
    assert answer.status_code == 403
    assert b"Reload it" in answer.content
    user.refresh_from_db()
    assert user.theme == ""


def test_logging_out_tells_the_browser_to_forget_the_pages(logged_in: Client) -> None:
    assert logged_in.post(reverse("account_logout")).headers["Clear-Site-Data"] == '"cache"'
