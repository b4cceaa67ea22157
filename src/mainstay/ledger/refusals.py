"""Rows of lines that read well by themselves and yet cannot be used, since their unit is broken."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from mainstay.core.errors import N_
from mainstay.core.sql import quoted
from mainstay.ledger.reading import Match, SourceFile, Staged, set_aside
from mainstay.ledger.reading.cells import clean, code
from mainstay.ledger.schema import SALES, Lines

Files = Sequence[tuple[SourceFile, Match]]

TWICE = N_(
    "Line “%(value)s” stands more than once in this file. Number the lines of a document differently, or leave the "
    "column of line numbers out (--map line=) so that documents count as a whole."
)
BROKEN = N_(
    "Another row of “%(value)s” cannot be used, and without line numbers it counts only as a whole. Mend that row."
)

MIXED = N_(
    "Of “%(value)s” some rows have a line number and some have none. Number all of them, or leave the column of line "
    "numbers out (--map line=) so that documents count as a whole."
)


def refuse_broken_units(
    connection: duckdb.DuckDBPyConnection, lines: Lines, files: Files, staged: Staged, folder: Path
) -> Staged:
    """Put aside lines whose number comes twice in a file, documents of which only some rows are numbered, and the other
    rows of documents without numbers that have a refused row."""
    broken = _rows_of_broken_documents(lines, files, staged) if staged.refused_count else []
    if lines is SALES and "line" in staged.mapped:
        if _find_lines_twice(connection, staged):
            broken.append(_LINES_TWICE)
        broken += _rows_of_mixed_documents(connection, files, staged)
    sources = [source for source, _match in files]
    return set_aside(staged, sources, " UNION ALL ".join(broken), folder=folder / "aside", connection=connection)


_LINES_TWICE = f"""SELECT file, row, 'line' AS field, {quoted(TWICE)} AS problem, document || ' / ' || line AS value
    FROM suspects QUALIFY count(*) OVER (PARTITION BY file, document, line) > 1"""


def _find_lines_twice(connection: duckdb.DuckDBPyConnection, staged: Staged) -> int:
    """`suspects`: the lines of documents in which a number may come twice; returns how many.

    Each document keeps a bit for each of its lines' numbers, which says of nearly all that none comes twice, in less
    memory than all the numbers would take.
    """
    number = "coalesce(try_cast(right(line, 9) AS INTEGER), (hash(line) % 61)::INTEGER)"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE suspects AS
        WITH documents AS (
            SELECT hash(file, document) AS key FROM {staged.rows} WHERE line IS NOT NULL GROUP BY key
            HAVING count(*) <> bit_count(bit_or(1::BIGINT << (abs({number}) % 62)::INTEGER)))
        SELECT file, row, document, line FROM {staged.rows}
        WHERE line IS NOT NULL AND hash(file, document) IN (FROM documents)"""
    )
    found: int = connection.execute("SELECT count(*) FROM suspects").fetchall()[0][0]
    return found


def _rows_of_broken_documents(lines: Lines, files: Files, staged: Staged) -> list[str]:
    """Queries of the good rows of documents without line numbers that have a refused row in the same file."""
    field = "document" if lines is SALES else "reference"
    queries = []
    for number, (source, match) in enumerate(files):
        if field not in match.fields:
            continue
        place = source.columns.index(match.fields[field]) + 1
        whole = " AND r.line IS NULL" if "line" in match.fields else ""
        queries.append(
            f"""SELECT r.file, r.row, '{field}' AS field, {quoted(BROKEN)} AS problem, r.{field} AS value
            FROM {staged.rows} r WHERE r.file = {number}{whole} AND r.{field} IN (
                SELECT {code(clean(f"cells[{place}]"))} FROM {staged.refused} WHERE file = {number})"""
        )
    return queries


def _rows_of_mixed_documents(connection: duckdb.DuckDBPyConnection, files: Files, staged: Staged) -> list[str]:
    """The query of the rows of documents of which only some are numbered; none where all rows of such files are."""
    these = f"file IN ({', '.join(str(n) for n, (_source, match) in enumerate(files) if 'line' in match.fields)})"
    if not connection.execute(f"SELECT 1 FROM {staged.rows} WHERE line IS NULL AND {these} LIMIT 1").fetchall():
        return []
    return [
        f"""SELECT r.file, r.row, 'line' AS field, {quoted(MIXED)} AS problem, r.document AS value
        FROM {staged.rows} r SEMI JOIN (
            SELECT file, document FROM {staged.rows} WHERE {these} GROUP BY ALL
            HAVING count(line) BETWEEN 1 AND count(*) - 1) m ON r.file = m.file AND r.document = m.document"""
    ]
