"""`mainstay history`, and the conflicts that a dry run prints."""

from pathlib import Path

import pytest

from tests.cli.shell import run, told
from tests.ledger.files import WHOLE, bring_text

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_history_of_a_document_as_json(tmp_path: Path) -> None:
    run("init")
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,5\n", name="one.csv").batch.pk
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,5\n")
    last = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,B,6\n", on_conflict="replace").batch.pk
    rows = told("history", "S1")
    assert [(row["batch"], row["state"], row["replaced_by"], row["account"], row["amount"]) for row in rows] == [
        (first, "replaced", last, "A", "5.0000"),
        (first + 1, "repeated", None, None, None),
        (last, "holds", None, "B", "6.0000"),
    ]
    assert rows[0]["files"] == "one.csv"
    assert "No import of default says anything of S9" in run("history", "S9", exit_code=1).stderr
    assert run("history", "S1", "--source", "other", exit_code=1)
    assert run("history", "S1", "--kind", "contacts", exit_code=2)


def test_a_dry_run_prints_the_conflicts(tmp_path: Path) -> None:
    run("init")
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,5\n").batch.pk
    (tmp_path / "again.csv").write_text(WHOLE + "S1,2024-01-11,A,6\n")
    printed = run("import", "sales", tmp_path / "again.csv", "--dry-run").stderr
    assert f"S1 (again.csv, row 2) is there with other content: batch {first} says 5.0000, 2024-01-10, A" in printed
    assert "the file 6.0000, 2024-01-11, A. What differs: date, amount." in printed
