"""Cells of a sheet that hold an error such as #N/A. The parser gives them as empty, which would pass for no value."""

import html
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from mainstay.ledger.reading.archive import column_number

_CHUNK = 1 << 20
_LONGEST = 32 << 20
_MARK = re.compile(rb"""\bt\s*=\s*["']e["']""")
_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*[^>/])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)<")
_TAG = re.compile(rb"<(?:\w+:)?(sheet|Relationship)\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def sheet_errors(path: Path, sheet: str) -> dict[tuple[int, int], str]:
    """(row, column), both from 1 → the error that stands there, for a sheet of a checked archive."""
    found: dict[tuple[int, int], str] = {}
    with ZipFile(path) as archive:
        part = _part(archive, sheet)
        if part not in archive.namelist():
            return found
        with archive.open(part) as stream:
            rest = b""
            while chunk := stream.read(_CHUNK):
                text = rest + chunk
                end = max(text.rfind(b"c>"), text.rfind(b"/>"), -2) + 2
                found.update(_errors(text[:end]))
                rest = text[end:] if len(text) - end < _LONGEST else b""  # no cell is that long
    return found


def _errors(text: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    if not _MARK.search(text):
        return
    for cell in _CELL.finditer(text):
        place = _PLACE.search(cell[1])
        if place and _MARK.search(cell[1]):
            value = _VALUE.search(cell[2])
            shown = html.unescape(value[1].decode("utf-8", "replace")) if value else "#N/A"
            yield (int(place[2]), column_number(place[1])), shown


def _part(archive: ZipFile, sheet: str) -> str:
    """The name of the part that holds the sheet."""
    targets = {tag["Id"]: tag.get("Target", "") for tag in _tags(archive, "xl/_rels/workbook.xml.rels") if "Id" in tag}
    for tag in _tags(archive, "xl/workbook.xml"):
        if tag.get("name") == sheet:
            target = targets.get(next((value for key, value in tag.items() if key.endswith(":id")), ""), "")
            return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
    return ""


def _tags(archive: ZipFile, part: str) -> Iterator[dict[str, str]]:
    for tag in _TAG.finditer(archive.read(part)):
        found = _ATTRIBUTE.findall(tag[2])
        yield {name.decode(): html.unescape((double or single).decode()) for name, double, single in found}
