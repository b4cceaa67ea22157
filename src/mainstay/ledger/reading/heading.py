"""Where a table's heading stands, among title lines and blank ones."""

from collections import Counter
from collections.abc import Mapping, Sequence

from mainstay.ledger.reading.columns import heading_key, satisfies
from mainstay.ledger.reading.kinds import KINDS, kind_named
from mainstay.ledger.reading.records import Record, is_blank

SEARCHED = 20


def clean_heading(cells: Sequence[str | None]) -> tuple[str, ...]:
    """The headings without surrounding blanks and line breaks, as wide as the last that says anything."""
    heads = [" ".join((cell or "").replace("\ufeff", "").split()) for cell in cells]
    while heads and not heads[-1]:
        heads.pop()
    return tuple(heads)


def find_heading(records: Sequence[Record], kind: str | None, given: Mapping[str, str]) -> tuple[Record | None, bool]:
    """The row that is the heading and whether it has what its kind (or, kind unknown, any kind) requires.

    The first of the first 20 rows that satisfies; else the first row as wide as most; else the first with anything.
    """
    near = [
        record for record in records if record.row <= SEARCHED and any(map(heading_key, clean_heading(record.cells)))
    ]
    kinds = [kind_named(kind)] if kind else list(KINDS.values())
    for record in near:
        heads = clean_heading(record.cells)
        if any(satisfies(one, heads, given) for one in kinds):
            return record, True
    widths = Counter(len(clean_heading(record.cells)) for record in records if not is_blank(record.cells))
    if not near or not widths:
        return None, False
    usual = max(widths, key=lambda width: (widths[width], width))
    return next((record for record in near if len(clean_heading(record.cells)) >= usual), near[0]), False
