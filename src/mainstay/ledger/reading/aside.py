"""Rows that read well and yet cannot be used: they join the refused ones, with their original cells."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from mainstay.core.sql import quoted
from mainstay.ledger.reading.relation import Relation
from mainstay.ledger.reading.source import SourceFile
from mainstay.ledger.reading.stage import Part, Staged

pa: Any = importlib.import_module("pyarrow")

_COLUMNS = {"file": "SMALLINT", "row": "BIGINT", "field": "VARCHAR", "problem": "VARCHAR", "value": "VARCHAR"}


@dataclass(frozen=True)
class Aside:
    """One row to put aside: `file` counts from 0, `problem` is a msgid that %(value)s and %(column)s fill."""

    file: int
    row: int
    field: str
    problem: str
    value: str


def set_aside(
    staged: Staged,
    files: Sequence[SourceFile],
    found: str | Sequence[Aside],
    *,
    folder: Path,
    connection: duckdb.DuckDBPyConnection,
) -> Staged:
    """The staging without these rows, which are refused instead, once a staging.

    `found` are the rows, or a query of what an `Aside` holds. The files they stand in are read once more, for their
    cells, however many rows they are.
    """
    if not found:
        return staged
    folder.mkdir(parents=True, exist_ok=True)
    query = found if isinstance(found, str) else _registered(found, connection)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE aside AS SELECT file, row, min(field) AS field, min(problem) AS problem,
            min(left(value, 60)) AS value FROM ({query}) GROUP BY file, row"""
    )
    counts = dict(connection.execute("SELECT file, count(*) FROM aside GROUP BY file").fetchall())
    if not counts:
        return staged
    paths = []
    for number in counts:
        path = folder / f"aside{number}.parquet"
        cells = numbered(staged.parts[number], files[number])
        connection.execute(
            f"""COPY (SELECT a.file, a.row, field, problem, value,
                [{{'field': field, 'problem': problem, 'value': value}}] AS problems, cells
            FROM aside a JOIN {cells.sql} c ON a.file = {int(number)} AND a.row = c.row)
            TO {quoted(path)} (FORMAT parquet)""",
            list(cells.params),
        )
        paths.append(quoted(path))
    put = f"read_parquet([{', '.join(paths)}], hive_partitioning = false)"
    rows = sum(counts.values())
    return replace(
        staged,
        rows=f"(FROM {staged.rows} r WHERE NOT EXISTS (FROM {put} a WHERE a.file = r.file AND a.row = r.row))",
        refused=f"(FROM {staged.refused} UNION ALL FROM {put})",
        row_count=staged.row_count - rows,
        refused_count=staged.refused_count + rows,
    )


def numbered(part: Part, source: SourceFile) -> Relation:
    """`row` and `cells` of all rows of a file. A CSV is read in one stream for that, since its rows have no number."""
    cells = f"[{', '.join(f'c{place}' for place in range(len(source.columns)))}]"
    row = "row" if part.first is None else f"row_number() OVER () + {part.first - 1}"
    return Relation(f"(SELECT {row} AS row, {cells} AS cells FROM {part.cells.sql})", part.cells.params, numbered=True)


def _registered(rows: Sequence[Aside], connection: duckdb.DuckDBPyConnection) -> str:
    types = {"SMALLINT": pa.int16(), "BIGINT": pa.int64(), "VARCHAR": pa.string()}
    table = {name: pa.array([getattr(row, name) for row in rows], types[kind]) for name, kind in _COLUMNS.items()}
    connection.register("rows_aside", pa.table(table))
    return "FROM rows_aside"
