"""What differs from the ledger, told by example in a dry run, before anything is decided."""

import json
from pathlib import Path

import pytest

from mainstay.ledger.models import Batch, Content, LedgerFile
from tests.ledger.files import WHOLE, bring_text

pytestmark = pytest.mark.django_db

LINED = "document,line,date,account,product,amount\n"


def test_a_changed_document_is_told_with_both_sides(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,5\nS1,2024-01-12,B,7\nS2,2024-01-10,A,1\n").batch
    text = WHOLE + "S2,2024-01-10,A,1\nS1,2024-02-10,A,5\nS1,2024-01-12,C,8\n"
    dry = bring_text(tmp_path, "sales", text, name="again.csv", dry_run=True)
    assert dry.counts["conflicts"] == 1
    assert dry.conflicts == [
        {
            "document": "S1",
            "line": "",
            "file": "again.csv",
            "row": 3,
            "batch": first.pk,
            "fields": ["date", "account", "amount"],
            "old": {
                "lines": 2, "amount": "12.0000", "date": "2024-01-10", "last_date": "2024-01-12",
                "accounts": ["A", "B"],
            },
            "new": {
                "lines": 2, "amount": "13.0000", "date": "2024-01-12", "last_date": "2024-02-10",
                "accounts": ["A", "C"],
            },
        }
    ]  # fmt: skip
    json.dumps(dry.conflicts)
    assert Batch.objects.count() == 1


def test_fewer_lines_are_told_as_such(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,5\nS1,2024-01-10,A,5\n")
    (conflict,) = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,5\n", dry_run=True).conflicts
    assert conflict["fields"] == ["lines", "amount"]
    assert (conflict["old"]["lines"], conflict["new"]["lines"]) == (2, 1)


def test_a_numbered_line_is_told_by_itself_and_of_the_batch_that_holds_it(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "sales", LINED + "S1,1,2024-01-10,A,P,5\nS1,2,2024-01-10,A,P,7\n").batch
    bring_text(tmp_path, "sales", LINED + "S1,2,2024-01-10,A,P,8\n", on_conflict="replace")
    (conflict,) = bring_text(tmp_path, "sales", LINED + "S1,1,2024-01-10,A,Q,5\n", dry_run=True).conflicts
    assert (conflict["document"], conflict["line"], conflict["batch"], conflict["fields"]) == (
        "S1",
        "1",
        first.pk,
        ["product"],
    )
    assert conflict["old"]["amount"] == "5.0000"


def test_only_the_first_few_are_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    head, days = WHOLE, [f"S{n},2024-01-{n:02},A," for n in range(1, 10)]
    bring_text(tmp_path, "sales", head + "".join(f"{day}1\n" for day in days))
    dry = bring_text(tmp_path, "sales", head + "".join(f"{day}2\n" for day in reversed(days)), dry_run=True)
    assert dry.counts["conflicts"] == 9
    assert [conflict["document"] for conflict in dry.conflicts] == ["S9", "S8", "S7", "S6", "S5"]


def test_a_cost_is_told_by_its_reference(tmp_path: Path) -> None:
    head = "reference,date,kind,account,amount,note\n"
    bring_text(tmp_path, "costs", head + "K1,2024-01-10,goods,A,5,x\n")
    (conflict,) = bring_text(tmp_path, "costs", head + "K1,2024-01-10,goods,A,5,y\n", dry_run=True).conflicts
    assert (conflict["document"], conflict["fields"]) == ("K1", ["note"])


def test_without_conflicts_nothing_is_told(tmp_path: Path) -> None:
    assert bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,5\n", dry_run=True).conflicts == ()


def test_kept_out_lines_lie_in_a_file_of_their_own(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,5\n")
    batch = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,6\nS2,2024-01-10,A,6\n", on_conflict="keep").batch
    files = dict(LedgerFile.objects.filter(batch=batch).values_list("content", "rows"))
    assert (files[Content.KEPT], files[Content.LINES]) == (1, 1)
