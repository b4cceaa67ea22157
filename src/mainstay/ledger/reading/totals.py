"""Rows at the end of a file that add it up: 合计, Total, Summe. They are no lines, and left out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mainstay.core.errors import N_
from mainstay.ledger.reading.cells import NEEDED

MOST = 10  # rows at the end that are looked at
LEFT_OUT = N_(
    "Row %(row)s of %(file)s (“%(value)s”) looks like a total: it is the last and lacks what every row needs. It was "
    "left out."
)
_WORDS = re.compile(
    r"\W*(?:本页|本月|本年|累计)?(?:合计|总计|小计|共计|总和|汇总)\W*(?:[（(].*[)）]\W*)?|"
    r"\W*(?:totals?|grand total|sub-?total|sub total|sums?|summe|gesamt|gesamtsumme|zwischensumme)\W*(?:[（(].*)?",
    re.IGNORECASE,
)
# A row's number, its problems (None where it is good) and its cells.
Row = tuple[int, Iterable[Mapping[str, Any]] | None, Sequence[str | None] | None]


def trailing_totals(rows: Sequence[Row]) -> list[tuple[int, str]]:
    """The number and the word of each total among the last of `rows`, which end where their file does."""
    found: list[tuple[int, str]] = []
    for row, problems, cells in reversed(rows):
        word = _word(problems, cells)
        if word is None:
            break
        found.insert(0, (row, word))
    return found


def _word(problems: Iterable[Mapping[str, Any]] | None, cells: Sequence[str | None] | None) -> str | None:
    """What the first cell that holds anything calls a total; None where the row is none."""
    if problems is None or all(problem["problem"] != NEEDED for problem in problems):
        return None
    first = next((text for cell in cells or () if (text := (cell or "").strip())), "")
    return first[:60] if _WORDS.fullmatch(first) else None
