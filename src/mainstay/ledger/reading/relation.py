"""The cells of a file as a relation of texts c0, c1, … that SQL can be written over."""

import importlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from mainstay.core.errors import N_, Refused
from mainstay.ledger.reading.columns import Match
from mainstay.ledger.reading.parquet import as_cells, is_nested
from mainstay.ledger.reading.records import Record
from mainstay.ledger.reading.source import SourceFile

# Without stubs: looked up by name so that type checks are the same with and without them.
pa: Any = importlib.import_module("pyarrow")
pq: Any = importlib.import_module("pyarrow.parquet")

_BATCH_ROWS = 20_000
_BATCH_CHARACTERS = 8 << 20


@dataclass(frozen=True)
class Relation:
    """`sql` stands after FROM, its question marks bound to `params`. A `numbered` one has also `row` (as a spreadsheet
    counts), `fault` (a msgid) and `raw` (the cells of a row with a fault)."""

    sql: str
    params: tuple[Any, ...]
    numbered: bool


def quick_relation(source: SourceFile) -> Relation:
    """A CSV as DuckDB reads it, in parallel; it raises InvalidInputException at the first fault of structure."""
    columns = {f"c{place}": "VARCHAR" for place in range(len(source.columns))}
    return Relation(
        "read_csv(?, auto_detect = false, header = false, skip = 1, delim = ?, quote = '\"', escape = '\"', "
        "compression = 'none', encoding = 'utf-8', strict_mode = true, hive_partitioning = false, columns = ?)",
        (str(source.data), source.separator, columns),
        numbered=False,
    )


def is_structural(error: duckdb.Error) -> bool:
    """Whether DuckDB found a fault in the CSV itself: then the rows are read one by one, to say which."""
    return "CSV" in str(error) and not isinstance(error, duckdb.OutOfMemoryException | duckdb.IOException)


def refuse_nested(source: SourceFile, match: Match) -> None:
    """Refused where a Parquet column that is mapped holds no plain values."""
    for column in match.fields.values():
        if source.types and is_nested(source.types[source.columns.index(column)]):
            raise Refused(
                N_(
                    "The column “%(column)s” of “%(file)s” holds lists, records or bytes. Map a column of plain values."
                ),
                column=column,
                file=source.name,
            )


def parquet_relation(source: SourceFile) -> Relation:
    return Relation(as_cells(source.types), (str(source.data),), numbered=True)


def written_relation(path: Path) -> Relation:
    """Cells that write_cells() put down."""
    return Relation("read_parquet(?, hive_partitioning = false)", (str(path),), numbered=True)


def cells_schema(width: int) -> Any:
    texts = [pa.field(f"c{place}", pa.string()) for place in range(width)]
    return pa.schema([*texts, ("row", pa.int64()), ("fault", pa.string()), ("raw", pa.list_(pa.string()))])


def cells_table(records: list[Record], width: int) -> Any:
    """The records as an Arrow table; one with a fault keeps its cells in `raw` alone. Nothing between two separators is
    NULL, as DuckDB has it."""
    sound = [(None,) * width if record.fault else [cell or None for cell in record.cells] for record in records]
    texts: list[Sequence[str | None]] = list(zip(*sound, strict=True)) if sound else [()] * width
    rest: list[Sequence[object]] = [
        [record.row for record in records],
        [record.fault for record in records],
        [list(record.cells) if record.fault else None for record in records],
    ]
    schema = cells_schema(width)
    arrays = [pa.array(values, field.type) for values, field in zip([*texts, *rest], schema, strict=True)]
    return pa.table(arrays, schema=schema)


def write_cells(records: Iterator[Record], width: int, to: Path, advance: Callable[[int], None]) -> None:
    """Write the records to a Parquet file in batches of bounded size; `advance` hears the rows so far."""
    done, room = 0, _BATCH_CHARACTERS
    batch: list[Record] = []
    with pq.ParquetWriter(str(to), cells_schema(width), compression="lz4") as writer:
        for record in records:
            batch.append(record)
            room -= sum(len(cell) for cell in record.cells if cell)
            if len(batch) >= _BATCH_ROWS or room < 0:
                writer.write_table(cells_table(batch, width))
                done += len(batch)
                advance(done)
                batch, room = [], _BATCH_CHARACTERS
        writer.write_table(cells_table(batch, width))
        advance(done + len(batch))
