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

from mainstay.core.addresses import ENGINE_WANTED, EngineAddress, engine_address
from mainstay.core.errors import N_, Refused, first_line
from mainstay.ledger.computing import Engine
from mainstay.ledger.spark import SparkEngine, session_opened
from mainstay.ledger.warehouse import WarehouseEngine, connected

_IN_USE = "in-use"
_NOT_THERE = ("No files found", "No such file")
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
def opened(url: str | None = None) -> Iterator[Engine]:
    """What computes over the ledger: the engine at `url` (default: the setting), closed afterwards.

    A ledger that lives in a warehouse is computed there. Raises Refused for an engine that is none or does not answer,
    and where a computation needs more memory or disk than there is.
    """
    address, warehouse = _address(url), settings.MAINSTAY_LEDGER
    if warehouse and address.kind != "duckdb":
        raise Refused(
            N_("The ledger lives at %(ledger)s, which computes over it. Leave --engine and MAINSTAY_ENGINE out."),
            ledger=warehouse.shown,
        )
    with scratch("engine") as folder:
        here = ibis.duckdb.connect()
        try:
            configure(here.con, folder)
            with _limits_told(), _held(here.con):
                if warehouse:
                    with connected(warehouse) as there:
                        yield WarehouseEngine(here, folder, there, warehouse)
                elif address.kind == "spark":
                    with session_opened(address, folder) as session:
                        yield SparkEngine(here, folder, session, address)
                else:
                    yield Engine(here, folder, shown=address.shown)
        finally:
            here.disconnect()


def _address(url: str | None) -> EngineAddress:
    try:
        return engine_address(url or settings.MAINSTAY_ENGINE)
    except ValueError:
        # Not told as it was given: it may hold a password.
        raise Refused(N_("There is no such engine. It may be %(wanted)s."), wanted=ENGINE_WANTED) from None


@contextmanager
def missing_told() -> Iterator[None]:
    """A file of the data home that is not there is told in a sentence."""
    try:
        yield
    except duckdb.IOException as error:
        if not any(text in str(error) for text in _NOT_THERE):
            raise
        raise Refused(
            N_(
                "A file of the data home is missing (%(why)s). Nothing was changed: run `mainstay check`, then restore "
                "a backup into a new data home."
            ),
            why=first_line(error).removeprefix("IO Error: "),
        ) from None


@contextmanager
def _limits_told() -> Iterator[None]:
    """Too little memory or disk, and a missing file, are told in a sentence."""
    try:
        with missing_told():
            yield
    except duckdb.OutOfMemoryException:
        raise Refused(
            N_(
                "Computing needs more than the %(memory)s MiB that MAINSTAY_MEMORY gives it, also with what goes to "
                "disk. Set it higher, or MAINSTAY_THREADS (%(threads)s) lower."
            ),
            memory=settings.MAINSTAY_MEMORY,
            threads=settings.MAINSTAY_THREADS,
        ) from None
    except duckdb.IOException as error:
        raise Refused(
            N_("Computing could not write to %(home)s (%(why)s). Make room there and try again."),
            home=settings.MAINSTAY_HOME,
            why=first_line(error),
        ) from None


@contextmanager
def duckdb_opened() -> Iterator[duckdb.DuckDBPyConnection]:
    """A plain DuckDB connection under the same limits."""
    with scratch("duckdb") as folder, duckdb.connect() as connection:
        configure(connection, folder)
        with _held(connection):
            yield connection
