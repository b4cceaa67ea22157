"""What became of one document: every batch that said it, with its lines, and which of them count.

Read from the immutable files: lines that were replaced are still in them. The files of a batch that was undone are
swept after a day; after that only the import itself is told of.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import duckdb
from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from mainstay.core.errors import N_, NotFound, Refused
from mainstay.ledger.engine import duckdb_opened
from mainstay.ledger.models import Batch, Content, LedgerFile, State
from mainstay.ledger.schema import LINES, Lines
from mainstay.ledger.selectors import live_files
from mainstay.ledger.versions import Compared, Line, Part, compared, held_before, meets, replaced_by

# More lines than this are no page to read; how many there are is told.
MOST_LINES = 2_000


class Standing(TextChoices):
    """What a batch's statement of a document is today."""

    HOLDS = "holds", _("counts")
    PARTLY = "partly", _("counts in part")
    REPLACED = "replaced", _("replaced")
    REPEATED = "repeated", _("said the same")
    KEPT = "kept", _("kept out")
    UNDONE = "undone", _("undone")


@dataclass(frozen=True)
class Told:
    """A line beside the one whose place it takes, and the batch by which it was replaced in its turn."""

    line: Compared
    replaced_by: int | None = None


@dataclass(frozen=True)
class Statement:
    """What one batch said of a document. `lines` is empty where it said the same as `same_as`."""

    batch: Batch
    standing: Standing
    lines: Sequence[Told] = ()
    replaced_by: Sequence[int] = ()
    same_as: int | None = None

    @property
    def amount(self) -> Any:
        """The sum of its lines."""
        return sum(told.line.now["amount"] for told in self.lines if told.line.now is not None)


@dataclass(frozen=True)
class UnitHistory:
    """Oldest statement first. `lost` are undone imports of the source whose lines are gone: they may have said it.

    `cut` tells that there are more than MOST_LINES lines, of which only so many are here.
    """

    kind: str
    source: str
    document: str
    statements: Sequence[Statement]
    lost: Sequence[Batch] = ()
    cut: bool = False


@dataclass
class _Found:
    """The rows of a document by batch, and what else the files say of it."""

    lines: dict[int, list[Line]] = field(default_factory=dict)
    kept: dict[int, list[Line]] = field(default_factory=dict)
    repeats: dict[int, set[Part]] = field(default_factory=dict)
    covered: set[tuple[int, Part]] = field(default_factory=set)
    cut: bool = False


def unit_history(*, kind: str, source: str, document: str) -> UnitHistory:
    """Every statement of a document (of costs: a reference) of a source. Raises NotFound where no file has it."""
    lines = LINES.get(kind)
    if lines is None:
        raise Refused(N_("Documents are of %(kinds)s."), kinds=", ".join(LINES))
    key = {"source": source, "whole": document}
    with duckdb_opened() as connection, readable():
        live = _found(connection, lines, key, _live(kind, source))
        live.covered = _pairs(connection, live_files(kind, Content.COVERED), key)
        undone, lost = _undone(connection, lines, key)
    batches = Batch.objects.select_related("by", "undone_by").in_bulk(
        {*live.lines, *live.kept, *live.repeats, *undone.lines, *undone.kept, *undone.repeats}
    )
    statements = [*_of_live(lines, live, batches), *_of_undone(undone, live, batches)]
    if not statements:
        raise NotFound(N_("No import of %(source)s says anything of %(document)s."), source=source, document=document)
    statements.sort(key=lambda said: (said.batch.pk, said.standing == Standing.KEPT))
    return UnitHistory(kind, source, document, statements, lost, live.cut or undone.cut)


@contextmanager
def readable() -> Iterator[None]:
    """A file of the ledger that is not there is told in a sentence."""
    try:
        yield
    except duckdb.IOException as error:
        raise Refused(N_("A file of the ledger cannot be read. Run `mainstay check`.")) from error


def _live(kind: str, source: str) -> dict[Content, list[str]]:
    return {
        content: live_files(kind, content, source=source) for content in (Content.LINES, Content.KEPT, Content.REPEATS)
    }


def _undone(connection: duckdb.DuckDBPyConnection, lines: Lines, key: Mapping[str, str]) -> tuple[_Found, list[Batch]]:
    """What undone batches said, as long as their files are there, and the batches whose files are gone."""
    batches = Batch.objects.filter(kind=lines.kind, source=key["source"], state=State.UNDONE)
    files: dict[Content, list[str]] = {Content.LINES: [], Content.KEPT: [], Content.REPEATS: []}
    kept: set[int] = set()
    for batch, content, path in files_of_undone(lines.kind, key["source"]):
        files[content].append(path)
        kept.add(batch)
    found = _found(connection, lines, key, files)
    return found, [batch for batch in batches.select_related("undone_by").order_by("pk") if batch.pk not in kept]


def files_of_undone(kind: str, source: str = "") -> Iterator[tuple[int, Content, str]]:
    """The batch, the content and the path of each file of undone batches (of a source) that is still there."""
    batches = Batch.objects.filter(kind=kind, state=State.UNDONE)
    if source:
        batches = batches.filter(source=source)
    files = LedgerFile.objects.filter(
        batch__in=batches,
        content__in=(Content.LINES, Content.KEPT, Content.REPEATS),
        retired_at__isnull=False,
    )
    for batch, content, path in files.values_list("batch", "content", "path"):
        if (settings.MAINSTAY_HOME / path).exists():
            yield batch, Content(content), str(settings.MAINSTAY_HOME / path)


def _found(
    connection: duckdb.DuckDBPyConnection, lines: Lines, key: Mapping[str, str], files: Mapping[Content, list[str]]
) -> _Found:
    found = _Found()
    for content, into in ((Content.LINES, found.lines), (Content.KEPT, found.kept)):
        if not files[content]:
            continue
        cursor = connection.execute(
            f"SELECT {', '.join(lines.columns)} FROM read_parquet($files) "
            f"WHERE source = $source AND {lines.whole} = $whole LIMIT {MOST_LINES + 1}",
            {"files": files[content], **key},
        )
        names = list(lines.columns)
        rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
        found.cut = found.cut or len(rows) > MOST_LINES
        for row in sorted(rows[:MOST_LINES], key=_order):
            into.setdefault(row["batch"], []).append(row)
    for batch, part in _pairs(connection, files[Content.REPEATS], key):
        found.repeats.setdefault(batch, set()).add(part)
    return found


def _pairs(
    connection: duckdb.DuckDBPyConnection, files: Sequence[str], key: Mapping[str, str]
) -> set[tuple[int, Part]]:
    if not files:
        return set()
    query = "SELECT batch, part FROM read_parquet($files) WHERE source = $source AND whole = $whole"
    return set(connection.execute(query, {"files": list(files), **key}).fetchall())


def _order(row: Line) -> tuple[Any, ...]:
    number = row.get("line") or ""
    return (not number.isdecimal(), int(number) if number.isdecimal() else 0, number, row["date"])


def _part(row: Line) -> Part:
    part: Part = row.get("line")
    return part


def holders_of(lines: Mapping[int, Sequence[Line]]) -> dict[int, set[Part]]:
    """The parts that each batch has lines of."""
    return {batch: {_part(row) for row in rows} for batch, rows in lines.items()}


def _of_live(lines: Lines, found: _Found, batches: Mapping[int, Batch]) -> list[Statement]:
    holders = holders_of(found.lines)
    statements = []
    for batch, rows in found.lines.items():
        by = {
            part: replaced_by(part, batch, holders) if (batch, part) in found.covered else None
            for part in holders[batch]
        }
        told = [Told(line, by[_part(line.now)] if line.now else None) for line in _compared(lines, found, batch, rows)]
        over = sorted({number for number in by.values() if number is not None})
        standing = Standing.HOLDS if not over else Standing.REPLACED if None not in by.values() else Standing.PARTLY
        statements.append(Statement(batches[batch], standing, told, over))
    for batch, rows in found.kept.items():
        told = [Told(line) for line in _compared(lines, found, batch, rows)]
        statements.append(Statement(batches[batch], Standing.KEPT, told))
    return statements + [
        Statement(batches[batch], Standing.REPEATED, same_as=_said_by(batch, parts, holders))
        for batch, parts in found.repeats.items()
        if batch not in found.lines
    ]


def _of_undone(undone: _Found, live: _Found, batches: Mapping[int, Batch]) -> list[Statement]:
    told: dict[int, list[Told]] = {}
    for rows in (undone.lines, undone.kept):
        for batch, its_rows in rows.items():
            told.setdefault(batch, []).extend(Told(Compared(row, row)) for row in its_rows)
    holders = holders_of(live.lines)
    same = {batch: _said_by(batch, parts, holders) for batch, parts in undone.repeats.items() if batch not in told}
    statements = [Statement(batches[batch], Standing.UNDONE, its_lines) for batch, its_lines in told.items()]
    return statements + [Statement(batches[batch], Standing.UNDONE, same_as=other) for batch, other in same.items()]


def _compared(lines: Lines, found: _Found, batch: int, rows: Sequence[Line]) -> list[Compared]:
    """A batch's lines beside those that counted before it came; each beside itself where nothing did."""
    parts = {_part(row) for row in rows}
    before = [
        row
        for other, part in held_before(batch, holders_of(found.lines))
        if meets(part, parts)
        for row in found.lines[other]
        if _part(row) == part
    ]
    if not before:
        return [Compared(row, row) for row in rows]
    numbered = lines.part == "line" and None not in parts and all(_part(row) is not None for row in before)
    return compared(sorted(before, key=_order), rows, lines.content, "line" if numbered else None)


def _said_by(batch: int, parts: set[Part], holders: Mapping[int, set[Part]]) -> int | None:
    """The batch whose lines a repeat says again."""
    return max(
        (other for other, theirs in holders.items() if other < batch and any(meets(part, theirs) for part in parts)),
        default=None,
    )
