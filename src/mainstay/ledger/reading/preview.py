"""The first rows of a file as they would be understood."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import duckdb

from mainstay.core.errors import Refused
from mainstay.ledger.reading.columns import Match
from mainstay.ledger.reading.kinds import Kind, kind_named
from mainstay.ledger.reading.parquet import damaged
from mainstay.ledger.reading.parsing import Parsing
from mainstay.ledger.reading.records import Record
from mainstay.ledger.reading.relation import (
    Relation,
    cells_table,
    is_structural,
    parquet_relation,
    quick_relation,
    refuse_nested,
)
from mainstay.ledger.reading.source import SourceFile
from mainstay.ledger.reading.stage import workbook_cells
from mainstay.ledger.reading.styles import Style, decide
from mainstay.ledger.reading.text import text_records
from mainstay.ledger.reading.totals import trailing_totals

READ_THROUGH = 256 << 20  # a larger file is not read to its end for a preview


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell: `message` is a msgid, filled by `params`. A fault of the whole row has no field."""

    message: str
    field: str | None
    column: str | None
    value: str | None

    @property
    def params(self) -> dict[str, str]:
        return {"value": self.value or "", "column": self.column or ""}

    def __str__(self) -> str:
        return self.message % self.params


@dataclass(frozen=True)
class PreviewRow:
    """A row as understood: field → str, date or Decimal, None where empty, unmapped or not understood."""

    row: int
    values: dict[str, Any]
    problems: tuple[Problem, ...]


def problems_of(found: Iterable[Mapping[str, str | None]] | None, match: Match) -> tuple[Problem, ...]:
    """The `problems` of a parsed row with the headings they stand under."""
    return tuple(
        Problem(one["problem"] or "", one["field"], match.fields.get(one["field"] or ""), one["value"])
        for one in found or ()
    )


def preview(source: SourceFile, match: Match, kind: str, *, limit: int = 50) -> list[PreviewRow]:
    """The first `limit` rows that hold anything, read as stage() would read them; refused as there.

    Totals at the end of the file are left out.

    Of a CSV over 256 MB the first 1,000 rows alone must show decimal sign and date order.
    """
    what = kind_named(kind)
    refuse_nested(source, match)
    try:
        with duckdb.connect(config={"threads": "2", "memory_limit": "1GB"}) as connection:
            relation, style = _head(source, match, what, limit, connection)
            query = Parsing(what, source, match, style, relation).query()
            rows = connection.execute(f"SELECT * FROM ({query}) ORDER BY row", list(relation.params)).fetchall()
            rows = [row for row in rows if row[-2] is None or row[-2]]
            totals = trailing_totals([(row[0], *row[-2:]) for row in rows]) if len(rows) < limit else []
    except duckdb.Error as error:
        raise damaged(source.name) from error
    return [
        PreviewRow(row[0], dict(zip(what.names, row[1:-2], strict=True)), problems_of(row[-2], match))
        for row in rows[: len(rows) - len(totals)]
    ]


def _head(
    source: SourceFile, match: Match, kind: Kind, limit: int, connection: duckdb.DuckDBPyConnection
) -> tuple[Relation, Style]:
    if source.format == "parquet":
        whole = parquet_relation(source)
        style = decide(source, match, kind, connection, whole=lambda: whole)
        return Relation(f"(SELECT * FROM {whole.sql} LIMIT {int(limit)})", whole.params, numbered=True), style
    written = None
    if source.format == "xlsx":
        records, written = workbook_cells(source, match, kind, connection)
    else:
        records = text_records(source)
    first: list[Record] = []
    try:
        first.extend(islice(records, limit))
    except Refused:
        if not first:
            raise  # else the rows before the fault are worth seeing; staging names it
    connection.register("first_rows", cells_table(first, len(source.columns)))
    style = _style(source, match, kind, connection, written)
    return Relation("first_rows", (), numbered=True), style


def _style(
    source: SourceFile,
    match: Match,
    kind: Kind,
    connection: duckdb.DuckDBPyConnection,
    written: Sequence[str] | None,
) -> Style:
    """From the whole file where its sample does not decide, as long as DuckDB can read it through, and soon."""
    if source.format == "csv" and source.quick and source.data.stat().st_size <= READ_THROUGH:
        try:
            return decide(source, match, kind, connection, whole=lambda: quick_relation(source))
        except duckdb.Error as error:
            if not is_structural(error):
                raise
    return decide(source, match, kind, connection, whole=None, written=written)
