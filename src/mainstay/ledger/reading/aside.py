"""Rows that read well and yet cannot be used: they join the refused ones, with their original cells."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from mainstay.ledger.reading.columns import Match
from mainstay.ledger.reading.source import SourceFile
from mainstay.ledger.reading.stage import Staged, stage


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
    files: Sequence[tuple[SourceFile, Match]],
    kind: str,
    rows: Sequence[Aside],
    *,
    folder: Path,
    connection: duckdb.DuckDBPyConnection,
) -> Staged:
    """The staging without these rows, which are refused instead. Reads the files once more, for their cells."""
    if not rows:
        return staged
    whole = stage(files, kind, folder=folder / "whole", connection=connection, keep_cells=True)
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE aside (file SMALLINT, row BIGINT, field VARCHAR, problem VARCHAR, value VARCHAR)"
    )
    connection.executemany(
        "INSERT INTO aside VALUES (?, ?, ?, ?, ?)", [(r.file, r.row, r.field, r.problem, r.value[:60]) for r in rows]
    )
    good, refused = folder / "kept.parquet", folder / "put-aside.parquet"
    connection.execute(
        """COPY (SELECT * EXCLUDE (cells) FROM read_parquet($rows) r
        WHERE NOT EXISTS (FROM aside WHERE aside.file = r.file AND aside.row = r.row)) TO $good (FORMAT parquet)""",
        {"rows": str(whole.rows), "good": str(good)},
    )
    connection.execute(
        """COPY (FROM (SELECT file, row, "column", field, problem, value, problems, cells FROM read_parquet($refused)
        UNION ALL
        SELECT r.file, r.row, NULL, any_value(a.field), any_value(a.problem), any_value(a.value),
            list({'field': a.field, 'problem': a.problem, 'value': a.value} ORDER BY a.problem), any_value(r.cells)
        FROM read_parquet($rows) r JOIN aside a ON a.file = r.file AND a.row = r.row GROUP BY r.file, r.row)
        ORDER BY file, row) TO $to (FORMAT parquet)""",
        {"refused": str(whole.refused), "rows": str(whole.rows), "to": str(refused)},
    )
    aside = len({(row.file, row.row) for row in rows})
    return replace(
        staged,
        rows=good,
        refused=refused,
        row_count=staged.row_count - aside,
        refused_count=staged.refused_count + aside,
    )
