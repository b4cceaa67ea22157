"""The workers that run beside the server."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

COMMAND = (sys.executable, "-c", "from mainstay.cli.main import run; run()", "worker")
_PATIENCE = 20.0  # seconds a worker gets to break its job off
_LONGEST_PAUSE = 30.0  # seconds before a worker that keeps dying is started again


@contextmanager
def workers(count: int) -> Iterator[None]:
    """So many workers run meanwhile; one that dies is started again. They end with this process, however it ends."""
    over = Event()
    # Here and not in their threads: a server that forks at the same moment would take over the pipe by which Popen
    # hears that its process began, and Popen would wait for as long as the server runs.
    first = [_started() for _number in range(count)]
    keepers = [Thread(target=_keep, args=(over, process), daemon=True) for process in first]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        over.set()
        for keeper in keepers:
            keeper.join()


def _started() -> "subprocess.Popen[bytes]":
    """A session of its own: Ctrl-C goes to the server alone, which then ends its workers."""
    return subprocess.Popen([*COMMAND, "--beside", str(os.getpid())], stdin=subprocess.DEVNULL, start_new_session=True)


def _keep(over: Event, process: "subprocess.Popen[bytes]") -> None:
    pause = 1.0
    while True:
        began = time.monotonic()
        while process.poll() is None and not over.wait(0.2):
            pass
        if over.is_set():
            _end(process)
            return
        pause = 1.0 if time.monotonic() - began > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
        over.wait(pause)
        if over.is_set():
            return
        process = _started()


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
