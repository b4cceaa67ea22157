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
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
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
    """Unpack one part, whatever size it declares, and throw it away. Returns its true size."""
    honest = copy.copy(entry)
    honest.file_size = room + 1  # read to the true end of its data
    limit = max(RATIO_FROM, MOST_RATIO * entry.compress_size)
    xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    size, tail, extent = 0, b"", _Extent()
    with archive.open(honest) as part:
        while chunk := part.read(_CHUNK):
            if xml and not size and (chunk.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in chunk[:4]):
                raise Refused(
                    N_("“%(file)s” is written in an unusual encoding. Open it and save it again as XLSX."), file=name
                )
            size += len(chunk)
            if size > min(limit, room):
                raise TooLarge(_BOMB, file=name)
            text = tail + chunk
            if xml and _DECLARED.search(text):
                raise Refused(
                    N_(
                        "“%(file)s” declares XML entities, which no spreadsheet needs. "
                        "Open it and save it again as XLSX."
                    ),
                    file=name,
                )
            if xml and "worksheets/" in entry.filename.lower():
                extent.see(text, name)
            tail = chunk[-64:]
    return size


class _Extent:
    """The rectangle that the cells of a sheet span."""

    def __init__(self) -> None:
        self.row = self.column = 1

    def see(self, text: bytes, name: str) -> None:
        cells = _CELL.findall(text)
        for letters in {letters for letters, _ in cells}:
            self.column = max(self.column, column_number(letters))
        self.row = max(self.row, max((int(row) for _, row in cells), default=1))
        if self.row * self.column > MOST_CELLS:
            raise TooLarge(
                N_(
                    "A sheet of “%(file)s” spans %(rows)s rows and %(columns)s columns. "
                    "Save only the data in a new workbook, or as CSV."
                ),
                file=name,
                rows=self.row,
                columns=self.column,
            )


def column_number(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
