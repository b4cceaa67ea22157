"""A file on its way through recognising, matching and staging, for tests."""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from mainstay.ledger.reading import (
    Hints,
    Match,
    SourceFile,
    Staged,
    describe_refusals,
    match_columns,
    recognise,
    stage,
)


@dataclass
class Read:
    """What came of some files."""

    staged: Staged
    files: list[tuple[SourceFile, Match]]
    rows: list[dict[str, Any]]
    refusals: list[dict[str, Any]]

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.rows]


def read(*paths: Path, kind: str = "sales", given: Mapping[str, str] | None = None, hints: Hints | None = None) -> Read:
    """Stage the files; the rows come in the order in which they were written."""
    files = []
    for path in paths:
        source = recognise(path, hints=hints, kind=kind, given=given)
        files.append((source, match_columns(kind, source.columns, given=given)))
    folder = Path(tempfile.mkdtemp(dir=paths[0].parent))
    with duckdb.connect(config={"threads": "2", "memory_limit": "1GB"}) as connection:
        staged = stage(files, kind, folder=folder, connection=connection)
        found = connection.execute(f"SELECT * FROM {staged.rows}")
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        refusals = describe_refusals(staged, files, connection, limit=1000)
    assert staged.row_count == len(rows)
    return Read(staged, files, rows, refusals)


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def sales_file(path: Path, lines: Sequence[str], heading: str = "document,date,amount") -> Path:
    return write(path, "\n".join([heading, *lines]) + "\n")
