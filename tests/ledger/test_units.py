"""The rule of units: a unit holds what the latest live batch that contains it says."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstay.core.errors import Conflict, Refused
from mainstay.ledger import release, units
from mainstay.ledger.conflicts import refuse_changed
from mainstay.ledger.schema import LINES

SALES = LINES["sales"]
Row = tuple[str, str | None, int]  # document, line, amount


@dataclass
class Ledger:
    """The files of a ledger as the database would list them, and a plain model of what they should hold."""

    folder: Path
    files: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    covered: list[str] = field(default_factory=list)
    stated: dict[int, list[Row]] = field(default_factory=dict)
    compacted: dict[str, list[str]] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)
    number: int = 0

    def path(self) -> Path:
        self.number += 1
        return self.folder / f"{self.number}.parquet"

    def of(self, content: str) -> list[str]:
        return [p for (_b, c), paths in self.files.items() if c == content for p in paths] + self.compacted.get(
            content, []
        )

    def compact(self) -> None:
        """One file of each content for all batches: rows of one that is undone later stay in it."""
        for content in ("lines", "repeats"):
            if files := self.of(content):
                path, gone = self.path(), units.of_others(sorted(self.undone))
                duckdb.connect().execute(f"COPY (FROM read_parquet({files}) WHERE {gone}) TO '{path}'").fetchall()
                self.compacted[content] = [str(path)]
        self.files = {}

    def bring_in(self, rows: list[Row], on_conflict: str = "replace", files: int = 1) -> units.Verdicts:
        connection = duckdb.connect(config={"threads": 1})
        staged = stage(connection, rows, self.path(), files)
        units.load_incoming(connection, SALES, staged, "s")
        units.check_shared(connection, SALES, [f"{n}.csv" for n in range(files)])
        units.load_existing(connection, SALES, self.of("lines"), self.covered, undone=sorted(self.undone))
        verdicts = units.judge(connection, SALES)
        if verdicts.changed_units and on_conflict == "fail":
            refuse_changed(connection, SALES, ["a.csv"], verdicts.changed_units)
        batch = max([*self.stated, *self.undone], default=0) + 1
        path = self.path()
        if units.write_lines(connection, SALES, batch=batch, replace=on_conflict == "replace", to=path):
            self.files[batch, "lines"] = [str(path)]
        if units.write_repeats(connection, batch=batch, to=(path := self.path())):
            self.files[batch, "repeats"] = [str(path)]
        if on_conflict == "replace" and units.write_covered(connection, SALES, to=(path := self.path())):
            self.covered.append(str(path))
        self.stated[batch] = rows
        return verdicts

    def undo(self, batch: int) -> None:
        connection = duckdb.connect(config={"threads": 1})
        mine = self.files.get((batch, "lines"), []) + self.compacted.get("lines", [])
        heirs = release.load_release(
            connection, SALES, batch=batch, source="s", mine=mine, undone=sorted(self.undone),
            others=self.of("lines"), repeats=self.of("repeats"),
        )  # fmt: skip
        for heir in heirs:
            path = self.path()
            assert release.write_inheritance(connection, SALES, batch=batch, mine=mine, heir=heir, to=path)
            self.files.setdefault((heir, "lines"), []).append(str(path))
        path = self.path()
        pairs = release.write_covered_without(connection, covered=self.covered, to=path)
        self.covered = [str(path)] if pairs else []
        self.files = {key: paths for key, paths in self.files.items() if key[0] != batch}
        del self.stated[batch]
        self.undone.add(batch)

    def holds(self) -> Counter[Row]:
        lines = self.of("lines")
        if not lines:
            return Counter()
        connection = duckdb.connect(config={"threads": 1})
        query = f"""SELECT document, line, amount::INTEGER FROM read_parquet($lines) l
            WHERE {units.of_others(sorted(self.undone))}"""
        if self.covered:
            query += """ AND NOT EXISTS (FROM read_parquet($covered) c WHERE c.batch = l.batch
                AND c.whole = l.document AND c.part IS NOT DISTINCT FROM l.line)"""
            return Counter(connection.execute(query, {"lines": lines, "covered": self.covered}).fetchall())
        return Counter(connection.execute(query, {"lines": lines}).fetchall())

    def should_hold(self) -> Counter[Row]:
        """By the words of the rule, batch by batch: what a batch states goes in place of what was there."""
        held: Counter[Row] = Counter()
        for batch in sorted(self.stated):
            rows = self.stated[batch]
            by_line = {(document, line) for document, line, _amount in rows if line}
            whole = {document for document, line, _amount in rows if not line}
            lined = {document for document, _line in by_line}
            kept = {
                row: count
                for row, count in held.items()
                if row[0] not in whole and (row[0], row[1]) not in by_line and not (row[0] in lined and row[1] is None)
            }
            held = Counter(kept) + Counter(rows)
        return held


def stage(connection: duckdb.DuckDBPyConnection, rows: list[Row], to: Path, files: int = 1) -> str:
    """What stands after FROM for the staged rows."""
    connection.execute("CREATE TEMP TABLE typed (file SMALLINT, row BIGINT, document TEXT, line TEXT, amount INTEGER)")
    connection.executemany(
        "INSERT INTO typed VALUES (?, ?, ?, ?, ?)",
        [(n % files, n + 2, *row) for n, row in enumerate(rows)] or [(0, 2, "none", None, 0)],
    )
    connection.execute(
        f"""COPY (SELECT file, row, document, line, DATE '2024-01-01' AS date, 'A' AS account, 'P' AS product,
        NULL AS quantity, NULL AS unit_price, amount, NULL AS cost, NULL AS currency FROM typed) TO '{to}'"""
    )
    return f"read_parquet('{to}')"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path)


def test_the_same_lines_in_another_order_add_nothing(ledger: Ledger) -> None:
    """quality 38"""
    rows: list[Row] = [("S1", None, 5), ("S1", None, 5), ("S1", None, 7), ("S2", None, 1)]
    ledger.bring_in(rows)
    again = ledger.bring_in(rows[::-1])
    assert (again.new_rows, again.known_units, again.known_rows) == (0, 2, 4)
    assert ledger.holds() == Counter(rows)


def test_one_equal_line_fewer_is_another_content(ledger: Ledger) -> None:
    ledger.bring_in([("S1", None, 5), ("S1", None, 5)])
    again = ledger.bring_in([("S1", None, 5)])
    assert (again.changed_units, again.new_rows) == (1, 0)
    assert ledger.holds() == Counter([("S1", None, 5)])


def test_a_changed_document_is_refused_with_an_example(ledger: Ledger) -> None:
    ledger.bring_in([("S1", None, 5), ("S2", None, 1)])
    with pytest.raises(Conflict, match=r"first S1 \(a.csv, row 2\): batch 1 says 5.0000 in all, the file 6.0000"):
        ledger.bring_in([("S1", None, 6), ("S2", None, 1)], on_conflict="fail")


def test_keep_leaves_what_is_there(ledger: Ledger) -> None:
    ledger.bring_in([("S1", "1", 5), ("S1", "2", 1)])
    ledger.bring_in([("S1", "1", 6), ("S1", "3", 9)], on_conflict="keep")
    assert ledger.holds() == Counter([("S1", "1", 5), ("S1", "2", 1), ("S1", "3", 9)])


def test_undo_of_a_batch_between_brings_back_nothing_that_a_later_one_replaced(ledger: Ledger) -> None:
    for amount in (1, 2, 3):
        ledger.bring_in([("S1", None, amount)])
    ledger.undo(2)
    assert ledger.holds() == Counter([("S1", None, 3)])
    ledger.undo(3)
    assert ledger.holds() == Counter([("S1", None, 1)])


def test_what_a_later_batch_repeated_stays_when_the_first_is_undone(ledger: Ledger) -> None:
    ledger.bring_in([("S1", None, 1), ("S2", None, 2)])
    ledger.bring_in([("S1", None, 1)])
    ledger.undo(1)
    assert ledger.holds() == Counter([("S1", None, 1)])
    ledger.undo(2)
    assert ledger.holds() == Counter()


def test_a_document_by_line_and_as_a_whole_is_never_counted_twice(ledger: Ledger) -> None:
    ledger.bring_in([("S1", "1", 1), ("S1", "2", 2)])
    ledger.bring_in([("S1", None, 3)])
    assert ledger.holds() == Counter([("S1", None, 3)])
    ledger.undo(2)
    assert ledger.holds() == Counter([("S1", "1", 1), ("S1", "2", 2)])


def test_two_files_of_one_import_with_the_same_document_count_it_once(ledger: Ledger) -> None:
    verdicts = ledger.bring_in([("S1", None, 5), ("S1", None, 5), ("S2", None, 1), ("S2", None, 1)], files=2)
    assert (verdicts.new_rows, verdicts.known_rows) == (2, 2)
    assert ledger.holds() == Counter([("S1", None, 5), ("S2", None, 1)])


def test_two_files_that_share_a_document_with_other_lines_are_refused_with_both_places(ledger: Ledger) -> None:
    with pytest.raises(Refused, match=r"S1 stands in 0.csv \(row 2\) and, with other lines, in 1.csv \(row 3\)"):
        ledger.bring_in([("S1", None, 5), ("S1", None, 6)], files=2)


documents = st.sampled_from(["S1", "S2", "S3"])
whole_rows = st.lists(st.tuples(documents, st.none(), st.integers(1, 3)), min_size=1, max_size=6)
lined_rows = st.lists(
    st.tuples(documents, st.sampled_from(["1", "2"]), st.integers(1, 3)),
    min_size=1,
    max_size=6,
    unique_by=lambda row: (row[0], row[1]),
)
steps = st.lists(st.one_of(whole_rows, lined_rows, st.integers(0, 20), st.none()), min_size=1, max_size=9)


@given(steps=steps)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_imports_undos_and_compactions_hold_what_the_rule_says(steps: list[list[Row] | int | None]) -> None:
    with TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder))
        for step in steps:
            if isinstance(step, list):
                ledger.bring_in(step)
            elif step is None:
                ledger.compact()
            elif ledger.stated:
                ledger.undo(sorted(ledger.stated)[step % len(ledger.stated)])
            assert ledger.holds() == ledger.should_hold()
