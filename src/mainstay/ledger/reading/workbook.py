"""XLSX: what is checked before it is parsed, its sheets, and its rows as text."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from mainstay.core.errors import N_, Refused
from mainstay.ledger.reading.archive import check_archive
from mainstay.ledger.reading.heading import clean_heading, find_heading
from mainstay.ledger.reading.records import Record, data_records
from mainstay.ledger.reading.sheet_errors import sheet_errors
from mainstay.ledger.reading.source import Hints, SourceFile, named_columns

ALL_SHEETS = "*"  # as the hint of a sheet; no sheet can have that name
OTHER_HEADINGS = N_("Sheets of “%(file)s” with other headings were left out: %(sheets)s.")
SAMPLE_ROWS = 1000
_HEAD_ROWS = 60
_MOST_TEXTS = 100_000
_LAST_SERIAL = 2_958_465  # 9999-12-31; larger numbers are no days of a spreadsheet


def recognise_workbook(
    path: Path, name: str, hints: Hints, *, kind: str | None, given: Mapping[str, str]
) -> list[SourceFile]:
    """The sheet that holds the table, and its heading; with the hint ALL_SHEETS every sheet of the same heading."""
    check_archive(path, name)
    with _opened(path, name) as book:
        tables, others = _choose(book, name, hints.sheet, kind, given)
    sources = [_recognised(path, name, hints, table) for table in tables]
    if others:
        told = (OTHER_HEADINGS, {"file": name, "sheets": ", ".join(others)})
        sources[0] = replace(sources[0], notes=(told,))
    return sources


@dataclass(frozen=True)
class _Table:
    """What is kept of a sheet that was looked at: the sheet itself would fill the memory."""

    sheet: str
    heading: Record
    fits: bool
    heads: tuple[str, ...]
    sample: tuple[tuple[str | None, ...], ...]


def _looked_at(sheet: CalamineSheet, kind: str | None, given: Mapping[str, str]) -> _Table | None:
    heading, fits = find_heading(list(islice(_rows(sheet, ".", ()), _HEAD_ROWS)), kind, given)
    if heading is None:
        return None
    heads = clean_heading(heading.cells)
    heads += ("",) * (len(heading.cells) - len(heads))
    records = data_records(_rows(sheet, ".", ()), heads, heading.row)
    sample = tuple(tuple(record.cells) for record in islice(records, SAMPLE_ROWS) if record.fault is None)
    return _Table(sheet.name, heading, fits, heads, sample)


def _recognised(path: Path, name: str, hints: Hints, table: _Table) -> SourceFile:
    return SourceFile(
        path=path,
        name=f"{name} [{table.sheet}]" if hints.sheet == ALL_SHEETS else name,
        title=name,
        format="xlsx",
        columns=named_columns(table.heads, table.sample),
        heads=table.heads,
        sample=table.sample,
        heading_row=table.heading.row,
        hints=hints,
        sheet=table.sheet,
        data=path.resolve(),
    )


class Sheet:
    """The sheet of a recognised workbook, loaded whole."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        with _opened(source.path, source.name) as book:
            self.table = book.get_sheet_by_name(source.sheet or "")

    def records(self, *, decimal: str, dates: Collection[int]) -> Iterator[Record]:
        """The rows below the heading. Numbers are written with the decimal sign `decimal`; in the columns `dates`
        (from 0) a number that is a spreadsheet's day is written as that day."""
        errors = sheet_errors(self.source.path, self.table.name)
        rows = _rows(self.table, decimal, dates, epoch=_epoch(self.source.path), errors=errors)
        return data_records(rows, self.source.heading, self.source.heading_row)

    def written_numbers(self, columns: Collection[int]) -> list[str]:
        """The cells of these columns that hold text, not numbers: the evidence for the sheet's decimal sign."""
        seen: dict[str, None] = {}
        for row in islice(self.table.iter_rows(), self.source.heading_row, None):
            for column in columns:
                if column < len(row) and isinstance(row[column], str) and row[column]:
                    seen[str(row[column])[:100]] = None
            if len(seen) > _MOST_TEXTS:
                break
        return list(seen)


@contextmanager
def _opened(path: Path, name: str) -> Iterator[CalamineWorkbook]:
    damaged = Refused(
        N_("“%(file)s” is damaged and cannot be read as a workbook. Open it, save it again as XLSX."), file=name
    )
    try:
        book = load_workbook(str(path))
        try:
            yield book
        finally:
            book.close()
    except (CalamineError, OSError) as error:
        raise damaged from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the parser's own, no Exception
            raise damaged from None
        raise


def _choose(
    book: CalamineWorkbook, name: str, hint: str | None, kind: str | None, given: Mapping[str, str]
) -> tuple[list[_Table], list[str]]:
    """The sheets to read, and those that were passed over although all were asked for."""
    names = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet
        and (hint not in (None, ALL_SHEETS) or sheet.visible == SheetVisibleEnum.Visible)
    ]
    if hint and hint != ALL_SHEETS and hint not in names:
        raise Refused(
            N_("“%(file)s” has no sheet “%(sheet)s”; its sheets are: %(sheets)s."),
            file=name,
            sheet=hint,
            sheets=", ".join(names),
        )
    asked = names if hint in (None, ALL_SHEETS) else [hint]
    found = [table for sheet in asked if (table := _looked_at(book.get_sheet_by_name(sheet), kind, given))]
    fitting = [table for table in found if table.fits]
    if not found:
        raise Refused(N_("“%(file)s” holds no heading and no rows. Choose a file with a heading and rows."), file=name)
    if hint == ALL_SHEETS:
        first = clean_heading((fitting or found)[0].heading.cells)
        alike = [table for table in fitting or found if clean_heading(table.heading.cells) == first]
        return alike, [table.sheet for table in found if table not in alike]
    if len(fitting) > 1:
        raise Refused(
            N_(
                "Several sheets of “%(file)s” could be meant: %(sheets)s. Say which sheet to read, or * for all sheets "
                "with the same headings."
            ),
            file=name,
            sheets=", ".join(table.sheet for table in fitting),
        )
    return (fitting or found)[:1], []


def _epoch(path: Path) -> date:
    """The day before a spreadsheet's day 1; old Macintosh workbooks count from 1904."""
    with ZipFile(path) as archive:
        text = archive.read("xl/workbook.xml")
    return date(1904, 1, 1) if re.search(rb"date1904\s*=\s*[\"'](?:1|true)", text) else date(1899, 12, 30)


def _rows(
    table: CalamineSheet,
    decimal: str,
    dates: Collection[int],
    *,
    epoch: date = date(1899, 12, 30),
    errors: Mapping[tuple[int, int], str] | None = None,
) -> Iterator[Record]:
    """Rows from the sheet's first on, so that they count as the spreadsheet shows them."""
    first = table.start[1] + 1 if table.start else 1
    places: dict[int, list[tuple[int, str]]] = {}
    for (row, column), error in (errors or {}).items():
        places.setdefault(row, []).append((column - first, error))
    for row, values in enumerate(table.iter_rows(), 1):
        texts = _texts(values, decimal, dates, epoch)
        for place, error in places.get(row, ()):
            if 0 <= place < len(texts):
                texts[place] = error
        yield Record(row, texts)


def _texts(values: Sequence[Any], decimal: str, dates: Collection[int], epoch: date) -> list[str | None]:
    return [
        value if isinstance(value, str) else _day_text(value, epoch) if place in dates else _text(value, decimal)
        for place, value in enumerate(values)
    ]


def _text(value: Any, decimal: str) -> str | None:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value)) if abs(value) < 1e15 else f"{Decimal(repr(value)):.0f}"
        return f"{Decimal(repr(value)):f}".replace(".", decimal)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    return None if value is None else str(value)


def _day_text(value: Any, epoch: date) -> str | None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 1 <= value <= _LAST_SERIAL:
        return _text(value, ".")
    days = int(value)
    if epoch.year == 1899 and days < 60:
        days += 1  # spreadsheets believe in a 29 February 1900
    try:
        return (epoch + timedelta(days=days)).isoformat()
    except OverflowError:
        return _text(value, ".")
