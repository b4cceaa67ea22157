"""Rows of a separated text, one by one, with what is wrong in them. Slow beside DuckDB, but nothing is lost."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from mainstay.core.errors import N_, Refused

LINE_LIMIT = 64 << 20
CELL_LIMIT = 16 << 20

QUOTES = N_("The quotes in this row do not pair up; write a quote inside a quoted cell twice.")
TOO_FEW = N_("This row has fewer cells than the heading; it may be cut off. Complete it.")
TOO_MANY = N_("This row has more cells than the heading; put cells that hold the separator in quotes.")


@dataclass(frozen=True)
class Record:
    """A row as a spreadsheet counts it; `fault` is a msgid, and then `cells` are as they stand in the file."""

    row: int
    cells: Sequence[str | None]
    fault: str | None = None


class _Lines:
    """The lines of a text, remembering those of the row being read."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self.stream, self.name = stream, name
        self.taken: list[str] = []
        self.row = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.stream.readline(LINE_LIMIT)
        if not line:
            raise StopIteration
        if len(line) >= LINE_LIMIT:
            raise _too_long(self.name, self.row)
        self.taken.append(line)
        return line


def read_records(stream: TextIO, separator: str, name: str) -> Iterator[Record]:
    """Every row of the text, blank ones too (no cells). Refused where a quote is never closed or a cell is endless."""
    csv.field_size_limit(max(CELL_LIMIT, csv.field_size_limit()))
    lines = _Lines(stream, name)
    reader = csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True)
    while True:
        try:
            record = Record(lines.row, next(reader))
        except StopIteration:
            return
        except csv.Error as error:
            record = _faulty(lines, separator, str(error))
        yield record
        lines.taken.clear()
        lines.row += 1


def _faulty(lines: _Lines, separator: str, error: str) -> Record:
    if "field limit" in error:
        raise _too_long(lines.name, lines.row)
    if "unexpected end" in error:
        raise Refused(
            N_(
                "Row %(row)s of “%(file)s” opens a quote that is never closed; the file may be cut off. "
                "Export it again."
            ),
            row=lines.row,
            file=lines.name,
        )
    raw = "".join(lines.taken)
    cells = _spaced(raw, separator)
    return Record(lines.row, cells) if cells else Record(lines.row, (raw.rstrip("\r\n"),), QUOTES)


def _spaced(raw: str, separator: str) -> list[str] | None:
    """The cells of a row whose only fault is blanks between a closing quote and the separator."""
    tight = re.sub(rf'" +(?={re.escape(separator)}|[\r\n]|$)', '"', raw)
    try:
        rows = list(csv.reader(io.StringIO(tight, newline=""), delimiter=separator, strict=True, skipinitialspace=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _too_long(name: str, row: int) -> Refused:
    return Refused(
        N_("Row %(row)s of “%(file)s” has a cell or line without end; perhaps a quote is never closed. Mend that row."),
        row=row,
        file=name,
    )


def open_text(path: Path) -> TextIO:
    """A UTF-8 text with its line ends untouched; a byte order mark is passed over."""
    return path.open(encoding="utf-8-sig", newline="")


def is_blank(cells: Sequence[str | None]) -> bool:
    return not any(cell and cell.strip() for cell in cells)


def data_records(records: Iterator[Record], columns: Sequence[str], heading_row: int) -> Iterator[Record]:
    """The rows below the heading that hold anything, each as wide as the heading or with a fault."""
    least = max((place for place, column in enumerate(columns, 1) if column), default=0)
    for record in records:
        if record.row > heading_row and not is_blank(record.cells):
            yield record if record.fault else _fitted(record, len(columns), least)


def _fitted(record: Record, width: int, least: int) -> Record:
    cells = list(record.cells)
    if len(cells) > width and is_blank(cells[width:]):
        cells = cells[:width]
    if len(cells) > width:
        return Record(record.row, record.cells, TOO_MANY)
    if len(cells) < least:
        return Record(record.row, record.cells, TOO_FEW)
    return Record(record.row, cells + [None] * (width - len(cells)))
