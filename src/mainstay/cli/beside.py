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
    keepers = [Thread(target=_keep, args=(over,), daemon=True) for _number in range(count)]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        over.set()
        for keeper in keepers:
            keeper.join()


def _keep(over: Event) -> None:
    pause = 1.0
    while not over.is_set():
        began = time.monotonic()
        # A session of its own: Ctrl-C goes to the server alone, which then ends its workers.
        process = subprocess.Popen(
            [*COMMAND, "--beside", str(os.getpid())], stdin=subprocess.DEVNULL, start_new_session=True
        )
        while process.poll() is None and not over.wait(0.2):
            pass
        if over.is_set():
            _end(process)
            return
        pause = 1.0 if time.monotonic() - began > _LONGEST_PAUSE else min(pause * 2, _LONGEST_PAUSE)
        over.wait(pause)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
