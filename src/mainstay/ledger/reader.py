"""DuckDB over lines and marts for pages: in turns, so that many readers at once do not exhaust the memory."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

import duckdb
from django.conf import settings

# Measured: 25 of 50 queries at once over a million accounts ran out of 1 GB; in turns of two none does.
_TURNS = BoundedSemaphore(2)
MEMORY = 512
THREADS = 2

_lock = Lock()
# One engine per process, kept: starting it took longer than most queries. Its memory is the process's limit.
_engines: dict[int, duckdb.DuckDBPyConnection] = {}


@contextmanager
def computing() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own, closed afterwards with all that was made in it."""
    with _lock:
        pid = os.getpid()
        if pid not in _engines:
            # What a fork took over from its parent must not be touched.
            _engines[pid] = _started()
        connection = _engines[pid].cursor()
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def reading() -> Iterator[duckdb.DuckDBPyConnection]:
    """The same, in turn. Not to be asked for again before it is given back."""
    with _TURNS, computing() as connection:
        yield connection


def _started() -> duckdb.DuckDBPyConnection:
    """An engine held to its part of the memory. Nothing is fetched or spilled."""
    engine = duckdb.connect()
    engine.execute("SET memory_limit = ?", [f"{min(MEMORY, settings.MAINSTAY_MEMORY)}MiB"])
    engine.execute("SET threads = ?", [min(THREADS, settings.MAINSTAY_THREADS)])
    engine.execute("SET temp_directory = ''")
    engine.execute("SET autoinstall_known_extensions = false")
    engine.execute("SET autoload_known_extensions = false")
    engine.execute("SET enable_progress_bar = false")
    engine.execute("SET parquet_metadata_cache = true")
    return engine
