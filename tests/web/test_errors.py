"""What people see when something went wrong."""

from collections.abc import Callable

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from mainstay.config.urls import handler400, handler403, handler404, handler500  # noqa: F401
from mainstay.config.urls import urlpatterns as product
from mainstay.core.errors import Conflict, NotAllowed, NotFound, Refused, TooLarge
from mainstay.people.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.test_errors")]

ERRORS: dict[str, tuple[Exception, int, str]] = {
    "refused": (Refused("Row %(row)s: <b>no</b>.", row=4), 422, "Row 4: &lt;b&gt;no&lt;/b&gt;."),
    "not-allowed": (NotAllowed("Directors only."), 403, "Directors only."),
    "not-found": (NotFound("No account “%(code)s”.", code="<x>"), 404, "No account “&lt;x&gt;”."),
    "conflict": (Conflict("Changed by Ada."), 409, "Changed by Ada."),
    "too-large": (TooLarge("Over 200 MiB."), 413, "Over 200 MiB."),
    "denied": (PermissionDenied(), 403, "You may not see this"),
    "bad": (BadRequest(), 400, "That request made no sense"),
    "too-big": (RequestDataTooBig(), 413, "That is too large"),
    "database": (OperationalError("secret details"), 503, "The database does not answer"),
    "fault": (RuntimeError("secret details"), 500, "That went wrong"),
}


def fail(request: HttpRequest, name: str) -> HttpResponse:
    raise ERRORS[name][0]


urlpatterns = [path("fail/<slug:name>/", fail), *product]


@pytest.fixture
def reader(person: Callable[..., User]) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person("read_only"))
    return client


@pytest.mark.parametrize("name", ERRORS)
def test_each_error_has_its_page_and_status(reader: Client, name: str) -> None:
    """quality 18, 40"""
    _error, status, text = ERRORS[name]
    answer = reader.get(f"/fail/{name}/")
    assert answer.status_code == status
    page = answer.content.decode()
    assert text in page
    assert "secret details" not in page
    assert "<b>no</b>" not in page
    assert "<style" not in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("name", [name for name in ERRORS if name not in {"database", "fault"}])
def test_htmx_gets_a_message_above_the_page(reader: Client, name: str) -> None:
    answer = reader.get(f"/fail/{name}/", headers={"HX-Request": "true", "HX-Target": "part"})
    assert answer.status_code == ERRORS[name][1]
    assert answer["HX-Retarget"] == "#notices"
    page = answer.content.decode()
    assert 'role="alert"' in page
    assert "<html" not in page


def test_there_is_nothing_at_an_unknown_address(reader: Client) -> None:
    answer = reader.get("/nothing/here/")
    assert answer.status_code == 404
    assert b"There is nothing here" in answer.content
    assert b"To the portfolio" in answer.content


def test_before_log_in_errors_have_a_page_too(client: Client) -> None:
    answer = client.get("/nothing/here/")
    assert answer.status_code == 404
    assert b"shell" not in answer.content


def test_a_wrong_verb_is_told(reader: Client) -> None:
    answer = reader.post("/portfolio/")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD"
    assert b"This page cannot do that" in answer.content
