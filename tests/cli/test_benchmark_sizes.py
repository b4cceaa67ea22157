"""mainstay benchmark --sizes: every step does what its row says, and what was measured is kept and told."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from mainstay.cli.benchmark import made_up, readers, sql, steps, suite, suite_report, suite_steps
from mainstay.cli.benchmark.frames import COLUMNS
from mainstay.cli.benchmark.journal import DUCKDB, MAINSTAY, PANDAS, POLARS, Journal, Record, Results
from mainstay.cli.benchmark.measure import Bench
from mainstay.core.errors import Refused
from tests.cli.shell import run
from tests.cli.test_benchmark import rows

LINES, ACCOUNTS = 3_000, 120


def filled_home(folder: Path) -> str:
    """A ledger of LINES with accounts and costs; returns the facts for grading."""
    suite_steps.prepare_size(str(folder), LINES, ACCOUNTS, 1_000)
    for kind, name in (("accounts", "accounts.csv"), ("sales", "sales.csv"), ("costs", "costs.parquet")):
        steps.import_file(kind, str(folder / name))
    facts = str(folder / "facts.parquet")
    steps.snapshot(facts)
    return facts


@pytest.mark.django_db(transaction=True)
def test_every_way_comes_to_the_same_figures(tmp_path: Path) -> None:
    facts = filled_home(tmp_path)
    by_hand = steps.compute_sql(facts, str(tmp_path / "DuckDB"))
    for name in ("pandas", "polars"):
        told = suite_steps.compute_frames(name, facts, str(tmp_path / name))
        assert {cell: row[0] for cell, row in told["cells"].items()} == {
            cell: row[0] for cell, row in by_hand["cells"].items()
        }
        for mart in sql.FILES:
            expected, found = rows(tmp_path / "DuckDB" / f"{mart}.parquet"), rows(tmp_path / name / f"{mart}.parquet")
            assert len(expected) == len(found) > 0
            if mart == "accounts":
                assert set(COLUMNS) <= expected[0].keys()
            for one, other in zip(expected, found, strict=True):
                differing = {key: (one[key], other[key]) for key in other if not to_the_cent(one[key], other[key])}
                assert not differing, (name, mart, differing)
    # What a hand-written import adds is what the product adds.
    by_hand_added = suite_steps.add_sql(str(tmp_path / "more.csv"))["new"]
    product = steps.import_file("sales", str(tmp_path / "more.csv"))
    assert 0 < by_hand_added == product["new"] < product["rows"]
    readers.compact()
    # Both kinds of readers see as many lines, and the largest account has more than a page of them.
    mine, other = readers.read_accounts(ACCOUNTS), readers.read_accounts_sql(ACCOUNTS)
    assert mine["rows"] == other["rows"] > readers.SHOWN
    assert mine["median"] <= mine["seconds"]


def to_the_cent(one: Any, other: Any) -> bool:
    if hasattr(other, "hour"):  # pandas knows no days
        other = other.date()
    if one is None or other is None or isinstance(one, str | bool) or hasattr(one, "year"):
        return bool(one == other)
    return abs(float(one) - float(other)) < 0.005


def test_half_of_what_is_added_is_there_already(tmp_path: Path, settings: Any) -> None:
    made_up.write(tmp_path, lines=LINES, accounts=ACCOUNTS, people=5, forms=("csv",))
    assert not (tmp_path / "sales.parquet").exists()
    made_up.write_addition(tmp_path / "more.csv", lines=LINES, accounts=ACCOUNTS, more=1_000)
    with duckdb.connect() as connection:
        ((added, known, first, last),) = connection.execute(
            "SELECT count(*), count(s.document), min(m.date) FILTER (s.document IS NOT NULL), max(m.date) "
            f"FROM '{tmp_path}/more.csv' m LEFT JOIN '{tmp_path}/sales.csv' s ON m = s"
        ).fetchall()
    assert 900 < added < 1_100
    assert 0.4 < known / added < 0.6
    assert (last - first).days > 1_000
    assert last == made_up.LAST_DAY


def test_an_account_for_the_lines_at_a_place() -> None:
    assert made_up.code_of(0, 1_000) == "C0000000"
    assert made_up.code_of(0.5, 1_000) == "C0000062"


@pytest.mark.django_db
def test_the_copy_of_a_csv_has_all_its_rows(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(
        "document,line,date,account,product,quantity,unit_price,amount,cost,currency\n"
        "D1,1,2024-06-30,C1,P1,2,1.5,3,1,EUR\nD1,2,2024-06-30,,P1,1,1.5,1.5,,EUR\n"
    )
    told = suite_steps.copy_csv(str(tmp_path / "sales.csv"))
    assert told["rows"] == 2
    assert told["seconds"] > 0
    assert not list(tmp_path.glob("*.parquet"))


def test_what_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(suite_steps.importlib, "import_module", missing)
    assert suite_steps.compute_frames("polars", "", str(tmp_path)) == {"missing": "polars"}


@pytest.mark.django_db
def test_a_whole_refresh_is_published(tmp_path: Path) -> None:
    filled_home(tmp_path)
    assert suite_steps.refresh_whole()["accounts"] == ACCOUNTS


# The course, with steps that only say that they were there.


@pytest.fixture
def carried_out(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """(home, step) of every step that a course carried out."""
    done: list[tuple[str, str]] = []

    def pretend(self: Bench, step: str, **_arguments: Any) -> dict[str, Any]:
        done.append((self.home.name, step))
        (self.home / "ledger.parquet").touch()
        (self.home / "mainstay.sqlite3").write_text(step)
        return told(1.0 + len(done))

    monkeypatch.setattr(Bench, "run", pretend)
    return done


def told(seconds: float) -> dict[str, Any]:
    return {
        "seconds": seconds,
        "cpu": 2 * seconds,
        "peak": 2**20,
        "rows": 10,
        "new": 5,
        "median": seconds / 2,
        "cells": {"A1": [1, "2.00", "1.00"]},
    }


def test_a_course_measures_in_turns_and_goes_on_where_it_broke_off(
    tmp_path: Path, carried_out: list[tuple[str, str]]
) -> None:
    def say(step: str) -> None:
        if step.endswith("marts · DuckDB · 2/2"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        suite.measure_sizes(tmp_path, sizes=[2_000], rounds=2, say=say)
    before = list(carried_out)
    assert [step for _home, step in before[2:6]] == ["import_file", "copy_csv", "copy_csv", "import_file"]
    assert [step for _home, step in before if step.startswith("compute")] == [
        "compute",
        "compute_sql",
        "compute_frames",
        "compute_frames",
        # The other way about; then it broke off.
        "compute_frames",
        "compute_frames",
    ]
    results = suite.measure_sizes(tmp_path, sizes=[2_000], rounds=2, say=lambda _step: None)
    after = [step for _home, step in carried_out[len(before) :]]
    assert after[:2] == ["compute_sql", "compute"]
    assert after[-1] == "refresh_whole"
    assert "import_file" not in after
    assert {
        way: len(results.rounds(2_000, "marts", way)) for way in (MAINSTAY, DUCKDB, PANDAS, POLARS)
    } == dict.fromkeys((MAINSTAY, DUCKDB, PANDAS, POLARS), 2)
    # What was measured on is kept; what a round worked in is not.
    assert sorted(path.name for path in (tmp_path / "2000").iterdir()) == ["base", "clustered", "empty"]


def test_every_round_begins_with_a_ledger_of_its_own(tmp_path: Path, carried_out: list[tuple[str, str]]) -> None:
    suite.measure_sizes(tmp_path, sizes=[2_000], rounds=1, say=lambda _step: None)
    homes = dict.fromkeys(home for home, _step in carried_out)
    assert list(homes) == ["empty", "import", "base", "addition", "clustered", "refresh"]
    empty, base = tmp_path / "2000" / "empty", tmp_path / "2000" / "base"
    assert (empty / "ledger.parquet").samefile(base / "ledger.parquet")
    assert not (empty / "mainstay.sqlite3").samefile(base / "mainstay.sqlite3")


def test_pandas_is_left_out_where_it_would_not_fit(tmp_path: Path, carried_out: list[tuple[str, str]]) -> None:
    course = suite.Course(
        tmp_path, suite.Size(100_000_000), rounds=1, journal=Journal(tmp_path / "j", {}), say=lambda _step: None
    )
    course._marts()
    assert len([step for _home, step in carried_out if step == "compute_frames"]) == 1


def test_other_conditions_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    Journal(path, {"rounds": 3}).once(Record(1, "a"), lambda: {"seconds": 1.0})
    with path.open("a") as file:
        file.write('{"lines": 1, "ste')  # it broke off here
    again = Journal(path, {"rounds": 3})
    assert again.once(Record(1, "a"), lambda: {"seconds": 2.0}) == {"seconds": 1.0}
    again.once(Record(1, "b"), lambda: {"seconds": 3.0})
    assert [record.step for record in Journal(path, {"rounds": 3}).results.records] == ["a", "b"]
    with pytest.raises(Refused, match="another"):
        Journal(path, {"rounds": 4})


def test_a_full_disk_is_told_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 1_000_000

    monkeypatch.setattr(suite.shutil, "disk_usage", lambda _path: Usage)
    with pytest.raises(Refused, match="GB free"):
        suite.measure_sizes(tmp_path, sizes=[2_000], rounds=1, say=lambda _step: None)


def results_of(seconds: Callable[[Record], float], sizes: tuple[int, ...], rounds: int = 3) -> Results:
    records = [
        Record(lines, step, way, number)
        for lines in sizes
        for step, ways in {
            "import": (MAINSTAY, DUCKDB),
            "addition": (MAINSTAY, DUCKDB),
            "marts": (MAINSTAY, DUCKDB, PANDAS, POLARS),
            "readers": (MAINSTAY, DUCKDB),
        }.items()
        for way in ways
        for number in range(1, rounds + 1)
    ]
    records += [Record(lines, step) for lines in sizes for step in ("accounts", "costs", "facts", "refresh")]
    done = [Record(*record.key, told=told(seconds(record))) for record in records]
    return Results({"rounds": rounds, "memory": 4_096, "threads": 2}, done)


def test_ratios_are_medians_of_rounds() -> None:
    # Rounds of 10 ÷ 4, 20 ÷ 10 and 90 ÷ 9: the middle one is 2.5; of the medians it would be 20 ÷ 9.
    mine, others = {1: 10.0, 2: 20.0, 3: 90.0}, {1: 4.0, 2: 10.0, 3: 9.0}
    results = results_of(lambda one: (mine if one.way == MAINSTAY else others).get(one.round, 1.0), (1_000,))
    assert results.ratio(1_000, "import", MAINSTAY, DUCKDB) == 2.5
    found = results.of(1_000, "import", MAINSTAY)
    assert found
    assert (found.seconds, found.cpu) == (20.0, 40.0)
    assert results.ratio(1_000, "import", MAINSTAY, PANDAS) is None


def test_the_report_says_what_is_kept_and_what_is_not() -> None:
    times = {MAINSTAY: 2.0, DUCKDB: 1.0, PANDAS: 12.0, POLARS: 3.0, "": 30.0}
    text = suite_report.markdown(
        results_of(lambda one: times[one.way] * one.lines / 10_000_000, (10_000_000, 100_000_000))
    )
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("|")]
    assert ["100,000,000", "20.0 s (40.0)", "10.0 s (20.0)", "2.00", "yes", "1 MiB", "1 MiB"] in lines  # import
    assert ["100,000,000", "20.0 s (40.0)", "10.0 s (20.0)", "2.00", "NO", "1 MiB", "1 MiB"] in lines  # marts
    assert ["10,000,000", "pandas", "12.0 s (24.0)", "6.00", "yes", "1 MiB"] in lines
    assert ["100,000,000", "10", "5", "20.0 s (40.0)", "10.0 s (20.0)", "NO", "1 MiB", "yes", "1 MiB"] in lines
    scale = [line for line in lines if line[0] == "refresh, publishing included"]
    assert scale == [
        [
            "refresh, publishing included",
            "10,000,000",
            "100,000,000",
            "30.0 s (60.0)",
            "300.0 s (600.0)",
            "10.00",
            "yes",
            "1 MiB",
            "yes",
        ]
    ]
    assert "100,000,000 lines: Mainstay, DuckDB, pandas, Polars give the same cells: yes." in text
    for heading in suite_report.TABLES:
        assert f"### {heading}" in text


def test_a_way_that_could_not_be_gone_is_told() -> None:
    results = results_of(lambda _one: 1.0, (1_000,), rounds=1)
    kept = [record for record in results.records if record.way != PANDAS]
    text = suite_report.markdown(
        Results(results.conditions, [*kept, Record(1_000, "marts", PANDAS, 1, {"missing": "pandas"})])
    )
    assert "not installed" in text
    assert "Mainstay, DuckDB, Polars give the same cells" in text
    assert json.loads(results.to_json())["records"][0]["told"]["seconds"] == 1.0


def test_estimates_grow_with_what_is_measured() -> None:
    assert suite.minutes([1_000_000], 3) < suite.minutes([1_000_000, 10_000_000], 3)
    assert suite.gigabytes([1_000_000]) < suite.gigabytes([100_000_000])


@pytest.mark.parametrize(
    "arguments",
    [
        ("--sizes", "1", "--lines", "5000"),
        ("--sizes", "1", "--accounts", "50"),
        ("--sizes", "one"),
        ("--sizes", "0"),
        ("--sizes", "1001"),
        ("--keep", "somewhere"),
        ("--rounds", "2"),
        ("--out", "tables.json"),
    ],
)
def test_options_that_do_not_go_together_are_refused(arguments: tuple[str, ...]) -> None:
    assert run("benchmark", *arguments, exit_code=2).stdout == ""


@pytest.mark.long
def test_the_command_measures_small_sizes(tmp_path: Path) -> None:
    out = tmp_path / "sizes.md"
    keep = tmp_path / "kept"
    result = run("benchmark", "--sizes", "0.02,0.002", "--rounds", "1", "--keep", keep, "--out", out)
    assert result.stdout == out.read_text()
    assert "minutes" in result.stderr
    kept = json.loads(out.with_suffix(".json").read_text())
    assert {record["lines"] for record in kept["records"]} == {2_000, 20_000}
    for heading in suite_report.TABLES:
        assert f"### {heading}" in result.stdout
    assert result.stdout.count("give the same cells: yes.") == 2
    again = run("benchmark", "--sizes", "0.02", "--rounds", "1", "--keep", keep)
    assert "·" not in again.stderr
    assert "20,000" in again.stdout
