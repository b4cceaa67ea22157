"""What undoing an import would do to the lines of the ledger, told before it is done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from mainstay.ledger.engine import duckdb_opened
from mainstay.ledger.history import readable
from mainstay.ledger.models import Batch, Content, LedgerFile
from mainstay.ledger.release import load_release, meet
from mainstay.ledger.schema import LINES, Lines
from mainstay.ledger.selectors import files_holding, live_files, undone_in
from mainstay.ledger.units import named, part_of

# So many lines are looked through while a page is made; of more, what undoing would do is not told.
MOST_ROWS = 5_000_000


@dataclass(frozen=True)
class UndoForeseen:
    """Of the `lines` that the batch holds, `staying` are held by another live import too.

    `lost` documents will be in no import, though import `by` has them, with other lines that were kept out;
    `example` is the first of them.
    """

    lines: int
    staying: int
    lost: int = 0
    example: str = ""
    by: int | None = None

    @property
    def leaving(self) -> int:
        return self.lines - self.staying


def undo_foreseen(batch: Batch) -> UndoForeseen | None:
    """None for an import without lines, and where the ledger is too large to be asked at once."""
    lines = LINES.get(batch.kind)
    mine = files_holding(batch, Content.LINES)
    if lines is None or not mine or _rows(batch.kind) > MOST_ROWS:
        return None
    with duckdb_opened() as connection, readable():
        load_release(connection, lines, **_files(batch, mine))
        held, staying = connection.execute(
            f"""SELECT count(*), count(*) FILTER (EXISTS (FROM heirs h WHERE h.whole = l.{lines.whole}
                AND h.part IS NOT DISTINCT FROM {part_of("l", lines)}))
            FROM read_parquet($files) l WHERE l.batch = $batch""",
            {"files": mine, "batch": batch.pk},
        ).fetchone() or (0, 0)
        return UndoForeseen(held, staying, *_lost(connection, lines, batch))


def _rows(kind: str) -> int:
    files = LedgerFile.objects.filter(kind=kind, content=Content.LINES, retired_at=None)
    return sum(files.values_list("rows", flat=True))


def _files(batch: Batch, mine: list[str]) -> Mapping[str, Any]:
    """What `load_release` works on."""
    undone = {number for content in (Content.LINES, Content.REPEATS) for number in undone_in(batch.kind, content)}
    return {
        "batch": batch.pk,
        "source": batch.source,
        "mine": mine,
        "others": live_files(batch.kind, Content.LINES, source=batch.source),
        "repeats": live_files(batch.kind, Content.REPEATS, source=batch.source),
        "undone": sorted(undone),
    }


def _lost(connection: duckdb.DuckDBPyConnection, lines: Lines, batch: Batch) -> tuple[int, str, int | None]:
    """How many documents will be in no import though another has them, the first, and the latest that has it."""
    kept = live_files(batch.kind, Content.KEPT, source=batch.source)
    if not kept:
        return 0, "", None
    found = connection.execute(
        f"""WITH lost AS (
            SELECT k.{lines.whole} AS whole, max(k.batch) AS batch FROM read_parquet($files) k
            WHERE k.source = $source AND k.batch <> $batch AND EXISTS (FROM leaving l WHERE {_same("l", lines)})
                AND NOT EXISTS (FROM holders h WHERE {_same("h", lines)})
            GROUP BY ALL)
        SELECT count(*), min_by({{'whole': whole, 'batch': batch}}, whole) FROM lost""",
        {"files": kept, "source": batch.source, "batch": batch.pk},
    ).fetchone()
    count, first = found or (0, None)
    return (count, named(first["whole"]), first["batch"]) if first else (0, "", None)


def _same(table: str, lines: Lines) -> str:
    """Whether a unit of `table` speaks of the same lines as the row `k` that was kept out."""
    return f"{table}.whole = k.{lines.whole} AND {meet(table, 'k', part_of('k', lines))}"
