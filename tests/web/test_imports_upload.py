"""Files come in under a limit, are told by their content, and wait where nobody guesses them."""

import json
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from mainstay.core import clock
from mainstay.core.errors import TooLarge
from mainstay.ledger.models import Batch
from mainstay.people.models import AuditEntry
from mainstay.web.pages.imports_receiving import receive
from mainstay.web.pages.imports_uploads import Pending, keep
from tests.factories import make_user
from tests.web.imports import SALES, leftovers, upload, waiting

pytestmark = pytest.mark.django_db


def test_an_upload_leads_to_its_preview_and_imports_nothing(logged_in: Client, home: Path) -> None:
    address = waiting(logged_in)
    assert re.fullmatch(r"/imports/[0-9a-f]{32}/", address)
    assert not Batch.objects.exists()
    page = logged_in.get(address).content.decode()
    assert "sales.csv" in page
    assert "nothing is imported yet" in page


def test_stored_names_are_random(logged_in: Client, home: Path) -> None:
    """quality 22"""
    token = waiting(logged_in, name="../../etc/passwd.csv").split("/")[2]
    names = [path.name for path in (home / "uploads" / token).iterdir()]
    assert all(re.fullmatch(r"[0-9a-f]{32}|upload\.json|lock", name) for name in names)
    record = json.loads((home / "uploads" / token / "upload.json").read_text())
    assert record["files"][0]["name"] == "passwd.csv"
    assert record["files"][0]["stored"] in names


def test_an_upload_over_the_limit_is_refused_and_leaves_nothing(logged_in: Client, home: Path, settings: Any) -> None:
    """quality 28"""
    settings.MAINSTAY_UPLOAD_LIMIT = 1
    answer = upload(logged_in, ("big.csv", SALES + "x" * (1 << 20)))
    assert answer.status_code == 413
    assert "1 MiB" in answer.content.decode()
    assert leftovers(home) == []


def test_files_together_are_held_to_the_limit(logged_in: Client, home: Path, settings: Any) -> None:
    """quality 28, 36"""
    settings.MAINSTAY_UPLOAD_LIMIT = 1
    answer = upload(logged_in, ("a.csv", "x" * (700 << 10)), ("b.csv", "x" * (700 << 10)))
    assert answer.status_code == 413
    assert leftovers(home) == []


def test_many_files_come_at_once_and_are_not_held_open(
    logged_in: Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_open: list[bool] = []

    def keeping(**given: Any) -> Pending:
        held_open.extend(not file.closed for file in given["files"])
        return keep(**given)

    monkeypatch.setattr("mainstay.web.pages.imports.keep", keeping)
    address = upload(logged_in, *[(f"{number}.csv", SALES) for number in range(150)]).url
    assert held_open == [False] * 150
    assert leftovers(home) == [address.split("/")[2]]
    assert len(list((home / "uploads" / address.split("/")[2]).glob("[0-9a-f]" * 32))) == 150


def test_more_files_than_the_limit_are_refused_with_the_number(logged_in: Client, home: Path, settings: Any) -> None:
    """quality 36"""
    assert settings.DATA_UPLOAD_MAX_NUMBER_FILES == 2000
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 3
    answer = upload(logged_in, *[(f"{number}.csv", SALES) for number in range(4)])
    assert answer.status_code == 413
    assert "At most 3 files" in answer.content.decode()
    assert leftovers(home) == []
    files = [SimpleUploadedFile(f"{number}.csv", b"x") for number in range(4)]
    assert logged_in.post("/settings/currencies/", {"files": files}).status_code == 413


def test_a_length_over_the_limit_is_refused_unread(home: Path, settings: Any) -> None:
    """quality 28"""
    settings.MAINSTAY_UPLOAD_LIMIT = 1
    request = RequestFactory().post("/imports/", b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(3 << 20))
    with pytest.raises(TooLarge):
        receive(request)
    assert not hasattr(request, "_files")
    assert leftovers(home) == []


def test_a_workbook_has_a_limit_of_its_own(logged_in: Client, home: Path, settings: Any) -> None:
    """quality 24, 28"""
    settings.MAINSTAY_WORKBOOK_LIMIT = 1
    answer = upload(logged_in, ("big.xlsx", b"PK\x03\x04" + b"x" * (1 << 20)))
    assert answer.status_code == 413
    assert "1 MiB" in answer.content.decode()
    assert leftovers(home) == []


def test_a_disk_without_room_is_told_before_anything_is_written(
    logged_in: Client, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """quality 28"""
    monkeypatch.setattr("shutil.disk_usage", lambda _path: SimpleNamespace(free=100))
    answer = upload(logged_in, ("sales.csv", SALES))
    assert answer.status_code == 422
    assert "has no room" in answer.content.decode()
    assert leftovers(home) == []


def test_htmx_is_sent_on_or_gets_the_form_back(logged_in: Client, home: Path) -> None:
    asked = {"HX-Request": "true", "HX-Target": "upload"}
    file = SimpleUploadedFile("sales.csv", SALES.encode())
    sent = {"kind": "sales", "source": "default", "files": [file]}
    answer = logged_in.post("/imports/", sent, headers=asked)
    assert re.fullmatch(r"/imports/[0-9a-f]{32}/", answer["HX-Redirect"])
    wrong = logged_in.post("/imports/", {"kind": "sales", "source": "default"}, headers=asked)
    assert wrong.status_code == 422
    assert b"Choose a file." in wrong.content
    assert b"What was imported" not in wrong.content


def test_the_type_is_told_from_the_content(logged_in: Client, home: Path) -> None:
    """quality 23"""
    answer = upload(logged_in, ("sales.xlsx", SALES))
    assert answer.status_code == 422
    assert "sales.xlsx" in answer.content.decode()
    assert leftovers(home) == []
    assert upload(logged_in, ("sales.csv", b"\x00\x01\x02" * 400)).status_code == 422


def test_what_is_wrong_stands_beside_the_form(logged_in: Client) -> None:
    for sent, text in (
        ({"kind": "songs"}, "Say what the files hold."),
        ({"source": "  "}, "The source needs a name"),
    ):
        answer = upload(logged_in, ("sales.csv", SALES), **sent)
        assert answer.status_code == 422
        assert text in answer.content.decode()
    answer = logged_in.post("/imports/", {"kind": "costs", "source": "erp"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose a file." in page
    assert 'value="costs" checked' in page
    assert 'value="erp"' in page


def test_html_in_names_and_headings_is_escaped(logged_in: Client) -> None:
    """quality 16, 17"""
    name = "<img src=x onerror=alert(1)>.csv"
    content = SALES.replace("colour", '"<script>alert(2)</script>"').replace("red", "<b onclick=x>red</b>")
    page = logged_in.get(waiting(logged_in, content, name)).content.decode()
    for bad in ("<img src=x", "<script>alert", "<b onclick"):
        assert bad not in page
    for good in ("&lt;img src=x", "&lt;script&gt;alert(2)", "&lt;b onclick"):
        assert good in page
    refused = upload(logged_in, ("<i>x</i>.xlsx", SALES)).content.decode()
    assert "<i>x" not in refused


def test_another_persons_upload_is_not_there(logged_in: Client) -> None:
    """quality 10"""
    address = waiting(logged_in)
    other = Client()
    other.force_login(make_user("Bea", role="director"))
    for path in (address, f"{address}refused.csv", "/imports/nothing/", f"/imports/{'0' * 32}/"):
        assert other.get(path).status_code == 404
    assert other.post(address, {"action": "import"}).status_code == 404
    assert other.post(f"{address}discard/").status_code == 404
    assert logged_in.get(address).status_code == 200


def test_uploads_expire(logged_in: Client, home: Path) -> None:
    """quality 10"""
    address = waiting(logged_in)
    (home / "uploads" / "stray.upload").write_text("broken off")
    with clock.frozen(clock.today() + timedelta(days=3)):
        assert logged_in.get(address).status_code == 404
        kept = waiting(logged_in).split("/")[2]
    assert leftovers(home) == [kept]


def test_few_uploads_of_one_person_wait(logged_in: Client, home: Path) -> None:
    addresses = [waiting(logged_in) for _number in range(7)]
    assert len(leftovers(home)) == 5
    assert [logged_in.get(address).status_code for address in addresses] == [404, 404, 200, 200, 200, 200, 200]


def test_an_upload_can_be_thrown_away(logged_in: Client, home: Path) -> None:
    address = waiting(logged_in)
    assert logged_in.post(f"{address}discard/").url == "/imports/"
    assert leftovers(home) == []


@pytest.mark.parametrize("role", ["account_manager", "sales_representative", "scout", "read_only"])
def test_others_may_neither_look_nor_bring(logged_in: Client, home: Path, role: str) -> None:
    """quality 2, 4"""
    address = waiting(logged_in)
    entries, before = AuditEntry.objects.count(), leftovers(home)
    other = Client()
    other.force_login(make_user("Cy", role=role))
    for path in ("/imports/", address, f"{address}refused.csv", "/imports/batches/1/", "/imports/batches/1/undo/"):
        assert other.get(path).status_code == 403
    for path in ("/imports/", address, f"{address}discard/", "/imports/batches/1/undo/", "/refresh/"):
        assert other.post(path).status_code == 403
    assert upload(other, ("sales.csv", SALES)).status_code == 403
    assert leftovers(home) == before
    assert AuditEntry.objects.count() == entries
    assert not Batch.objects.exists()
    assert 'href="/imports/"' not in other.get("/portfolio/").content.decode()
    assert 'href="/imports/"' in logged_in.get("/portfolio/").content.decode()


def test_an_upload_needs_the_forms_token(logged_in: Client, home: Path) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user("Dan", role="analyst"))
    assert upload(strict, ("sales.csv", SALES)).status_code == 403
    assert leftovers(home) == []
    strict.get("/imports/")
    token = strict.cookies["csrftoken"].value
    assert upload(strict, ("sales.csv", SALES), csrfmiddlewaretoken=token).status_code == 303


def test_what_is_refused_puts_no_waiting_upload_away(home: Path) -> None:
    """quality 2"""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user("Dan", role="analyst"))
    strict.get("/imports/")
    token = strict.cookies["csrftoken"].value
    for _number in range(5):
        assert upload(strict, ("sales.csv", SALES), csrfmiddlewaretoken=token).status_code == 303
    before = leftovers(home)
    assert upload(strict, ("sales.csv", SALES)).status_code == 403
    assert upload(strict, ("sales.xlsx", SALES), csrfmiddlewaretoken=token).status_code == 422
    assert upload(strict, ("sales.csv", SALES), kind="songs", csrfmiddlewaretoken=token).status_code == 422
    assert leftovers(home) == before


def test_wrong_verbs(logged_in: Client) -> None:
    address = waiting(logged_in)
    assert logged_in.get("/refresh/").status_code == 405
    assert logged_in.get(f"{address}discard/").status_code == 405
    assert logged_in.post("/imports/batches/1/").status_code == 405
    assert logged_in.put("/imports/").status_code == 405


def test_the_list_asks_little_of_the_database(logged_in: Client, django_assert_num_queries: Any) -> None:
    logged_in.get("/imports/")
    with django_assert_num_queries(6):
        logged_in.get("/imports/")


def test_what_was_looked_at_and_not_imported_is_found_again(logged_in: Client) -> None:
    address = waiting(logged_in, name="april.csv")
    assert f'href="{address}"' in logged_in.get("/imports/").content.decode()
    other = Client()
    other.force_login(make_user("Ben", role="analyst"))
    assert "april.csv" not in other.get("/imports/").content.decode()
    logged_in.post(address, {"action": "import"})
    assert f'href="{address}"' not in logged_in.get("/imports/").content.decode()
