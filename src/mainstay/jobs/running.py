"""Doing one job: from taking it up to its end."""

import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Event, Thread, get_ident
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connections
from django.utils import translation

from mainstay.core.errors import N_, NotAllowed, Refused
from mainstay.jobs import services
from mainstay.jobs.alive import BEATS
from mainstay.jobs.models import Job
from mainstay.jobs.selectors import is_wanted
from mainstay.jobs.works import work_of
from mainstay.people.models import User

EVERY = 0.5  # seconds between two reports of progress
BROKEN = N_("Something went wrong (%(why)s). Nothing was changed: try again, or look into the log.")
log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The job is to stop; it changes nothing more."""


class Hosted:
    """The worker that this process is: None outside of one, where a job runs in the middle of something else."""

    worker: UUID | None = None
    stopping = Event()


class Run:
    """A job that is being done. In a worker a thread of its own tells how far it is and hears whether to stop, also
    while the work is inside a statement that takes minutes."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.step, self.rows, self.total = "", 0, job.rows_total
        self.stopped = False
        self._owner = get_ident()
        self._told: tuple[float, str, int] = (0.0, "", 0)
        self._settled = False
        self._stop: Callable[[], None] | None = None
        self._over = Event()
        self._thread: Thread | None = None

    def progress(self, step: str, rows: int) -> None:
        self.step, self.rows = step, rows
        if self._settled:
            return
        if self._thread is None and time.monotonic() - self._told[0] >= EVERY:
            self._beat()
        if self.stopped and get_ident() == self._owner:
            raise Cancelled

    def expect(self, rows: int) -> None:
        self.total = rows

    def on_stop(self, stop: Callable[[], None]) -> None:
        self._stop = stop

    def settle(self, outcome: Mapping[str, Any]) -> None:
        _check_person(self.job)
        # First, lest the thread takes the end of the job for a wish to stop it.
        self._settled = True
        if not services.job_settle(job=self.job.pk, outcome=outcome):
            self.stopped = True
            raise Cancelled

    def __enter__(self) -> "Run":
        if Hosted.worker is not None:
            self._thread = Thread(target=self._watch, daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _beat(self) -> None:
        now, told = time.monotonic(), self._told
        if (self.step, self.rows) == told[1:] and now - told[0] < BEATS:
            goes_on = is_wanted(self.job.pk)
        else:
            self._told = (now, self.step, self.rows)
            goes_on = services.job_beat(job=self.job.pk, step=self.step, rows=self.rows, total=self.total)
        self.stopped = self.stopped or not (goes_on or self._settled)

    def _watch(self) -> None:
        try:
            while not self._over.wait(EVERY) and not self._settled:
                # A database that is busy or away for a moment does not end the job.
                with suppress(DatabaseError):
                    self._beat()
                self.stopped = self.stopped or Hosted.stopping.is_set()
                if self.stopped and self._stop is not None and not self._settled:
                    self._stop()
        finally:
            connections.close_all()


def run(pk: UUID) -> None:
    """Do a job that waits. Whatever happens, it ends: done, failed, cancelled, or waiting for the next worker."""
    job = services.job_begin(job=pk, worker=Hosted.worker)
    if job is None:
        return
    work = work_of(job.kind)
    with translation.override(job.language or translation.get_language()), Run(job) as running:
        try:
            _check_person(job)
            running.progress("", 0)
            outcome = work.run(running)
        except Exception as error:
            _ended_by(error, job, running)
        else:
            services.job_finish(job=pk, outcome=outcome)


def _check_person(job: Job) -> None:
    """Whether the person of a job may still have it done: looked up anew, at its beginning and when it settles.

    Raises NotAllowed.
    """
    person = User.objects.get(pk=job.person_id)
    if not person.is_active:
        raise NotAllowed(N_("Who asked for this may not log in any longer. Nothing was changed."))
    work_of(job.kind).check(person)


def _ended_by(error: Exception, job: Job, running: Run) -> None:
    """What an error makes of a job; one that has settled stays done."""
    if running.stopped:
        if Hosted.stopping.is_set():
            services.job_put_back(job=job.pk)
        else:
            services.job_give_up(job=job.pk)
    elif isinstance(error, Refused):
        services.job_fail(job=job.pk, error=error)
    else:
        log.error("job %s failed", job, exc_info=error)
        why = str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
        services.job_fail(job=job.pk, error=Refused(BROKEN, why=why))
