"""How the files of a large upload are understood: found out by a job and kept beside them, for pages to show."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from django.utils.translation import get_language

from mainstay.web.pages.imports_table import CellView, ColumnView, FileView, RowView, Table, file_of
from mainstay.web.pages.imports_uploads import Pending, write_json


def look(pending: Pending, told: Callable[[str], None]) -> None:
    """Understand every file by the choices made so far; `told` hears the name of each."""
    views, key = [], _key(pending)
    for number, file in enumerate(pending.files):
        told(file.name)
        view, table = file_of(pending, number, with_rows=True)
        views.append(asdict(view))
        write_json(pending.folder / f"look-{number}.json", {"key": key, "table": asdict(table) if table else None})
    write_json(pending.folder / "look.json", {"key": key, "files": views})


def known_look(pending: Pending, shown: int) -> Table | None:
    """What was found out by these choices; None where it is still to be."""
    files, table = _read(pending, "look.json"), _read(pending, f"look-{shown}.json")
    if files is None or table is None:
        return None
    views = [FileView(**file) for file in files["files"]]
    return replace(_table(table["table"]), files=[replace(view, shown=view.number == shown) for view in views])


def blank(pending: Pending, shown: int) -> Table:
    """The files by name only, while nothing else is known."""
    files = [FileView(number, file.name, file.size, number == shown) for number, file in enumerate(pending.files)]
    return Table(files, [], (), [], [])


def _read(pending: Pending, name: str) -> dict[str, Any] | None:
    try:
        record: dict[str, Any] = json.loads((pending.folder / name).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return record if record["key"] == _key(pending) else None


def _key(pending: Pending) -> list[Any]:
    return [pending.kind, dict(pending.choices.given), dict(pending.choices.hints), get_language()]


def _table(found: dict[str, Any]) -> Table:
    return Table(
        files=[],
        columns=[ColumnView(**column) for column in found["columns"]],
        headings=tuple(found["headings"]),
        rows=[
            RowView(row["number"], [CellView(**cell) for cell in row["cells"]], row["problem"]) for row in found["rows"]
        ],
        sheets=found["sheets"],
        wrong=found["wrong"],
        understood=found["understood"],
    )
