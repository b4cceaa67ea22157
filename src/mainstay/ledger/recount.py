"""Everything in the ledger counted again and compared with what the database says of it.

Each function raises Refused, which names the first thing that is wrong and says what to do.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings

from mainstay.core.errors import N_, Refused
from mainstay.core.money import plain
from mainstay.ledger.engine import duckdb_opened
from mainstay.ledger.models import Batch, Content, LedgerFile, State
from mainstay.ledger.schema import LINES, Lines
from mainstay.ledger.selectors import at_one_moment, live_files, undone_in
from mainstay.ledger.units import of_others, part_of
from mainstay.ledger.writer import fingerprint, relative, strays, turn_if_free


@dataclass(frozen=True)
class _Taken:
    """The files of one kind at one moment, and what the database says of its batches."""

    lines: Lines
    files: list[str]
    covered: list[str]
    undone: list[int]
    batches: list[Batch]


def check_files() -> None:
    """Every file is there, holds the rows it should, and is byte by byte what was written."""
    with duckdb_opened() as connection:
        for file in LedgerFile.objects.filter(retired_at=None).order_by("pk").iterator():
            path: Path = settings.MAINSTAY_HOME / file.path
            try:
                found = fingerprint(path)
                rows = _one(connection, "SELECT num_rows FROM parquet_file_metadata($files)", [str(path)])
            except (OSError, duckdb.Error):
                found, rows = (-1, ""), -1
            if rows != file.rows or (file.sha256 and found != (file.bytes, file.sha256)):
                raise Refused(
                    N_("%(path)s is missing or not what was written. Restore a backup."),
                    path=file.path,
                )


def check_strays() -> None:
    """No file lies in the ledger's folders that the database does not know; not looked at while somebody writes."""
    with turn_if_free("ledger") as free:
        left = strays() if free else []
    if left:
        raise Refused(
            N_(
                "%(count)s files belong to nothing, first %(path)s: an import broke off. The next import, undo or "
                "`mainstay compact` removes them."
            ),
            count=len(left),
            path=relative(left[0]),
        )


def check_batches() -> None:
    """Every live batch holds the lines and the sum that were recorded, and no other batch holds any."""
    for taken in _all():
        query = "SELECT batch, count(*), sum(amount) FROM read_parquet($files) GROUP BY batch"
        with duckdb_opened() as connection:
            rows = connection.execute(query, {"files": taken.files}).fetchall() if taken.files else []
        held = {batch: (count, amount or Decimal(0)) for batch, count, amount in rows}
        for batch in taken.batches:
            count, amount = held.pop(batch.pk, (0, Decimal(0)))
            if not _as_recorded(batch, count, amount):
                raise Refused(
                    N_(
                        "Batch %(batch)s holds %(count)s lines over %(amount)s, and should hold %(lines)s over "
                        "%(sum)s. Restore a backup."
                    ),
                    batch=batch.pk,
                    count=count,
                    amount=plain(amount),
                    lines=_recorded_lines(batch),
                    sum=plain(batch.amount) if batch.amount is not None else "–",
                )
        unknown = sorted(set(held) - set(taken.undone))
        if unknown:
            raise Refused(
                N_("There are lines of batch %(batch)s, which does not count. Restore a backup."),
                batch=unknown[0],
            )


def _as_recorded(batch: Batch, count: int, amount: Decimal) -> bool:
    if batch.lines is not None:
        return (count, amount) == (batch.lines, batch.amount)
    # Of a batch from before these were recorded: it may have inherited lines since.
    return count >= _recorded_lines(batch)


def _recorded_lines(batch: Batch) -> int:
    if batch.lines is not None:
        return batch.lines
    return int(batch.counts.get("new", 0)) + int(batch.counts.get("replaced", 0))


def check_covered() -> None:
    """Every pair that puts a unit of a batch out of force finds lines that it does that to."""
    for taken in _all():
        if taken.covered:
            part = part_of("l", taken.lines)
            query = f"""SELECT p.whole FROM read_parquet($covered) p WHERE NOT EXISTS (
                FROM read_parquet($files) l WHERE l.batch = p.batch AND l.source = p.source
                AND l.{taken.lines.whole} = p.whole AND {part} IS NOT DISTINCT FROM p.part) LIMIT 1"""
            with duckdb_opened() as connection:
                found = connection.execute(query, {"covered": taken.covered, "files": taken.files}).fetchone()
            if found:
                raise Refused(
                    N_("%(document)s is said to be replaced and is not there. Restore a backup."),
                    document=found[0],
                )


def check_units() -> None:
    """No unit counts from two batches."""
    for taken in _all():
        if not taken.files:
            continue
        with duckdb_opened() as connection:
            found = connection.execute(_twice(taken), {"files": taken.files}).fetchone()
        if found:
            raise Refused(
                N_("%(document)s counts twice, from batch %(first)s and from batch %(last)s. Undo one of them."),
                document=found[0],
                first=found[1],
                last=found[2],
            )


def _twice(taken: _Taken) -> str:
    """A document with a unit that counts from two batches. A hash first: few documents have lines of two."""
    whole, part = taken.lines.whole, part_of("l", taken.lines)
    covered = ", ".join("'" + path.replace("'", "''") + "'" for path in taken.covered)
    counts = f"""NOT EXISTS (FROM read_parquet([{covered}]) p WHERE p.batch = l.batch AND p.source = l.source
        AND p.whole = l.{whole} AND p.part IS NOT DISTINCT FROM {part})"""
    return f"""WITH counting AS (
            SELECT source, {whole} AS whole, {part} AS part, batch FROM read_parquet($files) l
            WHERE {of_others(taken.undone)} AND {counts if covered else "true"}),
        shared AS (SELECT hash(source, whole) AS key FROM counting GROUP BY key HAVING min(batch) <> max(batch)),
        units AS (SELECT DISTINCT source, whole, part, batch FROM counting WHERE hash(source, whole) IN (FROM shared))
        SELECT a.whole, a.batch, b.batch FROM units a JOIN units b ON a.source = b.source AND a.whole = b.whole
            AND a.batch < b.batch
            AND (a.part IS NOT DISTINCT FROM b.part OR (a.part IS NULL) <> (b.part IS NULL)) LIMIT 1"""


def _all() -> Iterable[_Taken]:
    for lines in LINES.values():
        yield at_one_moment(_taker(lines))


def _taker(lines: Lines) -> Callable[[], _Taken]:
    return lambda: _Taken(
        lines=lines,
        files=live_files(lines.kind, Content.LINES),
        covered=live_files(lines.kind, Content.COVERED),
        undone=undone_in(lines.kind, Content.LINES),
        batches=list(Batch.objects.filter(kind=lines.kind, state=State.LIVE).order_by("pk")),
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str, files: list[str]) -> Any:
    row = connection.execute(query, {"files": files}).fetchone()
    return row[0] if row else None
