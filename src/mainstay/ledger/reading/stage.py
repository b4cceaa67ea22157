"""From recognised files to staged Parquet: the good rows, and the refused ones with their reasons."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from mainstay.core.errors import N_, Refused
from mainstay.core.sql import quoted
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
from mainstay.ledger.reading.totals import MOST, trailing_totals
from mainstay.ledger.reading.workbook import Sheet

# Read once or twice and thrown away: looking for values that come again takes a third of the writing.
_STAGED = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION lz4, DICTIONARY_SIZE_LIMIT 1000"
_ROWS = "read_parquet({path}, file_row_number = true, hive_partitioning = false)"


@dataclass(frozen=True)
class Part:
    """One file's parsed rows. `first`: the row of its first record, where the records carry no row of their own.
    `cells`: where the file's cells can be read again. `rows` counts those that hold nothing, too: neither good nor
    bad; so are `totals` at the end of the file, with their row and word."""

    path: Path
    style: Style
    first: int | None
    cells: Relation
    rows: int
    good: int
    bad: int
    totals: tuple[tuple[int, str], ...] = ()

    @property
    def source(self) -> str:
        """What stands after FROM."""
        return _ROWS.format(path=quoted(self.path))

    @property
    def row(self) -> str:
        return "row" if self.first is None else f"file_row_number + {self.first}"


@dataclass(frozen=True)
class Staged:
    """What stands after FROM: `rows`: `file`, `row` and one column per field; `refused`: `file`, `row`, `field`,
    `problem`, `value` (of the first problem), `problems` (all: field, problem, value) and `cells`. `parts` and their
    `styles`: one per file. They live as long as the folder they were staged in."""

    rows: str
    refused: str
    row_count: int
    refused_count: int
    kind: str
    mapped: frozenset[str]
    parts: tuple[Part, ...] = ()

    @property
    def styles(self) -> tuple[Style, ...]:
        return tuple(part.style for part in self.parts)


def stage(
    files: Sequence[tuple[SourceFile, Match]],
    kind: str,
    *,
    folder: Path,
    connection: duckdb.DuckDBPyConnection,
    progress: Progress | None = None,
) -> Staged:
    """Read the files into Parquet in `folder`, each once, in the order of their rows.

    Every row that holds anything is among the good or the refused, but for totals at a file's end. `progress` hears a
    file's name and its rows so far, from another thread as well; on the way through a CSV only where the connection's
    enable_progress_bar is set.
    Refused where a file has no rows, cannot be read on, or leaves the order of its dates open.
    """
    what = kind_named(kind)
    _insist_on_order(connection)
    folder.mkdir(parents=True, exist_ok=True)
    parts: list[Part] = []
    for number, (source, match) in enumerate(files):
        refuse_nested(source, match)
        part = _parse(source, match, what, folder / f"part{number}.parquet", connection, progress)
        part = _without_totals(part, connection)
        if not part.good + part.bad:
            raise Refused(N_("“%(file)s” has a heading but no rows. Choose a file with rows."), file=source.name)
        if progress:
            progress(source.name, part.good + part.bad)
        parts.append(part)
    return Staged(
        rows=_together(_good(number, part, what) for number, part in enumerate(parts)),
        refused=_together(_bad(number, part) for number, part in enumerate(parts)),
        row_count=sum(part.good for part in parts),
        refused_count=sum(part.bad for part in parts),
        kind=kind,
        mapped=frozenset(name for _, match in files for name in match.fields),
        parts=tuple(parts),
    )


def _without_totals(part: Part, connection: duckdb.DuckDBPyConnection) -> Part:
    """The part without the rows at its end that add it up."""
    if not (part.good and part.bad):
        return part
    query = f"SELECT {part.row} AS row, problems, cells FROM {part.source}"
    last = f"(SELECT max({part.row}) FROM {part.source} WHERE problems IS NULL)"
    rows = connection.execute(
        f"SELECT * FROM ({query}) WHERE len(problems) > 0 AND row > {last} ORDER BY row DESC LIMIT {MOST}"
    ).fetchall()
    totals = tuple(trailing_totals(rows[::-1]))
    return replace(part, totals=totals, bad=part.bad - len(totals))


def _insist_on_order(connection: duckdb.DuckDBPyConnection) -> None:
    """Rows are numbered by their place in what DuckDB writes."""
    found = connection.execute("SELECT current_setting('preserve_insertion_order')").fetchone()
    if not found or not found[0]:
        raise ValueError("stage() needs a connection with preserve_insertion_order")


def _parse(
    source: SourceFile,
    match: Match,
    kind: Kind,
    to: Path,
    connection: duckdb.DuckDBPyConnection,
    progress: Progress | None,
) -> Part:
    if source.format == "parquet":
        try:
            return _parse_relation(source, match, kind, parquet_relation(source), to, connection)
        except duckdb.Error as error:
            if isinstance(error, duckdb.OutOfMemoryException):
                raise
            raise damaged(source.name) from error
    if source.format == "csv" and source.quick:
        try:
            with watched(connection, source, progress):
                return _parse_relation(source, match, kind, quick_relation(source), to, connection)
        except duckdb.Error as error:
            if not is_structural(error):
                raise
    return _parse_slowly(source, match, kind, to, connection, progress)


def _parse_slowly(
    source: SourceFile,
    match: Match,
    kind: Kind,
    to: Path,
    connection: duckdb.DuckDBPyConnection,
    progress: Progress | None,
) -> Part:
    written: Sequence[str] | None = None
    if source.format == "xlsx":
        records, written = workbook_cells(source, match, kind, connection)
    else:
        records = text_records(source)
    cells = to.with_name(f"{to.stem}-cells.parquet")
    write_cells(records, len(source.columns), cells, lambda rows: progress(source.name, rows) if progress else None)
    return _parse_relation(source, match, kind, written_relation(cells), to, connection, written)


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
    written: Sequence[str] | None = None,
) -> Part:
    style = decide(source, match, kind, connection, whole=lambda: relation, written=written)
    query = Parsing(kind, source, match, style, relation).query()
    connection.execute(f"COPY ({query}) TO {quoted(to)} ({_STAGED})", list(relation.params))
    counted = "count(*) FILTER (problems IS NULL), count(*) FILTER (len(problems) > 0)"
    found = connection.execute(f"SELECT count(*), {counted} FROM {_ROWS.format(path=quoted(to))}").fetchall()
    return Part(to, style, None if relation.numbered else source.heading_row + 1, relation, *found[0])


def _together(queries: Iterable[str]) -> str:
    return f"({' UNION ALL '.join(queries)})"


def _good(number: int, part: Part, kind: Kind) -> str:
    names = ", ".join(kind.names)
    where = " WHERE problems IS NULL" if part.good < part.rows else ""
    return f"SELECT {number}::SMALLINT AS file, {part.row} AS row, {names} FROM {part.source}{where}"


def _bad(number: int, part: Part) -> str:
    before = f" AND {part.row} < {part.totals[0][0]}" if part.totals else ""
    return (
        f"SELECT {number}::SMALLINT AS file, {part.row} AS row, "
        "problems[1].field AS field, problems[1].problem AS problem, problems[1].value AS value, problems, cells "
        f"FROM {part.source} WHERE {f'len(problems) > 0{before}' if part.bad else 'false'}"
    )
