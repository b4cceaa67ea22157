"""Few files instead of many, clustered by account.

The lines stay what they are, each with its batch and source; only the files that hold them change. The long part, the
writing, needs no turn: files never change, so that what is written holds as long as the files it was written from
count. That is looked at in the one transaction that puts the new files in the place of the old ones. Readers go on
with the old files, which stay a day.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb
from django.db import transaction

from mainstay.core import clock
from mainstay.core.errors import N_, Conflict, Refused
from mainstay.core.sql import quoted
from mainstay.ledger.engine import duckdb_opened, scratch
from mainstay.ledger.models import Batch, Content, LedgerFile, State
from mainstay.ledger.schema import LINES
from mainstay.ledger.selectors import paths_of
from mainstay.ledger.units import COVERED_COLUMNS, of_others
from mainstay.ledger.writer import (
    Progress,
    disk_errors,
    new_file,
    no_progress,
    recorded,
    relative,
    sync,
    turn,
    turn_if_free,
    writing,
)
from mainstay.orm.bulk import chunks

# Rows of a file, about: its list of row groups is read in milliseconds, and sorting it takes about a GiB.
PART = 4_000_000
# Measured: with half of it the list of groups takes longer to read than the groups; with twice as much, the groups do.
ROW_GROUP = 32_768
# More small files than these are written together after an import.
SMALL_FILES = 32
# So many rows in files that are not clustered make an account's lines slow.
LARGE = 1_000_000
# So many files may hold lines of one account before everything is written anew.
DEPTH = 8
TRIES = 3
CONTENTS = (Content.LINES, Content.REPEATS, Content.COVERED)


@dataclass(frozen=True)
class Compacted:
    """What became of the files of one kind and content. `rows` are those of the new files."""

    kind: str
    content: str
    files: int
    into: int
    rows: int


def compact_all(progress: Progress = no_progress) -> list[Compacted]:
    """Bring all files into their best shape; waits for a compaction that is under way. Raises Refused, Conflict."""
    done = []
    with turn("compaction", N_("waiting for another compaction"), progress):
        for kind in LINES:
            for content in CONTENTS:
                done += _tried(kind, content, thorough=True, progress=progress)
    return done


def compact_if_due(kinds: Iterable[str], *, cluster: bool = False, progress: Progress = no_progress) -> list[Compacted]:
    """Write small files together where there are too many; with `cluster`, large ones in no order as well.

    Costs a query where nothing is due. What stands in the way is left to the next time: nothing is lost by that.
    """
    done: list[Compacted] = []
    due = [(kind, content) for kind in kinds if kind in LINES for content in CONTENTS if _due(kind, content, cluster)]
    if due:
        with turn_if_free("compaction") as free, suppress(Refused):
            for kind, content in due if free else ():
                done += _tried(kind, content, thorough=cluster, progress=progress)
    return done


def _due(kind: str, content: Content, cluster: bool) -> bool:
    files = _counting(kind, content)
    loose = sum(file.rows for file in files if not file.clustered) if cluster else 0
    return loose >= LARGE or bool(chosen(files, set(), thorough=False))


def _counting(kind: str, content: Content) -> list[LedgerFile]:
    return list(LedgerFile.objects.filter(kind=kind, content=content, retired_at=None).order_by("pk"))


def chosen(files: Sequence[LedgerFile], undone: set[int], *, thorough: bool) -> list[LedgerFile]:
    """Which files to write anew.

    After an import: where there are too many small ones, the smallest, up to the first that is larger than twice all
    before it. So a row is written anew a few times in all, not each time. `thorough`: everything that is small, not
    clustered or holds rows of undone batches; all where too many files hold lines of one account.
    """
    small = sorted((file for file in files if file.rows < PART // 2), key=lambda file: file.rows)
    if not thorough:
        return _smallest(small) if len(small) > SMALL_FILES else []
    large = [file for file in files if file.rows >= PART // 2]
    loose = small + [file for file in large if not file.clustered or undone.intersection(file.holds)]
    settled = [file for file in large if file not in loose]
    if _depth(settled) > DEPTH:
        return list(files)
    if len(loose) == 1 and loose[0].clustered and not undone.intersection(loose[0].holds):
        return []
    return loose


def _smallest(small: Sequence[LedgerFile]) -> list[LedgerFile]:
    taken, total = 0, 0
    for file in small:
        if taken > len(small) // 2 and file.rows > 2 * total:
            break
        taken, total = taken + 1, total + file.rows
    return list(small[:taken])


def _depth(files: Sequence[LedgerFile]) -> int:
    """In how many of these clustered files the lines of one account can lie."""
    ends = sorted([(f.first_account, 0) for f in files] + [(f.last_account, 1) for f in files])
    deepest = depth = 0
    for _account, closes in ends:
        depth += -1 if closes else 1
        deepest = max(deepest, depth)
    return deepest


def _tried(kind: str, content: Content, *, thorough: bool, progress: Progress) -> list[Compacted]:
    """Compact, once more where an import took files away meanwhile."""
    for last in (False,) * (TRIES - 1) + (True,):
        try:
            found = _compacted(kind, content, thorough=thorough, progress=progress)
        except Conflict:
            if last:
                raise
        else:
            return [found] if found else []
    return []


def _compacted(kind: str, content: Content, *, thorough: bool, progress: Progress) -> Compacted | None:
    undone = set(Batch.objects.filter(kind=kind, state=State.UNDONE).values_list("pk", flat=True))
    files = chosen(_counting(kind, content), undone, thorough=thorough)
    if not files:
        return None
    progress(N_("compacting"), sum(file.rows for file in files))
    with scratch("compaction") as folder, duckdb_opened() as connection:
        with disk_errors():
            written = _Writing(connection, kind, content, files, undone, folder).write()
        _check_equal(connection, content, files, undone, [path for path, _file in written])
        _publish(kind, files, written, progress)
    return Compacted(kind, content, len(files), len(written), sum(file.rows for _path, file in written))


@dataclass(frozen=True)
class _Writing:
    """The long part: from some files to sorted ones in `folder`, each with what the database will hold of it."""

    connection: duckdb.DuckDBPyConnection
    kind: str
    content: Content
    files: Sequence[LedgerFile]
    undone: set[int]
    folder: Path

    def write(self) -> list[tuple[Path, LedgerFile]]:
        written = []
        for number, condition in enumerate(self._parts()):
            path = self.folder / f"{number}.parquet"
            rows = self._write_part(condition, path)
            if rows:
                written.append((path, self._file(path, rows)))
        return written

    @property
    def _source(self) -> str:
        return f"read_parquet([{', '.join(quoted(path) for path in _paths(self.files))}])"

    def _parts(self) -> list[str]:
        """A condition for each file to come: ranges of accounts with about as many rows each."""
        total = sum(file.rows for file in self.files)
        count = round(total / PART)
        if self.content != Content.LINES or count < 2:
            return ["true"]
        ends = self.connection.execute(
            f"""WITH sizes AS (SELECT coalesce(account, '') AS account, count(*) AS rows
                FROM {self._source} GROUP BY ALL),
            running AS (SELECT account, sum(rows) OVER (ORDER BY account) AS upto FROM sizes)
            SELECT max(account) FROM running GROUP BY (upto - 1) // {-(-total // count)} ORDER BY 1"""
        ).fetchall()
        bounds = [end for (end,) in ends][:-1]
        parts = []
        for lower, upper in zip([None, *bounds], [*bounds, None], strict=True):
            above = "true" if lower is None else f"account > {quoted(lower)}"
            below = "true" if upper is None else f"account <= {quoted(upper)}"
            parts.append(f"({below} OR account IS NULL)" if lower is None else f"{above} AND {below}")
        return parts

    def _write_part(self, condition: str, to: Path) -> int:
        if self.content == Content.LINES:
            lines = LINES[self.kind]
            columns, order = lines.columns, f"account NULLS FIRST, date DESC, {lines.whole}, batch"
        else:
            columns, order = COVERED_COLUMNS, "whole, part, batch"
        row = self.connection.execute(
            f"""COPY (SELECT {", ".join(columns)} FROM {self._source}
            WHERE {of_others(sorted(self.undone))} AND {condition} ORDER BY {order})
            TO {quoted(to)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"""
        ).fetchone()
        return int(row[0]) if row else 0

    def _file(self, path: Path, rows: int) -> LedgerFile:
        batches = self.connection.execute(f"SELECT DISTINCT batch FROM {quoted(path)}").fetchall()
        holds = [] if self.content == Content.COVERED else [batch for (batch,) in batches]
        file = recorded(self.kind, self.content, None, path, rows, holds)
        file.clustered = True
        if self.content == Content.LINES:
            ends = f"SELECT coalesce(min(account), ''), coalesce(max(account), '') FROM {quoted(path)}"
            file.first_account, file.last_account = self.connection.execute(ends).fetchone() or ("", "")
        return file


def _paths(files: Iterable[LedgerFile]) -> list[str]:
    return paths_of(LedgerFile.objects.filter(pk__in=[file.pk for file in files]).order_by("pk"))


def _check_equal(
    connection: duckdb.DuckDBPyConnection,
    content: Content,
    files: Sequence[LedgerFile],
    undone: set[int],
    written: Sequence[Path],
) -> None:
    """The new files hold what the old ones hold, or nothing is changed."""
    what = "count(*), sum(amount)" if content == Content.LINES else "count(*)"
    query = f"SELECT {what} FROM read_parquet($files) WHERE {of_others(sorted(undone))}"

    def sums(paths: Sequence[str]) -> tuple[object, ...] | None:
        return connection.execute(query, {"files": list(paths)}).fetchone()

    before = sums(_paths(files))
    after = sums([str(path) for path in written]) if written else (0, None)[: len(before or ())]
    if before != after:
        raise Refused(
            N_("Compaction wrote %(after)s for %(before)s. Nothing was changed: run `mainstay check --deep`."),
            before=before,
            after=after,
        )


def _publish(
    kind: str, files: Sequence[LedgerFile], written: Sequence[tuple[Path, LedgerFile]], progress: Progress
) -> None:
    """Put the new files in the place of the old ones: all at once, or not at all."""
    with writing(progress) as writer:
        paths = []
        with disk_errors():
            for path, file in written:
                target = new_file(kind)
                path.rename(target)
                file.path = relative(target)
                paths.append(target)
        sync(paths)
        with transaction.atomic():
            writer.advance()
            retired = 0
            for part in chunks([file.pk for file in files], 500):
                retired += LedgerFile.objects.filter(pk__in=part, retired_at=None).update(retired_at=clock.now())
            if retired != len(files):
                raise Conflict(N_("Somebody else changed the ledger meanwhile. Nothing was changed: try again."))
            LedgerFile.objects.bulk_create(file for _path, file in written)
