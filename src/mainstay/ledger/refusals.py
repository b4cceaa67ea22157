"""Rows of lines that read well by themselves and yet cannot be used, since their unit is broken."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from mainstay.core.errors import N_
from mainstay.ledger.reading import Aside, Match, SourceFile, Staged, set_aside
from mainstay.ledger.schema import SALES, Lines

Files = Sequence[tuple[SourceFile, Match]]

TWICE = N_(
    "Line “%(value)s” stands more than once in this file. Number the lines of a document differently, or leave the "
    "column of line numbers out (--map line=) so that documents count as a whole."
)
BROKEN = N_(
    "Another row of “%(value)s” cannot be used, and without line numbers it counts only as a whole. Mend that row."
)


def refuse_broken_units(
    connection: duckdb.DuckDBPyConnection, lines: Lines, files: Files, staged: Staged, folder: Path
) -> Staged:
    """Put aside lines whose number comes twice in a file, and the other rows of documents that have a refused row."""
    aside = [] if lines is not SALES or "line" not in staged.mapped else _lines_twice(connection, staged)
    staged = set_aside(staged, files, lines.kind, aside, folder=folder / "twice", connection=connection)
    broken = _rows_of_broken_documents(connection, lines, files, staged) if staged.refused_count else []
    return (
        set_aside(staged, files, lines.kind, aside + broken, folder=folder / "broken", connection=connection)
        if (broken)
        else staged
    )


def _lines_twice(connection: duckdb.DuckDBPyConnection, staged: Staged) -> list[Aside]:
    # A hash first: of a hundred million lines only those that may be double are kept by name.
    found = connection.execute(
        """WITH suspects AS (
            SELECT hash(file, document, line) AS key FROM read_parquet($rows) WHERE line IS NOT NULL
            GROUP BY key HAVING count(*) > 1)
        SELECT file, row, document || ' / ' || line FROM read_parquet($rows)
        WHERE line IS NOT NULL AND hash(file, document, line) IN (FROM suspects)
        QUALIFY count(*) OVER (PARTITION BY file, document, line) > 1 ORDER BY file, row""",
        {"rows": str(staged.rows)},
    ).fetchall()
    return [Aside(file, row, "line", TWICE, unit) for file, row, unit in found]


def _rows_of_broken_documents(
    connection: duckdb.DuckDBPyConnection, lines: Lines, files: Files, staged: Staged
) -> list[Aside]:
    """Good rows of documents without line numbers that have a refused row in the same file."""
    field = "document" if lines is SALES else "reference"
    aside: list[Aside] = []
    for number, (source, match) in enumerate(files):
        if field not in match.fields or "line" in match.fields:
            continue
        place = source.columns.index(match.fields[field]) + 1
        found = connection.execute(
            f"""WITH broken AS (
                SELECT DISTINCT regexp_replace(trim(cells[{place}]), '^(-?[0-9]+)[.]0+$', '\\1') AS document
                FROM read_parquet($refused) WHERE file = $file)
            SELECT r.row, r.{field} FROM read_parquet($rows) r JOIN broken ON broken.document = r.{field}
            WHERE r.file = $file ORDER BY r.row""",
            {"refused": str(staged.refused), "rows": str(staged.rows), "file": number},
        ).fetchall()
        aside += [Aside(number, row, field, BROKEN, document) for row, document in found]
    return aside
