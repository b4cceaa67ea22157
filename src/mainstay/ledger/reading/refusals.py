"""The refused rows of a staging: told, and written out to be mended and imported again."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from mainstay.core.errors import N_
from mainstay.ledger.reading.columns import Match
from mainstay.ledger.reading.preview import Problem, problems_of
from mainstay.ledger.reading.source import SourceFile
from mainstay.ledger.reading.stage import Staged

Files = Sequence[tuple[SourceFile, Match]]
REASON = "reason"
ROW_REASON = N_("row %(row)s: %(problems)s")
FILE_ROW_REASON = N_("%(file)s, row %(row)s: %(problems)s")
_PLAIN_NUMBER = re.compile(r"[-+]?[0-9][0-9., ']*(?:[eE][-+]?[0-9]+)?")
_FETCH = 2_000


def describe_refusals(
    staged: Staged, files: Files, connection: duckdb.DuckDBPyConnection, limit: int = 20
) -> list[dict[str, Any]]:
    """The first `limit` problems, by file and row: `file` (its name), `row`, `column`, `field`, `problem` (msgid),
    `params` that fill it, `value`, and `message` (English)."""
    told: list[dict[str, Any]] = []
    for file, row, problems, _ in _refused(staged, files, connection, limit):
        told += [_told(files[file][0].name, row, problem) for problem in problems]
    return told[:limit]


def _told(file: str, row: int, problem: Problem) -> dict[str, Any]:
    return {
        "file": file,
        "row": row,
        "column": problem.column,
        "field": problem.field,
        "problem": problem.message,
        "params": problem.params,
        "value": problem.value,
        "message": str(problem),
    }


def write_refusals(
    staged: Staged,
    files: Files,
    to: Path,
    connection: duckdb.DuckDBPyConnection,
    translate: Callable[[str], str] = str,
) -> int:
    """Write the refused rows as CSV (UTF-8 with a byte order mark): the files' own columns and `reason`.

    Returns how many rows they are.
    A cell that a spreadsheet would take for a formula is kept as text by an apostrophe, which reading takes off again.
    The separator is the one under which the files' numbers are read as they were.
    """
    headings = _headings([source for source, _ in files])
    semicolon = any(style.decimal == "," for style in staged.styles)
    count = 0
    with to.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";" if semicolon else ",")
        writer.writerow([*(_safe(heading) for heading, _ in headings), REASON])
        for file, row, problems, cells in _refused(staged, files, connection, None):
            source = files[file][0]
            told = " ".join(translate(problem.message) % problem.params for problem in problems)
            reason = translate(FILE_ROW_REASON if len(files) > 1 else ROW_REASON)
            filled = reason % {"file": source.name, "row": row, "problems": told}
            writer.writerow([*_arranged(cells, source, headings), _safe(filled), *_surplus(cells, source)])
            count += 1
    return count


def _refused(
    staged: Staged, files: Files, connection: duckdb.DuckDBPyConnection, limit: int | None
) -> Iterator[tuple[int, int, tuple[Problem, ...], list[str | None]]]:
    found = connection.cursor().execute(
        f"SELECT file, row, problems, cells FROM {staged.refused} ORDER BY file, row LIMIT ?",
        [limit if limit is not None else 1 << 62],
    )
    while rows := found.fetchmany(_FETCH):
        for file, row, problems, cells in rows:
            yield file, row, problems_of(problems, files[file][1]), cells


def _headings(sources: Sequence[SourceFile]) -> list[tuple[str, int]]:
    """Every heading of the files, with its number among the equal ones of its file; earlier reasons are left out."""
    headings: dict[tuple[str, int], None] = {}
    for source in sources:
        headings.update(dict.fromkeys(key for key in _keys(source) if key is not None))
    return list(headings)


def _keys(source: SourceFile) -> list[tuple[str, int] | None]:
    seen: dict[str, int] = {}
    keys: list[tuple[str, int] | None] = []
    for column in source.columns:
        keys.append(None if column == REASON else (column, seen.get(column, 0)))
        seen[column] = seen.get(column, 0) + 1
    return keys


def _arranged(cells: Sequence[str | None], source: SourceFile, headings: Sequence[tuple[str, int]]) -> list[str]:
    own = {key: cell for key, cell in zip(_keys(source), cells, strict=False) if key is not None}
    return [_safe(own.get(heading)) for heading in headings]


def _surplus(cells: Sequence[str | None], source: SourceFile) -> list[str]:
    return [_safe(cell) for cell in cells[len(source.columns) :]]


def _safe(cell: str | None) -> str:
    text = cell or ""
    if text.startswith(("=", "+", "-", "@", "\t", "\r")) and not _PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text
