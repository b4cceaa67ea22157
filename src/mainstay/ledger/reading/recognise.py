"""From a path to a recognised file."""

from collections.abc import Mapping
from pathlib import Path

from mainstay.ledger.reading.detect import format_of
from mainstay.ledger.reading.parquet import recognise_parquet
from mainstay.ledger.reading.source import Hints, Scratch, SourceFile
from mainstay.ledger.reading.text import recognise_text
from mainstay.ledger.reading.workbook import recognise_workbook


def recognise(
    path: Path,
    *,
    name: str | None = None,
    hints: Hints | None = None,
    kind: str | None = None,
    given: Mapping[str, str] | None = None,
    scratch: Path | None = None,
) -> SourceFile:
    """Recognise a CSV, XLSX or Parquet file by its content; where all sheets of a workbook are asked for, the first.

    `name` is what messages call it (default: the path's last part). `kind` and `given` (field → heading), where
    already known, help to find the heading among title lines and the sheet among several. Temporary copies go
    below `scratch` (default: the system's folder) and vanish with the SourceFile. Refused names the file and,
    where there is one, the row.
    """
    return recognise_all(path, name=name, hints=hints, kind=kind, given=given, scratch=scratch)[0]


def recognise_all(
    path: Path,
    *,
    name: str | None = None,
    hints: Hints | None = None,
    kind: str | None = None,
    given: Mapping[str, str] | None = None,
    scratch: Path | None = None,
) -> list[SourceFile]:
    """The same, with one SourceFile for each sheet that is to be read."""
    known = name or path.name
    hints = hints or Hints()
    found = format_of(path, known)
    if found == "xlsx":
        return recognise_workbook(path, known, hints, kind=kind, given=given or {})
    folder = Scratch(scratch)
    try:
        if found == "parquet":
            return [recognise_parquet(path, known, hints, folder)]
        return [recognise_text(path, known, hints, folder, kind=kind, given=given or {})]
    except BaseException:
        folder.close()
        raise
