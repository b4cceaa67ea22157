"""What became of a document: every batch that said it, with its lines, and which of them count."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from mainstay.core import clock
from mainstay.core.errors import NotFound, Refused
from mainstay.ledger.finding import Asked, find_documents, replaced_units
from mainstay.ledger.history import UnitHistory, unit_history
from mainstay.ledger.models import Batch, LedgerFile
from mainstay.ledger.services import undo_batch
from mainstay.ledger.versions import compared
from mainstay.ledger.writer import sweep
from tests.ledger.files import WHOLE, bring_text

pytestmark = pytest.mark.django_db

LINED = "document,line,date,account,product,amount\n"


def states(found: UnitHistory) -> list[tuple[int, str, list[int]]]:
    return [(said.batch.pk, said.standing.value, list(said.replaced_by)) for said in found.statements]


def history(document: str = "S1", kind: str = "sales") -> UnitHistory:
    return unit_history(kind=kind, source="default", document=document)


def test_each_batch_that_said_a_document_is_told(tmp_path: Path) -> None:
    text = WHOLE + "S1,2024-01-10,A,5\nS1,2024-01-10,A,7\n"
    first = bring_text(tmp_path, "sales", text, name="january.csv").batch.pk
    same = bring_text(tmp_path, "sales", text).batch.pk
    kept = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,6\n", on_conflict="keep").batch.pk
    last = bring_text(
        tmp_path, "sales", WHOLE + "S1,2024-02-10,B,5\nS1,2024-01-10,A,7\n", on_conflict="replace"
    ).batch.pk
    found = history()
    assert states(found) == [
        (first, "replaced", [last]),
        (same, "repeated", []),
        (kept, "kept", []),
        (last, "holds", []),
    ]
    assert [said.amount for said in found.statements] == [12, 0, 6, 12]
    assert found.statements[0].batch.files == ["january.csv"]
    assert found.statements[1].same_as == first
    changes = [(line.line.now["account"], line.line.fields) for line in found.statements[3].lines]
    assert sorted(changes) == [("A", ()), ("B", ("date", "account"))]
    assert found.lost == []


def test_lines_of_a_numbered_document_have_their_own_fate(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "sales", LINED + "S1,1,2024-01-10,A,P,5\nS1,2,2024-01-10,A,P,7\n").batch.pk
    text = LINED + "S1,2,2024-01-10,A,P,8\nS1,10,2024-01-10,A,Q,1\n"
    last = bring_text(tmp_path, "sales", text, on_conflict="replace").batch.pk
    found = history()
    assert states(found) == [(first, "partly", [last]), (last, "holds", [])]
    assert [(told.line.now["line"], told.replaced_by) for told in found.statements[0].lines] == [
        ("1", None),
        ("2", last),
    ]
    changes = [(told.line.now["line"], told.line.fields) for told in found.statements[1].lines]
    assert changes == [("2", ("amount",)), ("10", ())]
    assert found.statements[1].lines[1].line.before is None


def test_a_document_with_fewer_lines_tells_which_are_gone(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,5\nS1,2024-01-10,A,7\n")
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,7\n", on_conflict="replace")
    gone = [told.line.before["amount"] for told in history().statements[1].lines if told.line.now is None]
    assert gone == [Decimal(5)]


def test_undone_batches_are_told_with_their_lines_for_a_day_and_then_by_number(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,5\n").batch.pk
    last = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,6\n", on_conflict="replace").batch.pk
    undo_batch(batch=last)
    assert states(history()) == [(first, "holds", []), (last, "undone", [])]
    assert history().statements[1].amount == 6
    LedgerFile.objects.filter(retired_at__isnull=False).update(retired_at=clock.now() - timedelta(days=2))
    sweep()
    found = history()
    assert states(found) == [(first, "holds", [])]
    assert [batch.pk for batch in found.lost] == [last]


def test_what_an_undo_hands_on_is_told_at_its_heir(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,5\n").batch.pk
    second = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,5\n").batch.pk
    undo_batch(batch=first)
    assert states(history()) == [(first, "undone", []), (second, "holds", [])]


def test_costs_by_reference(tmp_path: Path) -> None:
    head = "reference,date,kind,account,amount\n"
    first = bring_text(tmp_path, "costs", head + "R1,2024-01-10,delivery,A,5\n").batch.pk
    last = bring_text(tmp_path, "costs", head + "R1,2024-01-10,service,A,5\n", on_conflict="replace").batch.pk
    found = history("R1", "costs")
    assert states(found) == [(first, "replaced", [last]), (last, "holds", [])]
    assert found.statements[1].lines[0].line.fields == ("kind",)


def test_what_is_not_there() -> None:
    with pytest.raises(NotFound, match="No import of default says anything of S9"):
        history("S9")
    with pytest.raises(Refused, match="Documents are of"):
        history("S9", "accounts")


def test_a_missing_file_is_told(tmp_path: Path, home: Path) -> None:
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-10,A,5\n")
    for path in (home / "ledger" / "sales").glob("*.parquet"):
        path.unlink()
    with pytest.raises(Refused, match="cannot be read"):
        history()


def test_finding_documents(tmp_path: Path) -> None:
    rows = "".join(f"S{n},2024-01-{n:02},A{n % 2},{n}\n" for n in range(1, 8)) + "T1,2024-02-01,B,9\n"
    first = bring_text(tmp_path, "sales", WHOLE + rows).batch.pk
    last = bring_text(tmp_path, "sales", WHOLE + "S3,2024-03-03,B,30\n", on_conflict="replace").batch.pk
    bring_text(tmp_path, "sales", WHOLE + "S3,2024-03-03,C,1\n", source="other")
    found = find_documents(Asked("sales", "S"), size=5)
    assert [row.whole for row in found.rows] == ["S1", "S2", "S3", "S3", "S4"]
    assert found.next == ("S4", "default")
    rest = find_documents(Asked("sales", "S"), after=found.next, size=5)
    assert [row.whole for row in rest.rows] == ["S5", "S6", "S7"]
    assert rest.next is None
    third = found.rows[2]
    assert (third.source, third.lines, third.amount, third.accounts) == ("default", 1, 30, ["B"])
    assert (third.batches, third.replaced) == ([first, last], True)
    assert [row.whole for row in find_documents(Asked("sales", "T", exact=True)).rows] == []
    assert [row.whole for row in find_documents(Asked("sales", "T1", exact=True)).rows] == ["T1"]
    assert [row.whole for row in find_documents(Asked("sales", batch=last)).rows] == ["S3"]
    assert [row.source for row in find_documents(Asked("sales", "S3", source="other")).rows] == ["other"]
    assert find_documents(Asked("sales")).rows == []


def test_what_a_batch_replaced(tmp_path: Path) -> None:
    """By hand: S1 5 → 6, S2 line 1 of 7 → 8; S3 is new and S4 known."""
    text = LINED + "S1,1,2024-01-10,A,P,5\nS2,1,2024-01-10,A,P,7\nS2,2,2024-01-10,A,P,1\nS4,1,2024-01-10,A,P,1\n"
    first = bring_text(tmp_path, "sales", text).batch.pk
    text = LINED + "S1,1,2024-01-11,B,P,6\nS2,1,2024-01-10,A,P,8\nS3,1,2024-01-10,A,P,7\nS4,1,2024-01-10,A,P,1\n"
    second = bring_text(tmp_path, "sales", text, on_conflict="replace").batch
    found = replaced_units(second)
    assert [(row.whole, row.before.batches, row.before.amount, row.now.amount) for row in found.rows] == [
        ("S1", [first], 5, 6),
        ("S2", [first], 7, 8),
    ]
    page = replaced_units(second, size=1)
    assert page.next == ("S1", "default")
    assert [row.whole for row in replaced_units(second, after="S1", size=1).rows] == ["S2"]
    assert replaced_units(Batch.objects.get(pk=first)).rows == []
    undo_batch(batch=second.pk)
    assert replaced_units(second).rows == []


def test_lines_are_paired_by_number_then_equal_ones_then_by_product() -> None:
    def line(number: str, product: str, amount: int) -> dict[str, object]:
        return {"line": number, "product": product, "amount": amount}

    before = [line("1", "P", 1), line("2", "Q", 2), line("3", "R", 3)]
    now = [line("9", "Q", 2), line("8", "P", 5), line("7", "T", 4)]
    content = ("product", "amount")
    paired = compared(before, now, content, None)
    assert [(pair.before and pair.before["product"], pair.fields) for pair in paired] == [
        ("Q", ()),
        ("P", ("amount",)),
        ("R", ("product", "amount")),
    ]
    by_number = compared(before, [line("2", "P", 1)], content, "line")
    assert [(pair.now and pair.now["line"], pair.before and pair.before["line"]) for pair in by_number] == [
        ("2", "2"),
        (None, "1"),
        (None, "3"),
    ]
