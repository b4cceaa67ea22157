"""The engine that computes over the ledger and the marts, behind Ibis."""

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from pathlib import Path
from threading import Lock

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


class Statements:
    """The DuckDB connections that were opened within `interruptible`, so that another thread can break them off."""

    def __init__(self) -> None:
        self._open: list[duckdb.DuckDBPyConnection] = []
        self._lock = Lock()

    def interrupt(self) -> None:
        """Break off what they do now; it raises duckdb.InterruptException there."""
        with self._lock:
            for connection in self._open:
                connection.interrupt()

    @contextmanager
    def holding(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        with self._lock:
            self._open.append(connection)
        try:
            yield
        finally:
            with self._lock:
                self._open.remove(connection)


_STATEMENTS: ContextVar[Statements | None] = ContextVar("statements", default=None)


@contextmanager
def interruptible() -> Iterator[Statements]:
    """Whatever this thread computes meanwhile can be broken off, also in the midst of a long statement."""
    statements = Statements()
    token = _STATEMENTS.set(statements)
    try:
        yield statements
    finally:
        _STATEMENTS.reset(token)


def _held(connection: duckdb.DuckDBPyConnection) -> AbstractContextManager[None]:
    statements = _STATEMENTS.get()
    return statements.holding(connection) if statements else nullcontext()


def show_progress(connection: duckdb.DuckDBPyConnection) -> None:
    """Have DuckDB know how far it is (query_progress), without printing it."""
    connection.execute("SET enable_progress_bar_print = false")
    connection.execute("SET enable_progress_bar = true")


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
            with _held(backend.con):
                yield backend
        finally:
            backend.disconnect()


@contextmanager
def duckdb_opened() -> Iterator[duckdb.DuckDBPyConnection]:
    """A plain DuckDB connection under the same limits."""
    with scratch("duckdb") as folder, duckdb.connect() as connection:
        configure(connection, folder)
        with _held(connection):
            yield connection
