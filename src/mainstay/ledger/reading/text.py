"""Separated text: its separator, its heading, its first rows."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mainstay.core.errors import N_, Refused
from mainstay.ledger.reading.encoding import encoding_of, scan, to_utf8
from mainstay.ledger.reading.heading import clean_heading, find_heading
from mainstay.ledger.reading.records import Record, data_records, is_blank, open_text, read_records
from mainstay.ledger.reading.source import SEPARATORS, Hints, Scratch, SourceFile, globless, named_columns

SAMPLE_ROWS = 1000
_HEAD_ROWS = 60
_HEAD = 1 << 18
_SAID = re.compile(r"\A\ufeff?\"?sep=(.)\"?\s*?(?:\r\n|\r|\n)", re.IGNORECASE)


@dataclass(frozen=True)
class _Layout:
    separator: str
    heading: Record
    satisfies: bool
    skipped: int  # rows above the heading that hold anything
    width: int  # of most rows, where they are wider than the heading by empty cells only


def recognise_text(
    path: Path, name: str, hints: Hints, scratch: Scratch, *, kind: str | None, given: Mapping[str, str]
) -> SourceFile:
    """The layout of a text file; what is not UTF-8 is copied into `scratch` first."""
    encoding = codecs.lookup(hints.encoding).name if hints.encoding else encoding_of(path, name)
    data = globless(path, scratch)
    if encoding not in ("utf-8", "utf-8-sig") or hints.encoding:
        data = scratch.path / "text.csv"
        to_utf8(path, encoding, data, name)
    found = scan(data, name)
    with open_text(data) as stream:
        head = stream.read(_HEAD)
    layout = _layout(head, name, hints.separator, kind, given)
    heads = _columns(layout)
    sample = _sample(data, name, layout, heads)
    return SourceFile(
        path=path,
        name=name,
        format="csv",
        columns=named_columns(heads, sample),
        sample=sample,
        heads=heads,
        heading_row=layout.heading.row,
        hints=hints,
        encoding=encoding,
        separator=layout.separator,
        data=data,
        quick=_is_quick(head, layout, found.empty_lines),
        scan=found,
        scratch=scratch,
    )


def text_records(source: SourceFile) -> Iterator[Record]:
    """The rows of a CSV below its heading, read one by one."""
    with open_text(source.data) as stream:
        records = read_records(stream, source.separator or ",", source.name)
        yield from data_records(records, source.heading, source.heading_row)


def _layout(head: str, name: str, hint: str | None, kind: str | None, given: Mapping[str, str]) -> _Layout:
    said = _SAID.match(head)
    candidates = (hint,) if hint else (said[1],) if said else SEPARATORS
    layouts = []
    for order, separator in enumerate(candidates):
        records = _head_records(head, separator, name, skip_first=bool(said))
        heading, fits = find_heading(records, kind, given)
        if heading is not None:
            skipped = sum(1 for record in records if record.row < heading.row and not is_blank(record.cells))
            layout = _Layout(separator, heading, fits, skipped, _width(records, heading))
            layouts.append((_merit(layout, records), -order, layout))
    if not layouts:
        raise Refused(N_("“%(file)s” holds no heading and no rows. Choose a file with a heading and rows."), file=name)
    return max(layouts, key=lambda item: item[:2])[2]


def _merit(layout: _Layout, records: Sequence[Record]) -> tuple[bool, bool, int, float, int]:
    """Better is: a heading with the required columns, several columns, few titles, even width, more columns."""
    width = len(layout.heading.cells)
    widths = Counter(len(record.cells) for record in records if record.row > layout.heading.row)
    even = widths[width] / widths.total() if widths else 1.0
    return layout.satisfies, width > 1, -layout.skipped, round(even, 1), width


def _head_records(head: str, separator: str, name: str, *, skip_first: bool) -> list[Record]:
    """The first rows of the text, as far as it was read; the last may be cut by that and is left out."""
    whole = len(head) < _HEAD
    records: list[Record] = []
    try:
        records.extend(islice(read_records(io.StringIO(head, newline=""), separator, name), _HEAD_ROWS))
    except (Refused, csv.Error):
        whole = True  # the row that was cut is not among them
    if not whole and len(records) > 1 and len(records) < _HEAD_ROWS:
        records.pop()
    return [record for record in records if not (skip_first and record.row == 1)]


def _columns(layout: _Layout) -> tuple[str, ...]:
    heads = clean_heading(layout.heading.cells)
    return heads + ("",) * (layout.width - len(heads))


def _width(records: Sequence[Record], heading: Record) -> int:
    own = len(heading.cells)
    rows = [record.cells for record in records if record.row > heading.row and not is_blank(record.cells)]
    usual = Counter(map(len, rows)).most_common(1)
    if usual and usual[0][0] > own and all(is_blank(cells[own:]) for cells in rows):
        return usual[0][0]
    return own


def _sample(data: Path, name: str, layout: _Layout, columns: Sequence[str]) -> tuple[tuple[str | None, ...], ...]:
    rows: list[tuple[str | None, ...]] = []
    room = 4 << 20
    with open_text(data) as stream:
        records = data_records(read_records(stream, layout.separator, name), columns, layout.heading.row)
        try:
            for record in records:
                if record.fault is None:
                    rows.append(tuple(record.cells))
                room -= sum(len(cell or "") for cell in record.cells)
                if len(rows) >= SAMPLE_ROWS or room < 0:
                    break
        except Refused:
            pass  # named with its row when the whole file is read
    return tuple(rows)


def _is_quick(head: str, layout: _Layout, empty_lines: bool) -> bool:
    """Whether DuckDB may read the file by itself: the heading is its first line and nothing is blank below it."""
    if layout.heading.row != 1:
        return False
    first = re.split(r"[\r\n]", head, maxsplit=1)[0]
    alone = next(csv.reader([first], delimiter=layout.separator, skipinitialspace=True), [])
    return clean_heading(alone) == clean_heading(layout.heading.cells) and not empty_lines
