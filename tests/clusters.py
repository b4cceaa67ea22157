"""A real standalone Spark cluster for tests: one master and two workers on loopback, gone afterwards."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

WITHIN = 120.0


def need_java() -> None:
    """Skip the test on a machine without Java."""
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and Path(home, "bin", "java").exists())):
        pytest.skip("Java is not installed: Spark cannot run here")


@contextmanager
def cluster() -> Iterator[str]:
    """Start it; gives the address for --engine."""
    need_java()
    pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed")
    home = Path(pyspark.__file__).parent
    folder = Path(tempfile.mkdtemp(prefix="mainstay-spark-"))
    port, pages = _free_port(), _free_port()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        master = f"spark://127.0.0.1:{port}"
        where = ["--host", "127.0.0.1"]
        leads = ["org.apache.spark.deploy.master.Master", *where, "--port", str(port), "--webui-port", str(pages)]
        stack.enter_context(_running(home, folder, "master", leads))
        _wait_for(folder / "master.log", "I have been elected leader")
        works = ["org.apache.spark.deploy.worker.Worker", *where, "--port", "0", "--webui-port", "0"]
        for number in (1, 2):
            own = [*works, "--cores", "1", "--memory", "600m", "--work-dir", str(folder / f"work-{number}"), master]
            stack.enter_context(_running(home, folder, f"worker-{number}", own))
        for number in (1, 2):
            _wait_for(folder / f"worker-{number}.log", "Successfully registered with master")
        yield f"{master}?spark.executor.memory=512m"


@contextmanager
def _running(home: Path, folder: Path, name: str, arguments: list[str]) -> Iterator[None]:
    conf = folder / "conf"
    conf.mkdir(exist_ok=True)
    conf.joinpath("log4j2.properties").write_text(LOG)
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_CONF_DIR": str(conf),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_DAEMON_MEMORY": "256m",
    }
    # It sets what executors need besides, and becomes Java itself.
    command = ["bash", str(home / "bin" / "spark-class"), *arguments]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=folder)
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)


LOG = """rootLogger.level = info
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %p %c{1}: %m%n
"""


def _wait_for(log: Path, words: str) -> None:
    until = time.monotonic() + WITHIN
    while words not in log.read_text(errors="replace"):
        assert time.monotonic() < until, f"{log.name}: {log.read_text(errors='replace')[-2000:]}"
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
