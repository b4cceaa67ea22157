"""Tables to read: line by line, so that a long one needs no memory, and with signs of double width in place."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from shutil import get_terminal_size
from typing import Any

import click
from rich.cells import cell_len, chop_cells

SAMPLE = 1_000
GAP = "  "
WIDEST = 40
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def visible(text: str) -> str:
    """Without what would steer the terminal; data may hold it."""
    return _STEERING.sub("�", text)


def figure(value: Any) -> str:
    """A value for reading: thousands apart, money with two decimals, nothing as a dash."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def share(value: float | None) -> str:
    """A share from 0 to 1 as per cent."""
    return "–" if value is None else f"{value:.1%}"


def write_table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: Iterable[int] = ()) -> None:
    """Rows of text under headings; the columns in `right` to the right. Widths are those of the first rows."""
    rows = iter(rows)
    first = list(islice(rows, SAMPLE))
    widths = [
        min(WIDEST, max(cell_len(heading), *(cell_len(row[index]) for row in first), 0))
        for index, heading in enumerate(headings)
    ]
    flush_right = set(right)
    click.echo(_line(headings, widths, flush_right))
    click.echo(GAP.join("-" * width for width in widths))
    for row in chain(first, rows):
        click.echo(_line(row, widths, flush_right))


def write_pairs(pairs: Sequence[tuple[str, str | Sequence[str]]]) -> None:
    """Names and values line by line; what is too long for the line goes on below itself."""
    width = max(cell_len(name) for name, _value in pairs)
    room = max(40, _columns() - width - len(GAP))
    for name, value in pairs:
        texts = [value] if isinstance(value, str) else value
        lines = [line for text in texts for line in _wrapped(str(text), room)] or [""]
        for number, line in enumerate(lines):
            click.echo(f"{_fitted('' if number else name, width)}{GAP}{line}".rstrip())


def _columns() -> int:
    return get_terminal_size((100, 24)).columns if os.isatty(1) else 100


def _line(cells: Sequence[str], widths: Sequence[int], right: set[int]) -> str:
    fitted = (
        _fitted(cell, width, right=index in right)
        for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return GAP.join(fitted).rstrip()


def _fitted(text: str, width: int, *, right: bool = False) -> str:
    """Padded; a longer text keeps its length where it is a figure, else it is cut."""
    text = visible(text.replace("\n", " "))
    room = width - cell_len(text)
    if room < 0 and not right:
        text, room = f"{chop_cells(text, width - 1)[0]}…", 0
    return " " * room + text if right else text + " " * room


def _wrapped(text: str, room: int) -> Iterator[str]:
    """Lines no wider than `room`, broken at blanks; Chinese, which has none, between any two signs."""
    line = ""
    for word in visible(text).split():
        if line and cell_len(line) + 1 + cell_len(word) > room:
            yield line
            line = ""
        line = f"{line} {word}" if line else word
        *full, line = chop_cells(line, room) or [""]
        yield from full
    if line:
        yield line
