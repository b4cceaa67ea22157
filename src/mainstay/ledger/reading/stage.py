"""From recognised files to staged Parquet: the good rows, and the refused ones with their reasons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from mainstay.core.errors import N_, Refused
from mainstay.ledger.reading.columns import Match
from mainstay.ledger.reading.kinds import Kind, kind_named
from mainstay.ledger.reading.numbers import DECIMALS
from mainstay.ledger.reading.parquet import damaged
from mainstay.ledger.reading.parsing import Parsing
from mainstay.ledger.reading.progress import Progress, watched
from mainstay.ledger.reading.records import Record
from mainstay.ledger.reading.relation import (
    Relation,
    is_structural,
    parquet_relation,
    quick_relation,
    refuse_nested,
    write_cells,
    written_relation,
)
from mainstay.ledger.reading.source import SourceFile
from mainstay.ledger.reading.styles import Style, decide, decimal_of
from mainstay.ledger.reading.text import text_records
from mainstay.ledger.reading.workbook import Sheet

_READ = "read_parquet(?, file_row_number = true, hive_partitioning = false)"


@dataclass(frozen=True)
class Staged:
    """`rows`: `file`, `row` and one column per field; `refused`: `file`, `row`, `column`, `field`, `problem`, `value`
    (of the first problem), `problems` (all: field, problem, value) and `cells`. `styles`: one per file."""

    rows: Path
    refused: Path
    row_count: int
    refused_count: int
    mapped: frozenset[str]
    styles: tuple[Style, ...] = ()


@dataclass(frozen=True)
class _Part:
    """One file's parsed rows. `first`: the row of its first record, where the records carry no row of their own."""

    path: Path
    style: Style
    first: int | None


def stage(
    files: Sequence[tuple[SourceFile, Match]],
    kind: str,
    *,
    folder: Path,
    connection: duckdb.DuckDBPyConnection,
    progress: Progress | None = None,
    keep_cells: bool = False,
) -> Staged:
    """Read the files into `folder`/staged.parquet and refused.parquet, in the files' order of rows.

    Every row that holds anything is in one of the two. `progress` hears a file's name and its rows so far, from
    another thread as well; on the way through a CSV only where the connection's enable_progress_bar is set.
    With `keep_cells`, good rows have their original `cells` too, as refused ones always have.
    Refused where a file has no rows, cannot be read on, or leaves the order of its dates open.
    """
    what = kind_named(kind)
    _insist_on_order(connection)
    folder.mkdir(parents=True, exist_ok=True)
    parts: list[_Part] = []
    try:
        for number, (source, match) in enumerate(files):
            refuse_nested(source, match)
            parts.append(
                _parse(source, match, what, folder / f"part{number}.parquet", connection, progress, keep_cells)
            )
            rows = _refuse_empty(source, parts[-1], connection)
            if progress:
                progress(source.name, rows)
        return _joined(files, parts, what, folder, connection, keep_cells)
    finally:
        for leftover in folder.glob("part*.parquet"):
            leftover.unlink()


def _insist_on_order(connection: duckdb.DuckDBPyConnection) -> None:
    """Rows are numbered by their place in what DuckDB writes."""
    found = connection.execute("SELECT current_setting('preserve_insertion_order')").fetchone()
    if not found or not found[0]:
        raise ValueError("stage() needs a connection with preserve_insertion_order")


def _refuse_empty(source: SourceFile, part: _Part, connection: duckdb.DuckDBPyConnection) -> int:
    query = "SELECT count(*) FROM read_parquet(?) WHERE problems IS NULL OR len(problems) > 0"
    rows = _count(connection, query, str(part.path))
    if not rows:
        raise Refused(N_("“%(file)s” has a heading but no rows. Choose a file with rows."), file=source.name)
    return rows


def _count(connection: duckdb.DuckDBPyConnection, query: str, path: str) -> int:
    found = connection.execute(query, [path]).fetchone()
    return int(found[0]) if found else 0


def _parse(
    source: SourceFile,
    match: Match,
    kind: Kind,
    to: Path,
    connection: duckdb.DuckDBPyConnection,
    progress: Progress | None,
    keep_cells: bool,
) -> _Part:
    if source.format == "parquet":
        try:
            return _parse_relation(source, match, kind, parquet_relation(source), to, connection, keep_cells)
        except duckdb.Error as error:
            if isinstance(error, duckdb.OutOfMemoryException):
                raise
            raise damaged(source.name) from error
    if source.format == "csv" and source.quick:
        try:
            with watched(connection, source, progress):
                return _parse_relation(source, match, kind, quick_relation(source), to, connection, keep_cells)
        except duckdb.Error as error:
            if not is_structural(error):
                raise
    return _parse_slowly(source, match, kind, to, connection, progress, keep_cells)


def _parse_slowly(
    source: SourceFile,
    match: Match,
    kind: Kind,
    to: Path,
    connection: duckdb.DuckDBPyConnection,
    progress: Progress | None,
    keep_cells: bool,
) -> _Part:
    written: Sequence[str] | None = None
    if source.format == "xlsx":
        records, written = workbook_cells(source, match, kind, connection)
    else:
        records = text_records(source)
    cells = to.with_name("part-cells.parquet")
    write_cells(records, len(source.columns), cells, lambda rows: progress(source.name, rows) if progress else None)
    try:
        return _parse_relation(source, match, kind, written_relation(cells), to, connection, keep_cells, written)
    finally:
        cells.unlink(missing_ok=True)


def workbook_cells(
    source: SourceFile, match: Match, kind: Kind, connection: duckdb.DuckDBPyConnection
) -> tuple[Iterator[Record], Sequence[str]]:
    """A sheet's rows, its numbers written as its texts write theirs, and those texts."""
    places = {
        field: source.columns.index(match.fields[field.name]) for field in kind.fields if field.name in match.fields
    }
    sheet = Sheet(source)
    written = sheet.written_numbers({place for field, place in places.items() if field.type in DECIMALS})
    decimal = decimal_of(written, source, connection)
    days = [place for field, place in places.items() if field.type == "date"]
    return sheet.records(decimal=decimal, dates=days), written


def _parse_relation(
    source: SourceFile,
    match: Match,
    kind: Kind,
    relation: Relation,
    to: Path,
    connection: duckdb.DuckDBPyConnection,
    keep_cells: bool,
    written: Sequence[str] | None = None,
) -> _Part:
    style = decide(source, match, kind, connection, whole=lambda: relation, written=written)
    query = Parsing(kind, source, match, style, relation, keep_cells).query()
    connection.execute(f"COPY ({query}) TO ? (FORMAT parquet)", [*relation.params, str(to)])
    return _Part(to, style, None if relation.numbered else source.heading_row + 1)


def _joined(
    files: Sequence[tuple[SourceFile, Match]],
    parts: Sequence[_Part],
    kind: Kind,
    folder: Path,
    connection: duckdb.DuckDBPyConnection,
    keep_cells: bool,
) -> Staged:
    rows, refused = folder / "staged.parquet", folder / "refused.parquet"
    good = [_good(number, part, kind, keep_cells) for number, part in enumerate(parts)]
    _copy(" UNION ALL ".join(good), [str(part.path) for part in parts], rows, connection)
    bad = [_bad(number, part) for number, part in enumerate(parts)]
    bound: list[object] = []
    for part, (_, match) in zip(parts, files, strict=True):
        bound += [match.fields, str(part.path)]
    _copy(" UNION ALL ".join(bad), bound, refused, connection)
    counting = "SELECT count(*) FROM read_parquet(?)"
    return Staged(
        rows,
        refused,
        _count(connection, counting, str(rows)),
        _count(connection, counting, str(refused)),
        frozenset(name for _, match in files for name in match.fields),
        tuple(part.style for part in parts),
    )


def _good(number: int, part: _Part, kind: Kind, keep_cells: bool) -> str:
    fields = ", ".join([*kind.names, "cells"] if keep_cells else kind.names)
    return f"SELECT {number}::SMALLINT AS file, {_row(part)} AS row, {fields} FROM {_READ} WHERE problems IS NULL"


def _bad(number: int, part: _Part) -> str:
    return (
        f"SELECT {number}::SMALLINT AS file, {_row(part)} AS row, "
        'map_extract_value(?::MAP(VARCHAR, VARCHAR), problems[1].field) AS "column", '
        "problems[1].field AS field, problems[1].problem AS problem, problems[1].value AS value, problems, cells "
        f"FROM {_READ} WHERE len(problems) > 0"
    )


def _row(part: _Part) -> str:
    return "row" if part.first is None else f"file_row_number + {part.first}"


def _copy(query: str, params: Sequence[object], to: Path, connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(f"COPY ({query}) TO ? (FORMAT parquet)", [*params, str(to)])
