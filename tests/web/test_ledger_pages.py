"""The pages of the ledger: finding documents, the history of one, what an import replaced."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mainstay.ledger.models import Batch
from tests.factories import make_user
from tests.ledger.files import WHOLE, bring_text
from tests.web.accounts import client_of, table, words

pytestmark = pytest.mark.django_db

PAGES = ("/ledger/", "/ledger/?q=S", "/ledger/document/?document=S1", "/ledger/batches/{last}/")


@pytest.fixture
def batches(tmp_path: Path) -> dict[str, int]:
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,5\nS1,2024-01-10,A,7\nS2,2024-01-11,B,1.25\n")
    last = bring_text(
        tmp_path, "sales", WHOLE + "S1,2024-02-10,B,5\nS3,2024-01-11,B,1\n", on_conflict="replace", name="<b>feb<b>.csv"
    )
    return {"first": first.batch.pk, "last": last.batch.pk}


def test_only_who_imports_sees_the_ledger(batches: dict[str, int]) -> None:
    """quality 4: it shows every account's lines."""
    for page in PAGES:
        path = page.format(**batches)
        for role, status in (("director", 200), ("analyst", 200), ("account_manager", 403), ("read_only", 403)):
            client = client_of(make_user(f"{role}{abs(hash(path))}", role=role))
            answer = client.get(path)
            assert answer.status_code == status, (path, role)
            assert ('href="/ledger/"' in answer.content.decode()) is (status == 200)
        assert Client().get(path).status_code == 302
        assert client.post(path).status_code == 405


def test_finding_a_document(logged_in: Client, batches: dict[str, int]) -> None:
    assert "Which document?" in words(logged_in.get("/ledger/"))
    rows = table(logged_in.get("/ledger/?q=S"), "Documents")
    assert [row[0] for row in rows[1:]] == ["S1", "S2", "S3"]
    assert rows[1][3:] == ["1", "5.00", "default", f"{batches['first']} , {batches['last']}", "corrected"]
    assert len(table(logged_in.get("/ledger/?q=S2&match=exact"), "Documents")) == 2
    assert "No document is like that" in words(logged_in.get("/ledger/?q=S&match=exact"))
    rows = table(logged_in.get(f"/ledger/?batch={batches['last']}"), "Documents")
    assert [row[0] for row in rows[1:]] == ["S1", "S3"]
    part = logged_in.get("/ledger/?q=S", headers={"HX-Request": "true", "HX-Target": "part"})
    assert "<html" not in part.content.decode()


def test_a_list_of_documents_has_pages(
    logged_in: Client, batches: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mainstay.ledger.finding.find_documents.__kwdefaults__", {"after": None, "size": 2})
    page = logged_in.get("/ledger/?q=S")
    assert [row[0] for row in table(page, "Documents")[1:]] == ["S1", "S2"]
    address = page.context["page"].next
    assert [row[0] for row in table(logged_in.get(address), "Documents")[1:]] == ["S3"]
    assert logged_in.get("/ledger/?q=S&after=nonsense").status_code == 422


@pytest.mark.parametrize("query", ["kind=accounts", "match=like", "batch=x", "order=amount", f"q={'S' * 201}", "q=%00"])
def test_what_cannot_be_asked_for(logged_in: Client, query: str) -> None:
    """quality 20"""
    assert logged_in.get(f"/ledger/?{query}").status_code == 422


def test_the_history_of_a_document(logged_in: Client, batches: dict[str, int]) -> None:
    """quality 16: a file's name is text."""
    answer = logged_in.get("/ledger/document/?kind=sales&source=default&document=S1")
    text = words(answer)
    assert text.index(f"Import {batches['last']} counts") < text.index(f"Import {batches['first']} replaced")
    assert "<b>feb" not in answer.content.decode()
    assert "&lt;b&gt;feb" in answer.content.decode()
    rows = table(answer, f"Import {batches['last']}")
    assert rows[1][:2] == ["before: 10 Jan 2024 10 Feb 2024", "before: A B"]
    assert rows[2][2:] == ["7.00", "no longer said"]
    assert logged_in.get("/ledger/document/?document=S9").status_code == 404
    assert logged_in.get("/ledger/document/?document=S1&source=other").status_code == 404
    assert logged_in.get("/ledger/document/?document=S1&kind=contacts").status_code == 422


def test_what_an_import_replaced(logged_in: Client, batches: dict[str, int]) -> None:
    batch = words(logged_in.get(f"/imports/batches/{batches['last']}/"))
    assert "What it replaced" in batch
    assert "What it replaced" not in words(logged_in.get(f"/imports/batches/{batches['first']}/"))
    rows = table(logged_in.get(f"/ledger/batches/{batches['last']}/"), "Documents it replaced")
    assert rows[1][1:] == [
        f"import {batches['first']}", "10 Jan 2024 10 Feb 2024", "A B", "2", "1", "12.00", "5.00",
    ]  # fmt: skip
    assert "It replaced nothing" in words(logged_in.get(f"/ledger/batches/{batches['first']}/"))
    assert logged_in.get("/ledger/batches/99/").status_code == 404


def test_the_pages_ask_little_of_the_database(
    logged_in: Client, batches: dict[str, int], django_assert_max_num_queries: Any
) -> None:
    for page, most in zip(PAGES, (4, 10, 11, 10), strict=True):
        logged_in.get(page.format(**batches))
        with django_assert_max_num_queries(most):
            logged_in.get(page.format(**batches))
    assert Batch.objects.count() == 2
