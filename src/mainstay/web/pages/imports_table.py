"""The files of an upload as they are understood: what they are, their columns, their first rows."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from python_calamine import CalamineWorkbook

from mainstay.core.errors import Refused
from mainstay.ledger.reading import Match, PreviewRow, SourceFile, Style, kind_named, preview, recognise
from mainstay.ledger.reading.numbers import DECIMALS
from mainstay.ledger.reading.relation import quick_relation
from mainstay.ledger.reading.styles import decide
from mainstay.web import figures
from mainstay.web.pages.imports_columns import Matched, matched
from mainstay.web.pages.imports_uploads import Pending, Stored
from mainstay.web.pages.imports_words import said, told

ROWS = 50
_LONGEST = 200
_SEPARATORS = {"\t": "TAB"}
_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "gb18030": "GB18030",
}


@dataclass(frozen=True)
class FileView:
    """What a file was recognised as; `wrong` where it was not."""

    number: int
    name: str
    size: int
    shown: bool
    format: str = ""
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    heading_row: int = 1
    decimal: str = ""
    date_order: str = ""
    wrong: str = ""


@dataclass(frozen=True)
class ColumnView:
    """A column of the file shown: its heading and the field it serves, `guessed` from what it holds where no heading
    tells. A made one has no place in the file.
    """

    place: int
    heading: str
    field: str
    label: str
    numeric: bool
    made: bool = False
    guessed: bool = False


@dataclass(frozen=True)
class CellView:
    text: str
    numeric: bool = False
    unused: bool = False
    problem: str = ""


@dataclass(frozen=True)
class RowView:
    number: int | None
    cells: list[CellView]
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """The file shown. `wrong` says why its rows cannot be understood yet: then they stand as they are in the file."""

    files: list[FileView]
    columns: list[ColumnView]
    headings: tuple[str, ...]
    rows: list[RowView]
    sheets: list[str]
    wrong: str = ""
    understood: bool = False


def table_of(pending: Pending, shown: int) -> Table:
    """The files of `pending`, and the rows of the one whose number is `shown`."""
    files, table = [], Table([], [], (), [], [])
    for number in range(len(pending.files)):
        view, found = file_of(pending, number, with_rows=number == shown)
        files.append(replace(view, shown=number == shown))
        table = found or table
    return replace(table, files=files)


def file_of(pending: Pending, number: int, *, with_rows: bool) -> tuple[FileView, Table | None]:
    """One file as it is understood; its rows where they are wanted."""
    file = pending.files[number]
    view, table = FileView(number, file.name, file.size, shown=False), None
    try:
        with closing(read(pending, file)) as source:
            found = matched(pending.kind, source.columns, pending.choices.given, source.sample)
            view = _described(view, source, found.match, pending.kind)
            if with_rows:
                table = replace(_shown(source, found, pending.kind), sheets=_sheets(pending, file, source.format))
    except Refused as error:
        view = replace(view, wrong=told(error))
        if with_rows:
            table = Table([], [], (), [], _sheets(pending, file, ""), wrong=told(error))
    return view, table


def read(pending: Pending, file: Stored) -> SourceFile:
    """A file of `pending`, recognised; to be closed."""
    return recognise(
        pending.path(file),
        name=file.name,
        hints=pending.hints,
        kind=pending.kind,
        given=pending.choices.given,
        scratch=pending.folder,
    )


def _sheets(pending: Pending, file: Stored, form: str) -> list[str]:
    """The sheets of a workbook that was found sound; several, or there is nothing to choose."""
    if form not in ("xlsx", "") or not _is_zip(pending.path(file)):
        return []
    try:
        names = CalamineWorkbook.from_path(pending.path(file)).sheet_names
    except Exception:  # the library's errors share no class
        return []
    return names if len(names) > 1 else []


def _is_zip(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == b"PK\x03\x04"


def _described(view: FileView, source: SourceFile, match: Match | None, kind: str) -> FileView:
    style = _style(source, match, kind) if match else None
    return replace(
        view,
        format={"csv": "CSV", "xlsx": "XLSX", "parquet": "Parquet"}[source.format],
        encoding=_ENCODINGS.get(source.encoding or "", (source.encoding or "").upper()),
        separator=_SEPARATORS.get(source.separator or "", source.separator or ""),
        sheet=source.sheet or "",
        heading_row=source.heading_row,
        decimal=style.decimal if style and source.format != "parquet" else "",
        date_order=_date_order(source, match, style) if match and style else "",
    )


def _date_order(source: SourceFile, match: Match, style: Style) -> str:
    """The order of the first column of dates: where none needs to be said, as its first text shows it."""
    field, order = next(iter(style.orders.items()), ("", None))
    if not field or order or source.format != "csv":
        return order or ""
    place = source.columns.index(match.fields[field])
    first = next((text for row in source.sample if (text := (row[place] or "").strip())), "")
    return "ymd" if first[:4].isdigit() else "dmy"


def _style(source: SourceFile, match: Match, kind: str) -> Style | None:
    """How numbers and dates are written; None where the file does not tell."""
    whole = (lambda: quick_relation(source)) if source.format == "csv" and source.quick else None
    try:
        with duckdb.connect(config={"threads": "2", "memory_limit": "1GB"}) as connection:
            return decide(source, match, kind_named(kind), connection, whole=whole)
    except (Refused, duckdb.Error):
        return None


def _shown(source: SourceFile, found: Matched, kind: str) -> Table:
    columns = _columns(source, found, kind)
    table = Table([], columns, source.columns, _raw(source, columns), [])
    if found.wrong is not None or found.match is None:
        return replace(table, wrong=told(found.wrong) if found.wrong else "")
    try:
        understood = preview(source, found.match, kind, limit=ROWS)
    except Refused as error:
        return replace(table, wrong=told(error))
    if any(row.values.get("amount") is not None for row in understood) and "amount" not in found.fields:
        columns.append(ColumnView(-1, "", "amount", "Amount", numeric=True, made=True))
    return replace(table, rows=list(_rows(understood, source, columns)), understood=True)


def _columns(source: SourceFile, found: Matched, kind: str) -> list[ColumnView]:
    known = {heading: name for name, heading in found.fields.items()}
    guessed = found.match.by_content if found.match else ()
    columns = []
    for place, heading in enumerate(source.columns):
        if heading or any(len(row) > place and row[place] for row in source.sample):
            field = kind_named(kind).field(known.pop(heading, ""))
            view = ColumnView(place, heading, "", "", numeric=False)
            if field is not None:
                numeric, by_content = field.type in DECIMALS, field.name in guessed
                view = replace(view, field=field.name, label=field.label, numeric=numeric, guessed=by_content)
            columns.append(view)
    return columns


def _raw(source: SourceFile, columns: Sequence[ColumnView]) -> list[RowView]:
    return [
        RowView(
            None, [CellView(_cut(row[column.place]), column.numeric, unused=not column.field) for column in columns]
        )
        for row in source.sample[:ROWS]
    ]


def _rows(rows: Sequence[PreviewRow], source: SourceFile, columns: Sequence[ColumnView]) -> Iterator[RowView]:
    sample = iter([row for row in source.sample if any(cell and cell.strip() for cell in row)])
    for row in rows:
        whole = [said(p.message, p.params) for p in row.problems if p.field is None]
        cells: Sequence[str | None] = () if whole else next(sample, ())
        problems = {p.field: p for p in row.problems if p.field is not None}
        shown = []
        for column in columns:
            raw = cells[column.place] if 0 <= column.place < len(cells) else None
            if column.field in problems:
                problem = problems.pop(column.field)
                shown.append(CellView(_cut(problem.value), problem=said(problem.message, problem.params)))
            elif column.field:
                shown.append(CellView(_written(row.values.get(column.field)), numeric=column.numeric))
            else:
                shown.append(CellView(_cut(raw), unused=True))
        rest = [said(p.message, p.params) for p in problems.values()]
        yield RowView(row.row, shown, " ".join(whole + rest))


def _written(value: Any) -> str:
    """A value as the page's language writes it, every decimal of it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        exponent = value.normalize().as_tuple().exponent
        return figures.number(value, max(-exponent if isinstance(exponent, int) else 0, 0))
    if isinstance(value, date):
        return figures.day(value)
    return _cut(str(value))


def _cut(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
