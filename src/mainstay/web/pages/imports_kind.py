"""Whether the files of an upload look like another kind than was said."""

from dataclasses import dataclass
from typing import Any

from mainstay.ledger.models import Kind
from mainstay.ledger.reading import likely_kind
from mainstay.web.pages.imports_table import Table
from mainstay.web.pages.imports_uploads import Pending


@dataclass(frozen=True)
class Meant:
    """The kind that the file shown looks like, and what speaks for it."""

    kind: str
    label: Any
    said: Any
    columns: str
    values: str


def meant(pending: Pending, table: Table) -> Meant | None:
    """None where the headings do not speak for another kind, or the upload's columns were chosen by hand."""
    places = [place for place, column in enumerate(table.columns) if not column.made]
    columns = [table.columns[place].heading for place in places]
    rows = [[row.cells[place].text for place in places if place < len(row.cells)] for row in table.rows]
    found = likely_kind(pending.kind, columns, rows) if columns and not pending.choices.given else None
    if found is None:
        return None
    return Meant(
        kind=found.kind,
        label=Kind(found.kind).label,
        said=Kind(pending.kind).label,
        columns=", ".join(found.columns[:4]),
        values=", ".join(found.values),
    )
