"""What a file is, told from its content; its name only has to agree."""

import re
import zipfile
from pathlib import Path

from mainstay.core.errors import N_, Refused
from mainstay.ledger.reading.encoding import utf16_table
from mainstay.ledger.reading.source import Format

HEAD = 8192
_ENDINGS: dict[str, Format | None] = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xls": None,
    ".xlsb": None,
    ".ods": None,
    ".json": None,
    ".pdf": None,
    ".html": None,
    ".png": None,
    ".jpg": None,
}
# Names that are the same in every language.
_NAMES = {"csv": "CSV", "xlsx": "XLSX", "parquet": "Parquet"}
_SIGNATURES = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "RAR"),
    (b"SQLite format 3\x00", "SQLite"),
    (b"{\\rtf", "RTF"),
    (b"ARROW1", "Arrow"),
    (b"\x7fELF", "ELF"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WRONG = N_("“%(file)s” is of the type %(what)s; wanted is CSV, XLSX or Parquet. Export the data in one of these.")


def format_of(path: Path, name: str) -> Format:
    """The format by content; Refused for any other content, an empty file, or a name that contradicts it."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise Refused(
            N_("“%(file)s” cannot be read (%(why)s). Check the path and the permissions."),
            file=name,
            why=error.strerror or "",
        ) from None
    if not size:
        raise Refused(N_("“%(file)s” is empty. Choose a file with a heading and rows."), file=name)
    found = _by_content(path, name, head)
    _agree(name, found)
    return found


def _by_content(path: Path, name: str, head: bytes) -> Format:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PARE"):
        raise Refused(N_("“%(file)s” is encrypted. Export it without encryption and try again."), file=name)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_content(path, name)
    if head.startswith(_OLE):
        _refuse_ole(path, name)
    for signature, what in _SIGNATURES:
        if head.startswith(signature):
            raise Refused(_WRONG, file=name, what=what)
    _refuse_markup(name, head)
    _refuse_binary(name, head)
    return "csv"


def _zip_content(path: Path, name: str) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise Refused(
            N_("“%(file)s” is cut off or damaged: the list of its parts is missing. Save or copy it again."), file=name
        ) from None
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        what = "XLSB"
    elif "content.xml" in names:
        what = "OpenDocument"
    elif any(entry.startswith(("word/", "ppt/")) for entry in names):
        what = "DOCX/PPTX"
    else:
        what = "ZIP"
    raise Refused(_WRONG, file=name, what=what)


def _refuse_ole(path: Path, name: str) -> None:
    """Old Office files; a workbook with a password is one of these around the encrypted package."""
    marker = "EncryptedPackage".encode("utf-16-le")
    with path.open("rb") as file:
        tail = b""
        while chunk := file.read(1 << 20):
            if marker in tail + chunk:
                raise Refused(
                    N_("“%(file)s” is protected by a password. Save it without one and try again."), file=name
                )
            tail = chunk[-len(marker) :]
    raise Refused(_WRONG, file=name, what="XLS")


def _refuse_markup(name: str, head: bytes) -> None:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:512]
    low = text.lower()
    if low.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<body")):
        raise Refused(_WRONG, file=name, what="HTML")
    if low.startswith((b"<?xml", b"<svg", b"<workbook")):
        raise Refused(_WRONG, file=name, what="XML")
    if re.match(rb'\{\s*"|\{\s*\}|\[\s*[\[{"\d]', text):
        raise Refused(_WRONG, file=name, what="JSON")


def _refuse_binary(name: str, head: bytes) -> None:
    """Control characters that no encoding of text has; NULs are looked at where the encoding is."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or (0 in head and utf16_table(head)):
        return
    strange = sum(head.count(bytes([code])) for code in (*range(1, 9), *range(14, 26), 28, 29, 30, 31, 127))
    nuls = head.count(0)
    utf16 = nuls and (head[0::2].count(0) * 20 < nuls or head[1::2].count(0) * 20 < nuls)
    if strange * 50 > len(head) or (nuls * 20 > len(head) and not utf16):
        raise Refused(
            N_("“%(file)s” holds binary data; wanted is CSV, XLSX or Parquet. Export the data in one of these."),
            file=name,
        )


def _agree(name: str, found: Format) -> None:
    ending = Path(name).suffix.lower()
    if ending in _ENDINGS and _ENDINGS[ending] != found:
        raise Refused(
            N_(
                "“%(file)s” is mislabelled: it is of the type %(what)s although its name ends in %(ending)s. "
                "Check the file, or rename it."
            ),
            file=name,
            what=_NAMES[found],
            ending=ending,
        )
