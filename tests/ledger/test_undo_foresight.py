"""What undoing an import would do to the ledger's lines: told before, and so it comes."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstay.ledger.finding import Asked, find_documents
from mainstay.ledger.models import Batch, State
from mainstay.ledger.services import compact_ledger, undo_batch
from mainstay.ledger.undo_foresight import UndoForeseen, undo_foreseen
from tests.ledger.files import HEAD, WHOLE, bring_text, bring_tiny, held

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_lines_that_another_import_holds_too_stay(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\nS1,2024-01-02,A,6\nS2,2024-01-02,B,1\n").batch
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\nS1,2024-01-02,A,6\nS3,2024-01-02,B,1\n")
    assert undo_foreseen(first) == UndoForeseen(lines=3, staying=2)
    undo_batch(batch=first.pk)
    assert sum(held().values()) == 3
    assert undo_foreseen(Batch.objects.get(pk=first.pk)) is None


def test_a_document_that_was_kept_out_elsewhere_will_be_in_no_import(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\nS2,2024-01-02,B,1\n").batch
    kept = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,6\nS3,2024-01-02,B,1\n", on_conflict="keep").batch
    assert undo_foreseen(first) == UndoForeseen(2, 0, lost=1, example="S1", by=kept.pk)
    assert undo_foreseen(kept) == UndoForeseen(1, 0)
    undo_batch(batch=first.pk)
    assert [row[1] for row in held()] == ["S3"]
    for compacted in (False, True):
        if compacted:
            compact_ledger()
        found = {document.whole: document for document in find_documents(Asked("sales", "S")).rows}
        assert {name: document.counts for name, document in found.items()} == {"S1": False, "S2": False, "S3": True}
        assert (found["S1"].lines, found["S1"].amount, found["S1"].accounts) == (0, 0, ["A"])
        assert found["S1"].batches == [first.pk, kept.pk]
        assert [row.whole for row in find_documents(Asked("sales", "S", batch=kept.pk)).rows] == ["S3"]


def test_a_line_by_number_that_was_kept_out(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "sales", HEAD + "S1,1,2024-01-02,A,P,1,5,\nS1,2,2024-01-02,A,P,1,7,\n").batch
    kept = bring_text(
        tmp_path, "sales", HEAD + "S1,1,2024-01-02,A,P,1,5,\nS1,2,2024-01-02,A,P,1,8,\n", on_conflict="keep"
    ).batch
    assert undo_foreseen(first) == UndoForeseen(2, 1, lost=1, example="S1", by=kept.pk)


def test_an_import_without_lines_has_none_to_tell_of() -> None:
    accounts, sales, costs = (outcome.batch for outcome in bring_tiny())
    assert undo_foreseen(accounts) is None
    assert undo_foreseen(sales) == UndoForeseen(sum(held().values()), 0)
    assert undo_foreseen(costs) == UndoForeseen(sum(held("costs").values()), 0)


def test_a_document_of_an_undone_import_in_a_compacted_file_does_not_count(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\n").batch
    bring_text(tmp_path, "sales", WHOLE + "S2,2024-01-02,A,5\n")
    compact_ledger()
    undo_batch(batch=first.pk)
    found = {document.whole: document.counts for document in find_documents(Asked("sales", "S")).rows}
    assert found == {"S1": False, "S2": True}


FILES = st.lists(
    st.tuples(
        st.sampled_from(("replace", "keep")),
        st.dictionaries(st.sampled_from(("D1", "D2", "D3")), st.lists(st.sampled_from("56"), min_size=1, max_size=2)),
    ).filter(lambda file: bool(file[1])),
    min_size=2,
    max_size=4,
)


@pytest.mark.long
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=FILES, which=st.integers(0, 3))
def test_so_it_comes(tmp_path: Path, files: list[tuple[str, dict[str, list[str]]]], which: int) -> None:
    """What is foreseen beside what the ledger holds before and after, whatever the imports."""
    for batch in Batch.objects.filter(state=State.LIVE).order_by("-pk"):
        undo_batch(batch=batch.pk)
    made: list[Batch] = []
    for conflict, documents in files:
        rows = "".join(f"{name},2024-01-02,A,{amount}\n" for name, all_ in documents.items() for amount in all_)
        brought = bring_text(tmp_path, "sales", WHOLE + rows, on_conflict=conflict).batch
        assert brought is not None
        made.append(brought)
    batch = made[which % len(made)]
    before = _documents()
    foreseen = undo_foreseen(Batch.objects.get(pk=batch.pk))
    undo_batch(batch=batch.pk)
    gone = set(before) - set(_documents())
    said_elsewhere = {
        name for other, (_how, documents) in zip(made, files, strict=True) if other.pk != batch.pk for name in documents
    }
    assert (foreseen.lost if foreseen else 0) == len(gone & said_elsewhere)


def _documents() -> Counter[str]:
    return Counter(row[1] for row in held().elements())
