"""Spark as the engine: the same expressions over the ledger's files, on this machine or on a standalone cluster.

Every worker reads the files under the path they have here. Nothing is written there, and no Python runs there.
"""

import os
import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from django.conf import settings
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from mainstay.core.addresses import EngineAddress, masked
from mainstay.core.errors import N_, Refused, first_line
from mainstay.ledger.computing import Elsewhere

# Rows that are brought here at once: some 200 MB of months of products.
ROWS = 2_000_000
# Without an appender Spark takes its own.
_SILENT = """rootLogger.level = off
rootLogger.appenderRef.none.ref = none
appender.none.type = Null
appender.none.name = none
"""
ANSWERS_WITHIN = 5.0
WORKERS_WITHIN = 60.0


class SparkEngine(Elsewhere):
    """The ledger's files read by Spark; see `Elsewhere`."""

    def __init__(self, here: Backend, folder: Path, session: Any, address: EngineAddress) -> None:
        super().__init__(here, folder, ibis.pyspark.connect(session), shown=address.shown)
        self._session = session
        self._address = address
        self._named = 0

    def read_lines(self, files: Sequence[str]) -> Table:
        name = self._name("files")
        try:
            self._session.read.parquet(*map(str, files)).createOrReplaceTempView(name)
        except Exception as error:  # Spark's and Py4J's own
            raise self.refused(first_line(error)) from None
        return self.there.table(name)

    def carry(self, table: Table) -> Table:
        path = self.folder / f"{self._name('carried')}.parquet"
        self.here.to_parquet(table, path)
        return self.read_lines([str(path)])

    def batches(self, table: Table) -> Iterator[pa.RecordBatch]:
        from pyspark import StorageLevel
        from pyspark.sql import functions

        name = self._name("computed")
        self.there.create_view(name, table)
        computed = self._session.table(name).persist(StorageLevel.DISK_ONLY)
        try:
            parts = -(-computed.count() // ROWS)
            part = functions.pmod(functions.xxhash64(*map(_quoted, computed.columns)), functions.lit(max(parts, 1)))
            for number in range(parts):
                chosen = computed.filter(part == number) if parts > 1 else computed
                yield from chosen.toArrow().to_batches()
        finally:
            computed.unpersist()

    def probe(self) -> None:
        super().probe()
        try:
            self._session.range(1).count()
        except Exception as error:  # Spark's and Py4J's own
            raise self.refused(first_line(error)) from None

    def refused(self, why: str) -> Refused:
        return Refused(
            N_("Spark at %(engine)s broke off (%(why)s). See its log, or compute without it: --engine duckdb://."),
            engine=self.shown,
            why=masked(why, self._address.secrets),
        )

    def _name(self, what: str) -> str:
        self._named += 1
        return f"mainstay_{what}_{self._named}"


def _quoted(column: str) -> str:
    return f"`{column}`"


@contextmanager
def session_opened(address: EngineAddress, folder: Path) -> Iterator[Any]:
    """A Spark session, ended afterwards with its Java process. Raises Refused where there is none to be had."""
    _check_java()
    _check_master(address)
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise Refused(N_("Spark is not installed. Install it with: pip install 'mainstay[spark]'.")) from None
    builder = SparkSession.builder.appName("mainstay")
    for name, value in (_configuration(address, folder) | dict(address.options)).items():
        builder = builder.config(name, value)
    try:
        with _quietly(folder):
            session = builder.getOrCreate()
    except Exception as error:  # Spark's and Py4J's own
        _end_java()
        raise _no_answer(address, first_line(error)) from None
    try:
        _wait_for_workers(session, address)
        yield session
    finally:
        with suppress(Exception):  # where Java died, there is nothing left to end
            session.stop()
        _end_java()


@contextmanager
def _quietly(folder: Path) -> Iterator[None]:
    """What Spark tells while all is well is for nobody here, and what goes wrong comes back as an error.

    Who has a SPARK_CONF_DIR has it his way.
    """
    if os.environ.get("SPARK_CONF_DIR"):
        yield
        return
    conf = folder / "conf"
    conf.mkdir(exist_ok=True)
    conf.joinpath("log4j2.properties").write_text(_SILENT)
    os.environ["SPARK_CONF_DIR"] = str(conf)
    try:
        yield
    finally:
        del os.environ["SPARK_CONF_DIR"]


def _configuration(address: EngineAddress, folder: Path) -> dict[str, str]:
    told = {
        "spark.master": address.master or f"local[{settings.MAINSTAY_THREADS}]",
        "spark.driver.memory": f"{settings.MAINSTAY_MEMORY}m",
        "spark.driver.maxResultSize": "0",
        "spark.local.dir": str(folder),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.sql.session.timeZone": "UTC",
        # Too large an amount is an error, never a null.
        "spark.sql.ansi.enabled": "true",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "false",
    }
    if address.on_loopback or not address.master:
        told |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    if not address.master:
        told["spark.sql.shuffle.partitions"] = str(4 * settings.MAINSTAY_THREADS)
    return told


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which(str(Path(home) / "bin" / "java")) if home else shutil.which("java")):
        raise Refused(N_("Spark needs Java 17 or later on this machine. Install it, or leave --engine out."))


def _check_master(address: EngineAddress) -> None:
    """Spark itself would try for a minute."""
    why = ""
    for place in address.masters:
        try:
            with socket.create_connection(place, timeout=ANSWERS_WITHIN):
                return
        except OSError as error:
            why = error.strerror or str(error)
    if address.masters:
        raise _no_answer(address, why)


def _no_answer(address: EngineAddress, why: str) -> Refused:
    return Refused(
        N_("Spark at %(engine)s does not answer (%(why)s). Start it, or compute without it: --engine duckdb://."),
        engine=address.shown,
        why=masked(why, address.secrets),
    )


def _wait_for_workers(session: Any, address: EngineAddress) -> None:
    """Without a worker Spark would wait for ever. One that is asked for only with the work cannot be waited for."""
    context = session.sparkContext
    if not address.master or context.getConf().get("spark.dynamicAllocation.enabled", "false") == "true":
        return
    until = time.monotonic() + WORKERS_WITHIN
    while context._jsc.sc().getExecutorMemoryStatus().size() < 2:
        if time.monotonic() > until:
            raise Refused(
                N_(
                    "Spark at %(engine)s gave no worker within %(seconds)s seconds. See that workers are there with "
                    "the memory and cores asked for (spark.executor.memory, spark.executor.cores)."
                ),
                engine=address.shown,
                seconds=int(WORKERS_WITHIN),
            )
        time.sleep(0.1)


def _end_java() -> None:
    """Java would keep its memory until the process ends, and the next session would take over its settings."""
    from pyspark import SparkContext

    gateway = SparkContext._gateway
    if gateway is None:
        return
    SparkContext._gateway = SparkContext._jvm = None
    with suppress(Exception):
        gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()
