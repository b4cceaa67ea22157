"""Everything that reads the ledger."""

from collections.abc import Iterable

import ibis
from django.conf import settings
from django.db.models import QuerySet
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from mainstay.ledger.models import Batch, Content, LedgerFile, Product, State
from mainstay.ledger.schema import IBIS_TYPES, LINES, Lines
from mainstay.orm.bulk import chunks


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
    """Paths of the files that count now, oldest first; of one source's batches where `source` is given."""
    files = LedgerFile.objects.filter(kind=kind, content=content, retired_at=None)
    if source is not None:
        files = files.filter(batch__source=source)
    return paths_of(files)


def paths_of(files: QuerySet[LedgerFile]) -> list[str]:
    """Where these files lie, oldest first."""
    return [str(settings.MAINSTAY_HOME / path) for path in files.order_by("pk").values_list("path", flat=True)]


def sales_lines(engine: Backend) -> Table:
    """The sales lines that count now."""
    return _lines(engine, LINES["sales"])


def cost_lines(engine: Backend) -> Table:
    """The cost lines that count now."""
    return _lines(engine, LINES["costs"]).drop("unit")


def _lines(engine: Backend, lines: Lines) -> Table:
    table = _read(engine, live_files(lines.kind, Content.LINES), lines.columns)
    covered = live_files(lines.kind, Content.COVERED)
    if not covered:
        return table
    pairs = engine.read_parquet(covered)
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


def _read(engine: Backend, files: Iterable[str], columns: dict[str, str]) -> Table:
    paths = list(files)
    if paths:
        return engine.read_parquet(paths).select(*columns)
    schema = ibis.schema({name: IBIS_TYPES[kind] for name, kind in columns.items()})
    return ibis.memtable([], schema=schema)


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
