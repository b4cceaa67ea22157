"""Whether a worker is alive: by its lock on this machine, by its heartbeat on others.

The lock ends with its process, however that ends, so that a worker that was killed is known at once.
"""

import fcntl
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings

from mainstay.core import clock
from mainstay.jobs.models import Worker

BEATS = 5.0  # seconds between two heartbeats
SILENT = timedelta(seconds=30)  # longer than this, and pages say that no worker runs
GONE = timedelta(minutes=3)  # longer than this, and a worker on another machine is taken for dead


@contextmanager
def alive(worker: UUID) -> Iterator[None]:
    """Hold the lock that says that this worker lives."""
    path = _lock(worker)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def is_gone(worker: Worker) -> bool:
    if worker.host == socket.gethostname()[:200]:
        return not _is_held(_lock(worker.pk))
    return clock.now() - worker.beat_at > GONE


def _is_held(path: Path) -> bool:
    try:
        with path.open("r+") as probe:
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    with suppress(OSError):
        path.unlink()
    return False


def _lock(worker: UUID) -> Path:
    folder: Path = settings.MAINSTAY_HOME / "workers"
    return folder / f"{worker.hex}.lock"
