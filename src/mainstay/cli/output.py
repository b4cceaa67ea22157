"""Results on stdout: a table to read, CSV or JSON to go on with."""

import csv
import io
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import click
from django.utils.functional import Promise
from rich.console import Console
from rich.table import Table

from mainstay.cli.tables import visible
from mainstay.core.money import plain


def as_json(value: Any) -> Any:
    """Money as text with four decimals, days as ISO text, messages in the reader's language, all else as it is."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    return value


def write_rows(rows: Sequence[Mapping[str, Any]], form: str, columns: Sequence[str] | None = None) -> None:
    """Records of the same keys: a table, CSV with a heading, or a JSON list of objects."""
    names = list(columns or (rows[0] if rows else []))
    if form == "json":
        click.echo(json.dumps([as_json(row) for row in rows], ensure_ascii=False, indent=1))
    elif form == "csv":
        click.echo(_csv([names, *([_cell(row.get(name)) for name in names] for row in rows)]), nl=False)
    else:
        _table(names, [[row.get(name) for name in names] for row in rows])


def write_objects(rows: Iterable[Mapping[str, Any]], form: str, columns: Sequence[str]) -> None:
    """What `write_rows` writes as CSV or JSON, one by one, so that any number of them needs no memory."""
    if form == "csv":
        click.echo(_csv([columns]), nl=False)
        for row in rows:
            click.echo(_csv([[_cell(row[name]) for name in columns]]), nl=False)
        return
    separator = "[\n"
    for row in rows:
        click.echo(f"{separator}{json.dumps(as_json(row), ensure_ascii=False, indent=1)}", nl=False)
        separator = ",\n"
    click.echo("[]" if separator == "[\n" else "\n]")


def write_record(record: Mapping[str, Any], form: str) -> None:
    """One record: name and value line by line, or a JSON object."""
    if form == "json":
        click.echo(json.dumps(as_json(record), ensure_ascii=False, indent=1))
    elif form == "csv":
        click.echo(_csv([list(record), [_cell(value) for value in record.values()]]), nl=False)
    else:
        _table(["", ""], [[name, value] for name, value in record.items()], heading=False)


# Money comes as text.
_FIGURE = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def _cell(value: Any) -> str:
    """A value as CSV text; text that a spreadsheet would take for a formula is kept as text."""
    if isinstance(value, list | tuple):
        return "; ".join(_cell(item) for item in value)
    text = _text(value)
    formula = isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{text}" if formula and not _FIGURE.fullmatch(text) else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return json.dumps(as_json(value), ensure_ascii=False)
    return str(value)


def _csv(rows: Sequence[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]], *, heading: bool = True) -> None:
    table = Table(show_header=heading, box=None, pad_edge=False, header_style="bold")
    for index, name in enumerate(names):
        figures = heading and any(isinstance(row[index], int | float | Decimal) for row in rows)
        table.add_column(name, justify="right" if figures else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_shown(value) for value in row))
    Console(width=None if _terminal() else 200, highlight=False, markup=False).print(table)


def _terminal() -> bool:
    return sys.stdout.isatty()


def _shown(value: Any) -> str:
    """A figure for reading: thousands separated, shares with three decimals."""
    if isinstance(value, Decimal):
        return f"{value:,.4f}"
    if isinstance(value, bool):
        return _text(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4f}"
    if isinstance(value, list | tuple):
        return "\n".join(_shown(item) for item in value)
    return visible(_text(value))
