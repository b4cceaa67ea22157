"""How far DuckDB is with a file while it reads it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

import duckdb

from mainstay.ledger.reading.source import SourceFile

Progress = Callable[[str, int], None]
EVERY = 0.5


@contextmanager
def watched(connection: duckdb.DuckDBPyConnection, source: SourceFile, progress: Progress | None) -> Iterator[None]:
    """Tell `progress`, from a thread of its own, about how many rows of the file were read.

    DuckDB knows only where its enable_progress_bar is set; else nothing is told on the way.
    """
    if progress is None:
        yield
        return
    done = Event()
    rows = _estimated_rows(source)

    def watch() -> None:
        while not done.wait(EVERY):
            share = connection.query_progress()
            if 0 < share <= 100:
                progress(source.name, int(rows * share / 100))

    thread = Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _estimated_rows(source: SourceFile) -> float:
    size = source.data.stat().st_size
    length = sum(len((cell or "").encode()) + 1 for row in source.sample for cell in row)
    return size * len(source.sample) / length if length else 0
