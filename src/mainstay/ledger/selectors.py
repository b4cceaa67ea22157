"""Everything that reads the ledger."""

from collections.abc import Iterable

import ibis
from django.conf import settings
from django.db.models import QuerySet
from ibis.expr.types import Table

from mainstay.ledger.computing import Engine
from mainstay.ledger.models import Batch, Content, LedgerFile, Product, State
from mainstay.ledger.schema import LINES, Lines
from mainstay.ledger.warehouse import WarehouseEngine
from mainstay.ledger.warehouse_columns import nothing
from mainstay.orm.bulk import chunks


def batches() -> QuerySet[Batch]:
    """Imports that were live at some time, newest first."""
    return Batch.objects.exclude(state=State.OPEN).select_related("by", "undone_by").order_by("-pk")


def live_batches() -> list[int]:
    """Ids of the batches that count now, ascending."""
    return list(Batch.objects.filter(state=State.LIVE).order_by("pk").values_list("pk", flat=True))


def live_files(kind: str, content: Content, *, source: str | None = None) -> list[str]:
    """Paths of the files that count now, oldest first; of one source's batches where `source` is given."""
    files = LedgerFile.objects.filter(kind=kind, content=content, retired_at=None).order_by("pk")
    if source is not None:
        files = files.filter(batch__source=source)
    return [str(settings.MAINSTAY_HOME / path) for path in files.values_list("path", flat=True)]


def sales_lines(engine: Engine) -> Table:
    """The sales lines that count now."""
    return _lines(engine, LINES["sales"])


def cost_lines(engine: Engine) -> Table:
    """The cost lines that count now."""
    return _lines(engine, LINES["costs"]).drop("unit")


def _lines(engine: Engine, lines: Lines) -> Table:
    if isinstance(engine, WarehouseEngine):
        return engine.lines(lines.kind)
    files = live_files(lines.kind, Content.LINES)
    table = engine.read_lines(files).select(*lines.columns) if files else nothing(lines.kind)
    covered = live_files(lines.kind, Content.COVERED)
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
