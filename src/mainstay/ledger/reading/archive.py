"""What an XLSX file, a ZIP archive of XML, must not be: a bomb, or full of entities. Looked at before it is parsed."""

import copy
import re
import zlib
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from mainstay.core.errors import N_, Refused, TooLarge

MOST_ENTRIES = 10_000
MOST_BYTES = 2 << 30  # all parts together, unpacked
MOST_RATIO = 200  # unpacked to packed, for parts over RATIO_FROM
RATIO_FROM = 32 << 20
MOST_CELLS = 60_000_000  # of the rectangle that a sheet's cells span, which is held in memory
_CHUNK = 1 << 20
VOID_FROM, MOST_VOID = 5_000_000, 50  # larger rectangles need a cell in so many places
MOST_TAG = 16 << 20
# Where a row or cell says that it stands, in whatever case: r="B7", and r="7" of a row.
_PLACE = re.compile(rb"""[\s"']r\s*=\s*["']\s*([A-Za-z]*)([0-9]+)""")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_TAGS = tuple(
    start + end for start in (b"<c", b":c", b"<row", b":row") for end in (b" ", b">", b"/", b"\t", b"\r", b"\n")
)
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_DECLARED = re.compile(rb"<!DOCTYPE|<!ENTITY")
_BOMB = N_("“%(file)s” would unpack to far more than it holds. Save only the data in a new workbook.")


def check_archive(path: Path, name: str) -> None:
    """Refused for an archive that is damaged, a bomb (TooLarge), or whose XML declares a document type or entities."""
    try:
        with ZipFile(path) as archive:
            _check_declared(archive.infolist(), name)
            room = MOST_BYTES
            for entry in archive.infolist():
                room -= _check_entry(archive, entry, name, room)
    except (BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise Refused(N_("“%(file)s” is cut off or damaged. Save or copy it again."), file=name) from error


def _check_declared(entries: list[ZipInfo], name: str) -> None:
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise TooLarge(_BOMB, file=name)
    for entry in entries:
        if entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
            raise TooLarge(_BOMB, file=name)


def _check_entry(archive: ZipFile, entry: ZipInfo, name: str, room: int) -> int:
    """Unpack one part, whatever size it declares, and throw it away. Returns its true size.

    A workbook may keep a sheet under any name, so every part is looked at as if it were one.
    """
    honest = copy.copy(entry)
    honest.file_size = room + 1  # read to the true end of its data
    limit = max(RATIO_FROM, MOST_RATIO * entry.compress_size)
    size, rest, extent = 0, b"", _Extent(name)
    with archive.open(honest) as part:
        while chunk := part.read(_CHUNK):
            if not size and _is_wide(chunk):
                raise Refused(
                    N_("“%(file)s” is written in an unusual encoding. Open it and save it again as XLSX."), file=name
                )
            size += len(chunk)
            if size > min(limit, room):
                raise TooLarge(_BOMB, file=name)
            text = rest + chunk
            if _DECLARED.search(text):
                raise Refused(
                    N_(
                        "“%(file)s” declares XML entities, which no spreadsheet needs. "
                        "Open it and save it again as XLSX."
                    ),
                    file=name,
                )
            # A tag is looked at when it is whole.
            whole = max(text.rfind(b"<"), 0)
            extent.see(text[:whole])
            rest = text[whole:]
            if len(rest) > MOST_TAG:
                raise TooLarge(_BOMB, file=name)
    extent.see(rest)
    extent.check()
    return size


def _is_wide(chunk: bytes) -> bool:
    """XML in UTF-16 or UTF-32, whose tags would not be seen."""
    return chunk.startswith((b"\xff\xfe", b"\xfe\xff")) or b"<\x00" in chunk[:64] or b"\x00<" in chunk[:64]


class _Extent:
    """The rectangle that the cells of a sheet span, which is held in memory whole however few they are."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.row = self.column = 1
        self.cells = self.rows = self.in_row = 0

    def see(self, text: bytes) -> None:
        """Take in whole tags. A row or cell that does not say where it stands follows the one before it."""
        places = _PLACE.findall(text)
        self.cells += len(places)
        columns = {letters for letters, _ in places}
        for letters in columns:
            self.column = max(self.column, column_number(letters.upper()[:8]))
        self.row = max(self.row, *(int(row[:12]) for row in {row for _, row in places}), 1)
        if sum(text.count(tag) for tag in _TAGS) > len(places):
            self._see_unplaced(text)
        if self.row * self.column > MOST_CELLS:
            self._refuse()

    def _see_unplaced(self, text: bytes) -> None:
        for begins, row in enumerate(_ROW.split(text)):
            if begins:
                self.rows += 1
                self.in_row = 0
            self.in_row += len(_CELL.findall(row))
            self.column = max(self.column, self.in_row)
        self.row = max(self.row, self.rows)

    def check(self) -> None:
        """Refuse a sheet that is nearly all void."""
        if self.row * self.column > max(VOID_FROM, MOST_VOID * self.cells):
            self._refuse()

    def _refuse(self) -> None:
        raise TooLarge(
            N_(
                "A sheet of “%(file)s” spans %(rows)s rows and %(columns)s columns. "
                "Save only the data in a new workbook, or as CSV."
            ),
            file=self.name,
            rows=self.row,
            columns=self.column,
        )


def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
