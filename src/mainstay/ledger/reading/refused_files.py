"""Refused rows written as CSV, XLSX or Parquet: text stays text, numbers stay numbers, whatever they begin with."""

import csv
import importlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter

from mainstay.ledger.reading.columns import REASON

pa: Any = importlib.import_module("pyarrow")
pq: Any = importlib.import_module("pyarrow.parquet")

Heading = tuple[str, int]  # its text, and its number among equal ones
SHEET_ROWS = 1_048_576
SHEET_TEXT = 32_767  # characters that a cell of a sheet holds
_AT_ONCE = 2_000
_PLAIN_NUMBER = re.compile(r"[-+]?[0-9][0-9., ']*(?:[eE][-+]?[0-9]+)?")
_NUMBER = {
    ".": re.compile(r"-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?"),
    ",": re.compile(r"-?(?:0|[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,[0-9]{1,15})?"),
}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Row:
    """A refused row: a cell for each heading, why it was refused, and cells beyond the heading."""

    cells: Sequence[str | None]
    reason: str
    surplus: Sequence[str | None]


@dataclass(frozen=True)
class Table:
    """Refused rows under one heading. `types`: heading → type of the field it serves; `decimal`: their decimal sign."""

    name: str
    headings: Sequence[Heading]
    types: Mapping[str, str]
    decimal: str
    rows: Callable[[], Iterator[Row]]


@dataclass(frozen=True)
class Look:
    """How a CSV is written."""

    encoding: str
    separator: str


def write_csv(tables: Sequence[Table], to: Path, look: Look) -> None:
    """A cell that a spreadsheet would take for a formula is kept as text by an apostrophe, which reading takes off."""
    try:
        _write_csv(tables, to, look)
    except UnicodeEncodeError:  # reasons in a language that the file's encoding does not have
        _write_csv(tables, to, Look("utf-8-sig", look.separator))


def _write_csv(tables: Sequence[Table], to: Path, look: Look) -> None:
    with to.open("w", encoding=look.encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=look.separator)
        for table in tables:
            writer.writerow([*(safe(heading) for heading, _ in table.headings), REASON])
            for row in table.rows():
                writer.writerow([*map(safe, row.cells), safe(row.reason), *map(safe, row.surplus)])


def safe(cell: str | None) -> str:
    text = cell or ""
    if text.startswith(("=", "+", "-", "@", "\t", "\r")) and not _PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text


def write_xlsx(tables: Sequence[Table], to: Path, _look: Look) -> None:
    """A sheet for each table, and further ones where it is full. Written row by row: little is kept in memory."""
    names: set[str] = set()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(to), options) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for table in tables:
            rows = table.rows()
            while block := list(islice(rows, 1)):
                sheet = book.add_worksheet(_sheet_name(table.name, names))
                for place, text in enumerate([*(heading for heading, _ in table.headings), REASON]):
                    sheet.write_string(0, place, text)
                for number, row in enumerate(_chained(block, islice(rows, SHEET_ROWS - 2)), 1):
                    _write_row(sheet, number, row, table, day)


def _chained(first: Sequence[Row], rest: Iterator[Row]) -> Iterator[Row]:
    yield from first
    yield from rest


def _write_row(sheet: Any, number: int, row: Row, table: Table, day: Any) -> None:
    for place, ((heading, _), cell) in enumerate(zip(table.headings, row.cells, strict=True)):
        _write_cell(sheet, number, place, cell, table.types.get(heading, ""), table.decimal, day)
    width = len(table.headings)
    sheet.write_string(number, width, row.reason[:SHEET_TEXT])
    for place, cell in enumerate(row.surplus, width + 1):
        sheet.write_string(number, place, (cell or "")[:SHEET_TEXT])


def _write_cell(sheet: Any, row: int, place: int, cell: str | None, type_: str, decimal: str, day: Any) -> None:
    text = cell or ""
    if not text:
        return
    found = _day(text) if type_ == "date" else _number(text, type_, decimal)
    if isinstance(found, date):
        sheet.write_datetime(row, place, found, day)
    elif found is not None:
        sheet.write_number(row, place, found)
    else:
        sheet.write_string(row, place, text[:SHEET_TEXT])


def _number(text: str, type_: str, decimal: str) -> float | None:
    """The number that this text was in the sheet: it reads back as the same text, or is an amount, however written."""
    if type_ == "text" or not _NUMBER[decimal].fullmatch(text):
        return None
    plain = text if decimal == "." else text.replace(".", "").replace(",", ".")
    found = float(plain)
    same = f"{Decimal(repr(found)):f}".removesuffix(".0")
    return found if same == text.replace(",", ".") or type_ in ("money", "measure") else None


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year >= 1900 else None


def _sheet_name(name: str, names: set[str]) -> str:
    """A name that a workbook takes, used once."""
    stem = _NO_SHEET_NAME.sub(" ", name).strip("' ")[:31] or "Sheet"
    found, number = stem, 1
    while found.casefold() in names:
        number += 1
        found = f"{stem[:27]} {number}"
    names.add(found.casefold())
    return found


def write_parquet(tables: Sequence[Table], to: Path, _look: Look) -> None:
    """All columns as texts."""
    (table,) = tables
    names = [*(heading if not again else f"{heading} {again + 1}" for heading, again in table.headings), REASON]
    schema = pa.schema([(name, pa.string()) for name in names])
    rows = table.rows()
    with pq.ParquetWriter(str(to), schema) as writer:
        while block := list(islice(rows, _AT_ONCE)):
            columns = zip(*([*row.cells, row.reason] for row in block), strict=True)
            writer.write_table(pa.table([pa.array(column, pa.string()) for column in columns], schema=schema))
