"""What was measured by sizes, as Markdown: a table for each promise, with the target beside what was found."""

from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

from mainstay.cli.benchmark.journal import DUCKDB, MAINSTAY, PANDAS, POLARS, Measured, Results
from mainstay.cli.benchmark.readers import READERS
from mainstay.cli.benchmark.report import BOTH, GIB, machine, mebibytes, seconds, table

Row = tuple[str, ...]
NONE = "–"
IMPORT_MOST, MARTS_MOST, PANDAS_LEAST, READER_MOST, SCALE_MOST = 2.5, 1.3, 5.0, 1.0, 11.0
# The targets for the largest ledger, and for adding to it.
LARGE = 100_000_000
LARGE_PEAK, ADDED_SECONDS, ADDED_PEAK = 8 * GIB, 15.0, 2 * GIB
WORK = {
    "import": "import of CSV into an empty ledger",
    "addition": "a further import, half of it repeats",
    "marts": "computing of the marts",
    "refresh": "refresh, publishing included",
}


def markdown(results: Results) -> str:
    """All tables that there are results for."""
    told = results.conditions
    sizes = sorted({record.lines for record in results.records})
    limits = f"DuckDB held to {told['memory']:,} MiB and {told['threads']} threads everywhere"
    parts = [f"Rounds: {told['rounds']}, of which the medians; {machine()}; {limits}. {BOTH}."]
    for heading, rows_of in TABLES.items():
        headings, rows = rows_of(results, sizes)
        if rows:
            parts += ["", f"### {heading}", "", *table(headings, rows)]
    return "\n".join([*parts, "", *_alike(results, sizes)]) + "\n"


def _imports(results: Results, sizes: Sequence[int]) -> tuple[Row, list[Row]]:
    headings = ("lines", "Mainstay", "DuckDB's copy", "ratio", f"≤ {IMPORT_MOST}", "peak", "copy's peak")
    return headings, [
        _against(results, lines, "import", IMPORT_MOST) for lines in sizes if _has(results, lines, "import")
    ]


def _against(results: Results, lines: int, step: str, most: float) -> Row:
    mine, other = results.of(lines, step, MAINSTAY), results.of(lines, step, DUCKDB)
    ratio = results.ratio(lines, step, MAINSTAY, DUCKDB)
    return f"{lines:,}", _time(mine), _time(other), _number(ratio), _kept(ratio, most), _peak(mine), _peak(other)


def _additions(results: Results, sizes: Sequence[int]) -> tuple[Row, list[Row]]:
    headings = ("ledger", "rows", "new", "Mainstay", "by hand", "≤ 15 s", "peak", "≤ 2 GiB", "by hand's peak")
    rows: list[Row] = []
    for lines in sizes:
        mine, other = results.of(lines, "addition", MAINSTAY), results.of(lines, "addition", DUCKDB)
        if mine and other:
            counts = (f"{mine.told['rows']:,}", f"{mine.told['new']:,}")
            within = _kept(mine.seconds, ADDED_SECONDS), _kept(mine.peak, ADDED_PEAK)
            times = (_time(mine), _time(other))
            rows.append((f"{lines:,}", *counts, *times, within[0], _peak(mine), within[1], _peak(other)))
    return headings, rows


def _marts(results: Results, sizes: Sequence[int]) -> tuple[Row, list[Row]]:
    headings = ("lines", "Mainstay", "SQL by hand", "ratio", f"≤ {MARTS_MOST}", "peak", "SQL's peak")
    return headings, [_against(results, lines, "marts", MARTS_MOST) for lines in sizes if _has(results, lines, "marts")]


def _frames(results: Results, sizes: Sequence[int]) -> tuple[Row, list[Row]]:
    headings = ("lines", "with", "time", "times Mainstay's", f"pandas ≥ {PANDAS_LEAST:.0f}", "peak")
    rows: list[Row] = []
    for lines in sizes:
        for way in (PANDAS, POLARS):
            ratio = results.ratio(lines, "marts", way, MAINSTAY)
            kept = (NONE if ratio is None else "yes" if ratio >= PANDAS_LEAST else "NO") if way == PANDAS else ""
            found = results.of(lines, "marts", way)
            if any(record.key[:3] == (lines, "marts", way) for record in results.records):
                time = _time(found) if found else "not installed"
                rows.append((f"{lines:,}", way, time, _number(ratio), kept, _peak(found)))
    return headings, rows


def _readers(results: Results, sizes: Sequence[int]) -> tuple[Row, list[Row]]:
    headings = ("ledger", "Mainstay: last", "median", "by hand: last", "median", "all ≤ 1 s", "peak", "by hand's peak")
    rows: list[Row] = []
    for lines in sizes:
        mine, other = results.of(lines, "readers", MAINSTAY), results.of(lines, "readers", DUCKDB)
        if mine and other:
            times = [
                f"{value:.2f} s"
                for way, one in ((MAINSTAY, mine), (DUCKDB, other))
                for value in (one.seconds, median(run.told["median"] for run in results.rounds(lines, "readers", way)))
            ]
            rows.append((f"{lines:,}", *times, _kept(mine.seconds, READER_MOST), _peak(mine), _peak(other)))
    return headings, rows


def _scale(results: Results, sizes: Sequence[int]) -> tuple[Row, list[Row]]:
    """Sizes of which one is ten times the other."""
    headings = ("work", "from", "to", "time", "to time", "ratio", "≤ 11", "peak", "≤ 8 GiB")
    rows: list[Row] = []
    for lines in sizes:
        for step, name in WORK.items():
            way = "" if step == "refresh" else MAINSTAY
            less, more = results.of(lines, step, way), results.of(10 * lines, step, way)
            if step != "addition" and less and more:
                ratio = more.seconds / less.seconds
                peak = _kept(more.peak, LARGE_PEAK) if 10 * lines >= LARGE else ""
                spans = f"{lines:,}", f"{10 * lines:,}", _time(less), _time(more), _number(ratio)
                rows.append((name, *spans, _kept(ratio, SCALE_MOST), _peak(more), peak))
    return headings, rows


def _rest(results: Results, sizes: Sequence[int]) -> tuple[Row, list[Row]]:
    names = {
        "accounts": "import of accounts",
        "costs": "import of costs",
        "facts": "facts of accounts for grading",
        "compact": "clustering of the ledger",
        "refresh": WORK["refresh"],
    }
    rows: list[Row] = []
    for lines in sizes:
        for step, name in names.items():
            found = results.of(lines, step)
            if found:
                count = found.told.get("rows", found.told.get("accounts", lines))
                rows.append((f"{lines:,}", name, f"{count:,}", _time(found), _peak(found)))
    return ("lines", "work", "rows", "time", "peak"), rows


TABLES: dict[str, Callable[[Results, Sequence[int]], tuple[Row, list[Row]]]] = {
    "Import into an empty ledger": _imports,
    "A further import": _additions,
    "Computing of the marts": _marts,
    "pandas and Polars": _frames,
    "Ten times as much": _scale,
    f"{READERS} readers at once": _readers,
    "What else there is to do": _rest,
}


def _alike(results: Results, sizes: Sequence[int]) -> list[str]:
    """Whether all ways came to the same figures."""
    found = []
    for lines in sizes:
        ways = [way for way in (MAINSTAY, DUCKDB, PANDAS, POLARS) if results.of(lines, "marts", way)]
        if len(ways) > 1:
            cells = [_rounded(measured.told) for way in ways if (measured := results.of(lines, "marts", way))]
            same = all(one == cells[0] for one in cells)
            found.append(f"{lines:,} lines: {', '.join(ways)} give the same cells: {'yes' if same else 'NO'}.")
    return found


def _rounded(told: dict[str, Any]) -> dict[str, tuple[int, int, int]]:
    """The cells with their sums to the whole unit: pandas adds up floating point numbers."""
    return {cell: (row[0], round(float(row[1])), round(float(row[2]))) for cell, row in told["cells"].items()}


def _has(results: Results, lines: int, step: str) -> bool:
    return results.of(lines, step, MAINSTAY) is not None and results.of(lines, step, DUCKDB) is not None


def _time(found: Measured | None) -> str:
    return f"{seconds(found.seconds)} ({found.cpu:.1f})" if found else NONE


def _peak(found: Measured | None) -> str:
    return mebibytes(found.peak) if found else NONE


def _number(ratio: float | None) -> str:
    return NONE if ratio is None else f"{ratio:.2f}"


def _kept(value: float | None, most: float) -> str:
    return NONE if value is None else "yes" if value <= most else "NO"
