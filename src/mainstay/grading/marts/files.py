"""Which files a refresh publishes, how they are written, and which folders may go.

Two refreshes of the same facts write the same bytes: every file has a total order, a fixed codec and fixed groups of
rows, and holds neither ids nor the time it was made.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from ibis.expr.types import Table

from mainstay.grading.models import Refresh, RefreshState
from mainstay.ledger.computing import Engine
from mainstay.ledger.writer import fingerprint, sync

# The total order of each file: one account's rows lie together.
ORDER = {
    "facts": ("code",),
    "accounts": ("code",),
    "months": ("account", "month", "product", "period"),
    "whale": ("n",),
    "pareto": ("n",),
    "popular": ("industry", "rank"),
    "sold": ("product",),
    "products": ("product",),
    "model": ("account", "place"),
}
# Not in every refresh: where no product is known or no cost model is on, and by earlier versions, not written.
NOT_ALWAYS = frozenset({"sold", "products", "model"})
# Rows that are read together. Measured: smaller ones read one account's row or months no faster.
ROW_GROUPS = {"accounts": 8_192}
ROW_GROUP = 61_440


def folder_of(refresh: Refresh) -> Path:
    """Where the marts of `refresh` lie."""
    folder: Path = settings.MAINSTAY_HOME / refresh.folder
    return folder


def file_of(refresh: Refresh, name: str) -> str:
    """The path of one mart."""
    return str(folder_of(refresh) / f"{name}.parquet")


def has_mart(refresh: Refresh, name: str) -> bool:
    """Whether `refresh` wrote this mart: one without products that are known, or of an earlier version, lacks some."""
    return Path(file_of(refresh, name)).exists()


def fingerprints(refresh: Refresh) -> dict[str, tuple[int, str]]:
    """The length in bytes and the SHA-256 of each file that `refresh` wrote, by its name."""
    return {path.name: fingerprint(path) for path in sorted(folder_of(refresh).glob("*.parquet"))}


@contextmanager
def writing(backend: Engine, refresh: Refresh) -> Iterator[Callable[[str, Table], Table]]:
    """Gives a function that writes one mart of `refresh` and returns it as it was written.

    At the end the disk holds them all.
    """
    folder = folder_of(refresh)
    folder.mkdir(mode=0o700, parents=True)

    def write(name: str, table: Table) -> Table:
        path = folder / f"{name}.parquet"
        # Ordered and written here, by one writer: whatever engine computed it, the bytes are the same.
        brought = backend.brought(table)
        ordered = brought.order_by([brought[column].asc(nulls_first=True) for column in ORDER[name]])
        backend.to_parquet(ordered, path, compression="zstd", row_group_size=ROW_GROUPS.get(name, ROW_GROUP))
        return backend.read_parquet(path)

    yield write
    sync([*folder.iterdir(), folder])


def sweep() -> None:
    """Take away the folders of refreshes that were not published. Only for who holds the turn to refresh."""
    published = Refresh.objects.filter(state=RefreshState.PUBLISHED).values_list("folder", flat=True)
    keep = {settings.MAINSTAY_HOME / folder for folder in published}
    for folder in (settings.MAINSTAY_HOME / "marts").glob("*"):
        if folder not in keep:
            shutil.rmtree(folder)
