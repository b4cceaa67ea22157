"""The refused rows of a staging: told, and written out as files like those that came in, to be mended and imported."""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import duckdb
from xlsxwriter.exceptions import FileCreateError

from mainstay.core.errors import N_, Refused, first_line
from mainstay.ledger.reading import numbers
from mainstay.ledger.reading.columns import REASON, Match
from mainstay.ledger.reading.kinds import kind_named
from mainstay.ledger.reading.preview import Problem, problems_of
from mainstay.ledger.reading.refused_files import Heading, Look, Row, Table, write_csv, write_parquet, write_xlsx
from mainstay.ledger.reading.source import SourceFile
from mainstay.ledger.reading.stage import Staged

Files = Sequence[tuple[SourceFile, Match]]
ROW_REASON = N_("row %(row)s: %(problems)s")
FILE_ROW_REASON = N_("%(file)s, row %(row)s: %(problems)s")
_ENDINGS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".xlsx": "xlsx", ".parquet": "parquet", ".zip": "zip"}
_WRITE = {"csv": write_csv, "xlsx": write_xlsx, "parquet": write_parquet}
CONTENT_TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "zip": "application/zip",
}
_FETCH = 2_000


def describe_refusals(
    staged: Staged, files: Files, connection: duckdb.DuckDBPyConnection, limit: int = 20
) -> list[dict[str, Any]]:
    """The first `limit` problems, by file and row: `file` (its name), `row`, `column`, `field`, `problem` (msgid),
    `params` that fill it, `value`, and `message` (English)."""
    told: list[dict[str, Any]] = []
    for file, row, problems, _ in _refused(staged, files, connection, limit):
        told += [_told(files[file][0].name, row, problem) for problem in problems]
    return told[:limit]


def _told(file: str, row: int, problem: Problem) -> dict[str, Any]:
    return {
        "file": file,
        "row": row,
        "column": problem.column,
        "field": problem.field,
        "problem": problem.message,
        "params": problem.params,
        "value": problem.value,
        "message": str(problem),
    }


def write_refusals(
    staged: Staged,
    files: Files,
    to: Path,
    connection: duckdb.DuckDBPyConnection,
    translate: Callable[[str], str] = str,
) -> int:
    """Write the refused rows to `to`: the files' own columns in their order, and `reason`. Returns how many they are.

    The ending of `to` says the format; without one it is that of the files. CSV keeps encoding and separator, as long
    as numbers are then read as they were; XLSX keeps its sheets. Rows of a Parquet file become CSV, since they are
    there to be mended, and nobody mends Parquet by hand. Several files with the same heading become one, others a ZIP
    of one file each; where one CSV or Parquet is asked for, it has the columns of all. A file that is there already is
    replaced when all is written. Raises Refused where it cannot be written.
    """
    work = _Refusals(staged, files, connection, translate)
    form = _ENDINGS.get(to.suffix.lower()) or work.natural_form()
    with _written_whole(to) as part:
        if form == "zip":
            work.write_zip(part)
        else:
            _WRITE[form](work.tables(range(len(files)), apart=form == "xlsx"), part, work.look(range(len(files))))
    return staged.refused_count


@contextmanager
def _written_whole(to: Path) -> Iterator[Path]:
    """A file beside `to` that takes its name when all of it is written. A pipe or a device is written to itself."""
    target = to.resolve()
    part = target if target.exists() and not target.is_file() else target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        if part != target:
            # A workbook that cannot be written would find out at its end, and leave files of its own open.
            part.touch()
        yield part
        if part != target:
            part.replace(target)
    except (OSError, FileCreateError) as error:
        raise Refused(
            N_("The refused rows could not be written to %(file)s (%(why)s). Nothing was changed: choose another."),
            file=to,
            why=getattr(error, "strerror", None) or first_line(error),
        ) from error
    finally:
        if part != target:
            part.unlink(missing_ok=True)


def form_of_refusals(path: Path) -> str:
    """csv, xlsx, parquet or zip: what write_refusals() wrote."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"PK\x03\x04":
        with ZipFile(path) as archive:
            return "xlsx" if "xl/workbook.xml" in archive.namelist() else "zip"
    return "parquet" if start == b"PAR1" else "csv"


class _Refusals:
    """The refused rows of a staging as tables to be written."""

    def __init__(
        self, staged: Staged, files: Files, connection: duckdb.DuckDBPyConnection, translate: Callable[[str], str]
    ) -> None:
        self.staged, self.files, self.connection, self.translate = staged, files, connection, translate
        query = f"SELECT DISTINCT file FROM {staged.refused} ORDER BY file"
        self.concerned = [number for (number,) in connection.execute(query).fetchall()]

    def natural_form(self) -> str:
        sources = [self.files[number][0] for number in self.concerned]
        alike = {(source.heading, source.format) for source in sources}
        if len(alike) > 1 or (len({source.path for source in sources}) > 1 and sources[0].format == "xlsx"):
            return "zip"
        return {"csv": "csv", "xlsx": "xlsx", "parquet": "csv"}[sources[0].format]

    def write_zip(self, to: Path) -> None:
        """One file for each that came in, under its name."""
        names: set[str] = set()
        with ZipFile(to, "w", ZIP_DEFLATED) as archive:
            for _path, group in groupby(self.concerned, key=lambda number: self.files[number][0].path):
                places = list(group)
                source = self.files[places[0]][0]
                form = "xlsx" if source.format == "xlsx" else "csv"
                name = _unused(f"refused-{Path(source.title or source.name).stem}", f".{form}", names)
                part = to.with_name(f"{to.name}.part")
                try:
                    _WRITE[form](self.tables(places, apart=True), part, self.look(places))
                    archive.write(part, name)
                finally:
                    part.unlink(missing_ok=True)

    def tables(self, places: Sequence[int], *, apart: bool) -> list[Table]:
        """One table of all these files, or one for each of those that have refused rows (`apart`)."""
        concerned = [number for number in places if number in self.concerned]
        groups = [[number] for number in concerned] if apart else [concerned]
        return [self._table(group) for group in groups]

    def _table(self, group: Sequence[int]) -> Table:
        headings: dict[Heading, None] = {}
        for number in group:
            headings.update(dict.fromkeys(key for key in _keys(self.files[number][0]) if key is not None))
        sources = [self.files[number][0] for number in group]
        fields = {
            match.fields[field.name]: field.type
            for _, match in (self.files[number] for number in group)
            for field in kind_named(self.staged.kind).fields
            if field.name in match.fields
        }
        return Table(
            name=sources[0].sheet or Path(sources[0].name).stem,
            headings=list(headings),
            types=fields,
            decimal=self.staged.parts[group[0]].style.decimal,
            rows=lambda: self._rows(group, list(headings)),
        )

    def _rows(self, group: Sequence[int], headings: Sequence[Heading]) -> Iterator[Row]:
        several = len({self.files[number][0].name for number in self.concerned}) > 1
        reason = self.translate(FILE_ROW_REASON if several else ROW_REASON)
        for file, row, problems, cells in _refused(self.staged, self.files, self.connection, None, group):
            source = self.files[file][0]
            told = " ".join(self.translate(problem.message) % problem.params for problem in problems)
            keys = _keys(source)
            own = {key: cell for key, cell in zip(keys, cells, strict=False) if key is not None}
            yield Row(
                [own.get(heading) for heading in headings],
                reason % {"file": source.name, "row": row, "problems": told},
                cells[len(keys) :],
            )

    def look(self, places: Sequence[int]) -> Look:
        """How the files are written as CSV, where they are alike; else as any program reads it."""
        sources = [self.files[number][0] for number in places]
        decimal = "," if any(self.staged.parts[number].style.decimal == "," for number in places) else "."
        usual = Look("utf-8-sig", ";" if decimal == "," else ",")
        alike = {(source.encoding, source.separator) for source in sources}
        if len(alike) > 1 or sources[0].format != "csv":
            return usual
        encoding, separator = sources[0].encoding or "utf-8", sources[0].separator or ","
        if (separator == ";") != (decimal == ",") and not self._shows_decimal(decimal):
            separator = usual.separator
        return Look("utf-8-sig" if encoding == "utf-8" else encoding, separator)

    def _shows_decimal(self, decimal: str) -> bool:
        """Whether the refused rows alone show the decimal sign of their file."""
        shown = 0
        for number in self.concerned:
            source, match = self.files[number]
            for field in kind_named(self.staged.kind).fields:
                if field.type in numbers.DECIMALS and field.name in match.fields:
                    cell = f"cells[{source.columns.index(match.fields[field.name]) + 1}]"
                    other = "." if decimal == "," else ","
                    counted = f"count(*) FILTER (e = {decimal!r}) - count(*) FILTER (e = {other!r})"
                    query = f"SELECT {numbers.evidence(cell)} AS e FROM {self.staged.refused} WHERE file = {number}"
                    shown += self.connection.execute(f"SELECT {counted} FROM ({query})").fetchall()[0][0]
        return shown > 0


def _refused(
    staged: Staged,
    files: Files,
    connection: duckdb.DuckDBPyConnection,
    limit: int | None,
    only: Sequence[int] | None = None,
) -> Iterator[tuple[int, int, tuple[Problem, ...], list[str | None]]]:
    where = f"WHERE file IN ({', '.join(map(str, only))})" if only else ""
    found = connection.cursor().execute(
        f"SELECT file, row, problems, cells FROM {staged.refused} {where} ORDER BY file, row LIMIT ?",
        [limit if limit is not None else 1 << 62],
    )
    while rows := found.fetchmany(_FETCH):
        for file, row, problems, cells in rows:
            yield file, row, problems_of(problems, files[file][1]), cells


def _keys(source: SourceFile) -> list[Heading | None]:
    """The headings, each with its number among the equal ones; the reasons of an earlier such file are left out."""
    seen: dict[str, int] = {}
    keys: list[Heading | None] = []
    last = max((place for place, column in enumerate(source.heading) if column), default=-1)
    for place, column in enumerate(source.heading):
        keys.append(None if place == last and column == REASON else (column, seen.get(column, 0)))
        seen[column] = seen.get(column, 0) + 1
    return keys


def _unused(stem: str, ending: str, names: set[str]) -> str:
    name, number = stem + ending, 1
    while name in names:
        number += 1
        name = f"{stem}-{number}{ending}"
    names.add(name)
    return name
