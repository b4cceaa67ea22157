"""Many files become few, clustered by account; what the ledger holds stays."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.utils import timezone

from mainstay.core import clock
from mainstay.core.errors import Conflict, Refused
from mainstay.ledger import compaction
from mainstay.ledger.engine import opened
from mainstay.ledger.models import Batch, Content, LedgerFile, State
from mainstay.ledger.selectors import live_files, sales_lines
from mainstay.ledger.services import compact_ledger, undo_batch
from mainstay.ledger.writer import holding_files, writing
from tests.ledger.files import HEAD, WHOLE, amounts, bring_text, bring_tiny, held
from tests.ledger.test_units import Ledger, Row

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def counting(kind: str = "sales", content: Content = Content.LINES) -> list[LedgerFile]:
    return list(LedgerFile.objects.filter(kind=kind, content=content, retired_at=None).order_by("pk"))


def bring_days(folder: Path, days: int) -> list[int]:
    """Batches of a line each: D1 of account A1 over 1, D2 of A2 over 2, …"""
    made = [bring_text(folder, "sales", WHOLE + f"D{n},2024-01-{n:02},A{n % 3},{n}\n") for n in range(1, days + 1)]
    return [int(outcome.batch.pk) for outcome in made]


def test_many_files_become_one_and_every_line_stays(tmp_path: Path) -> None:
    bring_tiny()
    bring_days(tmp_path, 5)
    before, costs = held(), held("costs")
    done = compact_ledger()
    assert (held(), held("costs")) == (before, costs)
    assert [(d.kind, d.content, d.files, d.into, d.rows) for d in done] == [
        ("sales", "lines", 6, 1, 19),
        ("costs", "lines", 1, 1, sum(costs.values())),
    ]
    (file,) = counting()
    assert (file.batch, file.clustered, len(file.holds)) == (None, True, 6)
    assert compact_ledger() == []


def test_its_rows_lie_by_account_and_day_with_the_newest_first(tmp_path: Path) -> None:
    bring_tiny()
    bring_days(tmp_path, 5)
    compact_ledger()
    rows = duckdb.sql(f"SELECT coalesce(account, ''), date FROM '{live_files('sales', Content.LINES)[0]}'").fetchall()
    assert rows == sorted(rows, key=lambda row: (row[0], -row[1].toordinal()))
    (file,) = counting()
    assert (file.first_account, file.last_account) == ("A0", "G1")


def test_a_large_ledger_goes_to_files_of_accounts_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "PART", 100)
    chance = random.Random(7)
    rows = [f"S{n},1,2024-01-02,{'' if n % 50 == 0 else f'A{chance.randrange(40):02}'},P,1,{n}.5,0" for n in range(600)]
    bring_text(tmp_path, "sales", HEAD + "\n".join(rows) + "\n")
    before = held()
    (done,) = compact_ledger()
    assert done.into == len(counting()) == 6
    assert held() == before
    files = sorted(counting(), key=lambda file: file.first_account)
    assert all(one.last_account < other.first_account for one, other in pairwise(files))
    assert compact_ledger() == []


def test_a_batch_can_be_taken_back_afterwards_as_before(tmp_path: Path) -> None:
    """What it covered comes back, what a later one repeated stays; its rows in the common file count no more."""
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\nS2,2024-01-02,B,1\nS3,2024-01-02,C,9\n")
    second = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,6\nS2,2024-01-02,B,1\n", on_conflict="replace")
    compact_ledger()
    first = Batch.objects.earliest("pk")
    assert amounts() == [1, 6, 9]
    undo_batch(batch=first.pk)
    assert amounts() == [1, 6]
    assert len(counting()) == 2
    second.batch.refresh_from_db()
    assert (second.batch.lines, second.batch.amount) == (2, 7)
    compact_ledger()
    assert amounts() == [1, 6]
    assert counting()[0].holds == [second.batch.pk]
    undo_batch(batch=second.batch.pk)
    assert amounts() == []
    compact_ledger()
    assert counting() == []


def test_an_undone_batch_in_a_common_file_can_be_imported_again(tmp_path: Path) -> None:
    text = WHOLE + "S1,2024-01-02,A,5\n"
    first = bring_text(tmp_path, "sales", text)
    bring_text(tmp_path, "sales", WHOLE + "S2,2024-01-02,B,1\n")
    compact_ledger()
    undo_batch(batch=first.batch.pk)
    again = bring_text(tmp_path, "sales", text)
    assert (again.counts["new"], again.counts["known"]) == (1, 0)
    assert amounts() == [1, 5]


def test_sources_that_share_a_file_do_not_meet(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\n", source="one")
    other = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,7\n", source="two")
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,7\n", source="two")
    compact_ledger()
    assert bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\n", source="one").counts["known"] == 1
    undo_batch(batch=first.batch.pk)
    assert amounts() == [5, 7]
    undo_batch(batch=other.batch.pk)
    assert amounts() == [5, 7]


def test_too_many_small_files_are_written_together_after_an_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "SMALL_FILES", 4)
    bring_days(tmp_path, 4)
    assert len(counting()) == 4
    bring_text(tmp_path, "sales", WHOLE + "S9,2024-01-02,A,9\n")
    assert len(counting()) == 1
    assert amounts() == [1, 2, 3, 4, 9]


def test_an_import_counts_also_where_the_compaction_after_it_cannot_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "SMALL_FILES", 1)
    monkeypatch.setattr(compaction, "_publish", _refuses)
    bring_days(tmp_path, 3)
    assert amounts() == [1, 2, 3]
    assert len(counting()) == 3


def _refuses(*_: object) -> None:
    raise Refused("The disk is full.")


def test_reading_that_began_before_ends_with_the_same_lines(tmp_path: Path) -> None:
    """A long refresh holds the list of files; they stay until the day after."""
    bring_days(tmp_path, 5)
    with opened() as engine:
        table = sales_lines(engine)
        compact_ledger()
        undo_batch(batch=Batch.objects.earliest("pk").pk)
        bring_text(tmp_path, "sales", WHOLE + "S9,2024-01-02,A,9\n")
        assert table.amount.sum().to_pyarrow().as_py() == 15
    assert amounts() == [2, 3, 4, 5, 9]


def test_old_files_go_after_a_day_and_not_while_somebody_holds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    bring_days(tmp_path, 3)
    old = live_files("sales", Content.LINES)
    compact_ledger()
    later = timezone.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    with holding_files(), writing():
        assert all(Path(path).exists() for path in old)
    with writing():
        assert not any(Path(path).exists() for path in old)
    assert amounts() == [1, 2, 3]


def test_an_undo_meanwhile_is_kept_and_the_compaction_begins_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = bring_days(tmp_path, 4)
    check = compaction._check_equal
    undone: list[int] = []

    def undo_first(*args: Any) -> None:
        check(*args)
        if not undone:
            undone.append(undo_batch(batch=batches[0]))

    monkeypatch.setattr(compaction, "_check_equal", undo_first)
    compact_ledger()
    assert amounts() == [2, 3, 4]
    assert [file.holds for file in counting()] == [batches[1:]]


def test_one_that_is_always_too_late_is_a_conflict_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_days(tmp_path, 3)

    @contextmanager
    def overtaken() -> Iterator[Any]:
        with writing() as writer:
            LedgerFile.objects.filter(pk=counting()[0].pk).update(retired_at=clock.now())
            yield writer

    monkeypatch.setattr(compaction, "writing", lambda _progress: overtaken())
    with pytest.raises(Conflict):
        compact_ledger()
    assert not LedgerFile.objects.filter(clustered=True).exists()


def test_files_that_do_not_add_up_are_not_put_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_days(tmp_path, 3)
    monkeypatch.setattr(compaction._Writing, "_parts", lambda _self: ["amount <> 2"])
    with pytest.raises(Refused, match="Nothing was changed"):
        compact_ledger()
    assert amounts() == [1, 2, 3]


def file(rows: int, *, clustered: bool = True, first: str = "A", last: str = "Z", holds: Any = ()) -> LedgerFile:
    return LedgerFile(rows=rows, clustered=clustered, first_account=first, last_account=last, holds=list(holds))


@pytest.mark.parametrize(
    ("files", "undone", "thorough", "expected"),
    [
        ([1] * 32, (), False, 0),
        ([1] * 33, (), False, 33),
        ([1] * 32 + [1000], (), False, 32),
        ([1] * 32 + [60], (), False, 33),
        ([10, 20], (), True, 2),
        ([10], (), True, 0),
        ([10], (7,), True, 1),
        ([10, 3_000_000], (), True, 0),
        ([10, 3_000_000], (7,), True, 2),
        ([3_000_000] * 9, (), True, 9),
        ([3_000_000] * 8, (), True, 0),
    ],
)
def test_which_files_are_written_anew(files: list[int], undone: Any, thorough: bool, expected: int) -> None:
    taken = compaction.chosen([file(rows, holds=[7]) for rows in files], set(undone), thorough=thorough)
    assert len(taken) == expected


def test_a_large_file_in_no_order_is_due_after_a_refresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_days(tmp_path, 1)
    assert compaction.compact_if_due(["sales"], cluster=True) == []
    monkeypatch.setattr(compaction, "LARGE", 1)
    assert len(compaction.compact_if_due(["sales"], cluster=True)) == 1
    assert counting()[0].clustered


def test_lines_are_written_anew_a_few_times_and_not_with_every_import() -> None:
    """A thousand imports of 100 lines: by the sizes alone, without files."""
    sizes: list[int] = []
    written = 0
    for _number in range(1000):
        sizes.append(100)
        taken = [f.rows for f in compaction.chosen([file(rows) for rows in sizes], set(), thorough=False)]
        if taken:
            for rows in taken:
                sizes.remove(rows)
            sizes.append(sum(taken))
            written += sum(taken)
    assert len(sizes) <= compaction.SMALL_FILES
    assert sum(sizes) == 100_000
    assert written < 4 * 100_000


def walk(seed: int, steps: int, folder: Path, checked: Callable[[Ledger], None]) -> None:
    """Imports, undos and compactions in any order, beside a plain model of what the ledger should hold."""
    chance, model = random.Random(seed), Ledger(folder)
    for step in range(steps):
        what = chance.random()
        if what < 0.6 or not model.stated:
            lined = chance.random() < 0.5
            units = {(f"S{chance.randrange(4)}", str(chance.randrange(2)) if lined else None) for _ in range(4)}
            rows: list[Row] = [(document, line, chance.randrange(1, 4)) for document, line in sorted(units, key=str)]
            text = "".join(f"{d},{n or ''},2024-01-02,A{a},{a}\n" for d, n, a in rows)
            if not lined:
                text = text.replace(",,", ",")
            head = "document,line,date,account,amount\n" if lined else WHOLE
            outcome = bring_text(folder, "sales", head + text, name=f"{step}.csv", on_conflict="replace")
            model.stated[outcome.batch.pk] = rows
        elif what < 0.8:
            batch = chance.choice(sorted(model.stated))
            undo_batch(batch=batch)
            del model.stated[batch]
        else:
            compact_ledger()
        checked(model)


def holds_what_the_rule_says(model: Ledger) -> None:
    found = sorted((row[1], row[2] or "", int(row[5])) for row in held().elements())
    assert found == sorted((document, line or "", amount) for document, line, amount in model.should_hold().elements())
    for batch in Batch.objects.filter(state=State.LIVE):
        assert batch.lines is not None


def test_any_order_of_imports_undos_and_compactions(tmp_path: Path) -> None:
    walk(1, 15, tmp_path, holds_what_the_rule_says)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 14))
def test_any_order_at_length(tmp_path: Path, seed: int) -> None:
    walk(seed, 40, tmp_path, holds_what_the_rule_says)
