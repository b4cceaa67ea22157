"""The engine that computes over the ledger and the marts, behind Ibis."""

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import ibis
from django.conf import settings
from ibis.backends.duckdb import Backend as DuckDBBackend

from mainstay.core.errors import N_, Refused

_IN_USE = "in-use"
_NEW = 60  # seconds in which a folder may not be locked yet


@contextmanager
def scratch(purpose: str) -> Iterator[Path]:
    """A folder in the data home for work in progress; gone afterwards."""
    parent = settings.MAINSTAY_HOME / "scratch"
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=parent))
    try:
        with (folder / _IN_USE).open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def scratch_sweep() -> None:
    """Take away the folders of processes that died; what somebody works in is locked, or newer than a minute."""
    for folder in (settings.MAINSTAY_HOME / "scratch").glob("*/"):
        with suppress(OSError):
            if time.time() - folder.stat().st_mtime < _NEW:
                continue
            with (folder / _IN_USE).open("a") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)


def configure(connection: duckdb.DuckDBPyConnection, spill: Path) -> None:
    """Hold DuckDB to the memory and threads of the settings; past the memory it spills to `spill`.

    Nothing is fetched: extensions are neither installed nor loaded by themselves.
    """
    connection.execute("SET memory_limit = ?", [f"{settings.MAINSTAY_MEMORY}MiB"])
    connection.execute("SET threads = ?", [settings.MAINSTAY_THREADS])
    connection.execute("SET temp_directory = ?", [str(spill)])
    connection.execute("SET autoinstall_known_extensions = false")
    connection.execute("SET autoload_known_extensions = false")
    connection.execute("SET enable_progress_bar = false")


@contextmanager
def opened(url: str | None = None) -> Iterator[DuckDBBackend]:
    """An Ibis backend for `url` (default: the setting), closed afterwards."""
    wanted = url or settings.MAINSTAY_ENGINE
    if not wanted.startswith("duckdb:"):
        raise Refused(
            N_("The engine “%(url)s” is not one this version knows. Leave --engine out, or say duckdb://."),
            url=wanted,
        )
    with scratch("engine") as folder:
        backend = ibis.duckdb.connect()
        try:
            configure(backend.con, folder)
            yield backend
        finally:
            backend.disconnect()


@contextmanager
def duckdb_opened() -> Iterator[duckdb.DuckDBPyConnection]:
    """A plain DuckDB connection under the same limits."""
    with scratch("duckdb") as folder, duckdb.connect() as connection:
        configure(connection, folder)
        yield connection
