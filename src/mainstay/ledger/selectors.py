"""Everything that reads the ledger."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import ibis
from django.conf import settings
from django.db.models import Q, QuerySet
from ibis.expr.types import Table

from mainstay.ledger.computing import Engine
from mainstay.ledger.models import Batch, Content, Head, LedgerFile, Product, State
from mainstay.ledger.schema import LINES, Lines
from mainstay.ledger.warehouse import WarehouseEngine
from mainstay.ledger.warehouse_columns import nothing
from mainstay.orm.bulk import chunks

T = TypeVar("T")


def batches() -> QuerySet[Batch]:
    """Imports that were live at some time, newest first."""
    return Batch.objects.exclude(state=State.OPEN).select_related("by", "undone_by").order_by("-pk")


def live_batches() -> list[int]:
    """Ids of the batches that count now, ascending."""
    return list(Batch.objects.filter(state=State.LIVE).order_by("pk").values_list("pk", flat=True))


def sources_of(kind: str) -> list[str]:
    """The sources of the live imports of a kind, in order."""
    live = Batch.objects.filter(kind=kind, state=State.LIVE)
    return list(live.order_by("source").values_list("source", flat=True).distinct())


def live_files(kind: str, content: Content, *, source: str | None = None) -> list[str]:
    """Paths of the files that count now, oldest first; of one source's batches where `source` is given.

    A file may hold rows of other batches and sources too, and of batches that were undone since: see `undone_in`.
    """
    files = LedgerFile.objects.filter(kind=kind, content=content, retired_at=None).order_by("pk")
    if source is not None:
        files = files.filter(Q(batch__source=source) | Q(batch=None))
    return paths_of(files)


def files_holding(batch: Batch, content: Content) -> list[str]:
    """Paths of the files with rows of `batch`; others' rows stand in them too, to be told by their column `batch`."""
    files = LedgerFile.objects.filter(kind=batch.kind, content=content, retired_at=None).order_by("pk")
    compacted = [file.pk for file in files.filter(batch=None).only("pk", "holds") if batch.pk in file.holds]
    return paths_of(files.filter(Q(batch=batch) | Q(pk__in=compacted)))


def paths_of(files: QuerySet[LedgerFile]) -> list[str]:
    """Where these files lie, oldest first."""
    return [str(settings.MAINSTAY_HOME / path) for path in files.order_by("pk").values_list("path", flat=True)]


def undone_in(kind: str, content: Content) -> list[int]:
    """Batches that were undone and whose rows still stand in files that count. These rows count for nothing."""
    files = LedgerFile.objects.filter(kind=kind, content=content, retired_at=None, batch=None)
    held = {batch for holds in files.values_list("holds", flat=True) for batch in holds}
    if not held:
        return []
    undone = Batch.objects.filter(kind=kind, state=State.UNDONE).order_by("pk").values_list("pk", flat=True)
    return [batch for batch in undone if batch in held]


def sales_lines(engine: Engine) -> Table:
    """The sales lines that count now."""
    return _lines(engine, LINES["sales"])


def cost_lines(engine: Engine) -> Table:
    """The cost lines that count now."""
    return _lines(engine, LINES["costs"]).drop("unit")


def at_one_moment(read: Callable[[], T]) -> T:
    """What `read` finds, all of it as it was at one moment: read again where the ledger changed in between."""
    while True:
        before = revision()
        found = read()
        if revision() == before:
            return found


def revision() -> int | None:
    """Moves on with every change of what counts in the ledger."""
    return Head.objects.values_list("revision", flat=True).first()


def _lines(engine: Engine, lines: Lines) -> Table:
    if isinstance(engine, WarehouseEngine):
        return engine.lines(lines.kind)
    files, covered, undone = at_one_moment(
        lambda: (
            live_files(lines.kind, Content.LINES),
            live_files(lines.kind, Content.COVERED),
            undone_in(lines.kind, Content.LINES),
        )
    )
    table = engine.read_lines(files).select(*lines.columns) if files else nothing(lines.kind)
    if undone:
        table = table.filter(table.batch.notin(undone))
    if not covered:
        return table
    pairs = engine.read_lines(covered)
    part = table.line if lines.part == "line" else ibis.literal(None, "string")
    return table.anti_join(
        pairs,
        [
            table.batch == pairs.batch,
            table.source == pairs.source,
            table[lines.whole] == pairs.whole,
            part.fill_null("") == pairs.part.fill_null(""),
        ],
    )


def product_names(codes: Iterable[str | None]) -> dict[str, str]:
    """Names of products by code; of those only that have one."""
    wanted = sorted({code for code in codes if code is not None})
    found: dict[str, str] = {}
    for part in chunks(wanted, 500):
        named = Product.objects.filter(code__in=part).exclude(name="")
        found |= dict(named.values_list("code", "name"))
    return found


def missing_files() -> list[str]:
    """Paths of files that should be there and are not, relative to the data home."""
    paths = LedgerFile.objects.filter(retired_at=None).order_by("pk").values_list("path", flat=True)
    return [path for path in paths if not (settings.MAINSTAY_HOME / path).exists()]
