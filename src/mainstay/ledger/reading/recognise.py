"""From a path to a recognised file."""

from collections.abc import Mapping
from pathlib import Path

from mainstay.core.errors import N_, Refused
from mainstay.ledger.reading.detect import format_of
from mainstay.ledger.reading.parquet import recognise_parquet
from mainstay.ledger.reading.source import Hints, Scratch, SourceFile
from mainstay.ledger.reading.text import recognise_text
from mainstay.ledger.reading.workbook import recognise_workbook

MOST_COLUMNS = 2000


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
    where there is one, the row; a table that is wider than MOST_COLUMNS is refused, too.
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
        return _narrow(recognise_workbook(path, known, hints, kind=kind, given=given or {}))
    folder = Scratch(scratch)
    try:
        if found == "parquet":
            return _narrow([recognise_parquet(path, known, hints, folder)])
        return _narrow([recognise_text(path, known, hints, folder, kind=kind, given=given or {})])
    except BaseException:
        folder.close()
        raise


def _narrow(sources: list[SourceFile]) -> list[SourceFile]:
    for source in sources:
        if len(source.columns) > MOST_COLUMNS:
            raise Refused(
                N_("“%(file)s” has %(columns)s columns, and at most %(most)s are read. Leave out those nobody needs."),
                file=source.name,
                columns=len(source.columns),
                most=MOST_COLUMNS,
            )
    return sources
