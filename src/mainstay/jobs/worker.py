"""A process that does jobs, one after the other, until it is told to end."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from types import FrameType
from uuid import UUID

from django.db import DatabaseError, connections
from django_tasks_db.management.commands.db_worker import Worker as Queue

from mainstay.jobs import services
from mainstay.jobs.alive import BEATS, alive
from mainstay.jobs.running import Hosted

LOOKS = 0.5  # seconds between two looks for a job that waits
_SWEEPS = 12  # heartbeats between two looks for jobs that died


def work(*, once: bool = False, parent: int | None = None) -> None:
    """Do jobs; with `once`, those that wait. TERM or Ctrl-C ends it: its job waits for the next worker.

    So does the end of the process `parent`, whichever way that ends.
    """
    me = services.worker_sign_in()
    Hosted.worker = me.pk
    Hosted.stopping.clear()
    queue = Queue(
        queue_names=["default"],
        interval=LOOKS,
        batch=once,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=str(me.pk),
        excluded_queue_names=[],
    )
    # Each job is told in its own record; the queue's words are for who debugs it.
    logging.getLogger("django_tasks").setLevel(logging.CRITICAL)
    try:
        with alive(me.pk), _signals(queue), _beating(me.pk, parent):
            services.jobs_sweep()
            queue.run()
    finally:
        Hosted.worker = None
        with suppress(DatabaseError):
            services.worker_sign_out(worker=me.pk)


@contextmanager
def _signals(queue: Queue) -> Iterator[None]:
    """TERM and INT end the worker: at once where it is idle, else when its job has broken off."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        Hosted.stopping.set()
        queue.running = False
        if not queue.running_task:
            sys.exit(0)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with suppress(SystemExit):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _beating(worker: UUID, parent: int | None) -> Iterator[None]:
    """Tell every few seconds that this worker lives, and look after the jobs of those that do not."""
    over = Event()
    thread = Thread(target=_beat, args=(worker, parent, over.wait), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(worker: UUID, parent: int | None, over: Callable[[float], bool]) -> None:
    beats, last = 0, 0.0
    try:
        while not over(min(BEATS, 1.0)):
            if parent is not None and os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGTERM)
                return
            if time.monotonic() - last < BEATS:
                continue
            last, beats = time.monotonic(), beats + 1
            with suppress(DatabaseError):
                services.worker_beat(worker=worker)
                if beats % _SWEEPS == 0:
                    services.jobs_sweep()
    finally:
        connections.close_all()
