"""Everything that changes jobs. Each change of state is compare-and-set."""

import os
import socket
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q
from django.utils.translation import get_language
from django_tasks_db.models import DBTaskResult

from mainstay.core import clock
from mainstay.core.errors import N_, NotFound, Refused
from mainstay.jobs.alive import is_gone
from mainstay.jobs.messages import plain
from mainstay.jobs.models import ACTIVE, Job, State, Worker
from mainstay.jobs.tasks import run_job
from mainstay.jobs.works import work_of
from mainstay.people.models import User
from mainstay.people.roles import Role

KEPT = timedelta(days=30)
# A job whose task was taken and that did not begin within this time never will.
_BEGINS = timedelta(minutes=1)
BROKE_OFF = N_("It broke off before its end. Nothing was changed: try again.")


@transaction.atomic
def job_start(
    *,
    kind: str,
    person: User,
    about: Mapping[str, Any] | None = None,
    rows_total: int | None = None,
    pk: UUID | None = None,
) -> Job:
    """Have something done in the background. Raises NotAllowed for who may not have it done.

    `pk` is its id, where that had to be known before.
    """
    work = work_of(kind)
    work.check(person)
    job = Job.objects.create(
        pk=pk or uuid4(),
        kind=kind,
        person=person,
        about=dict(about or {}),
        language=get_language() or "",
        rows_total=rows_total,
        asked_at=clock.now(),
        seen=work.quiet,
    )
    _queue(job)
    job.refresh_from_db()
    return job


def _queue(job: Job) -> None:
    task = run_job.enqueue(str(job.pk))
    Job.objects.filter(pk=job.pk).update(task=task.id)


def job_begin(*, job: UUID, worker: UUID | None) -> Job | None:
    """Take up a job that waits; None where it waits no longer."""
    now = clock.now()
    taken = Job.objects.filter(pk=job, state=State.WAITING).update(
        state=State.RUNNING, worker=worker, started_at=now, beat_at=now, step="", rows_done=0
    )
    return Job.objects.select_related("person").get(pk=job) if taken else None


def job_beat(*, job: UUID, step: str, rows: int, total: int | None) -> bool:
    """Tell that a job is alive and how far; returns whether it is to go on."""
    told: dict[str, Any] = {"step": step[:200], "rows_done": rows, "beat_at": clock.now()}
    if total is not None:
        told["rows_total"] = total
    return Job.objects.filter(pk=job, state=State.RUNNING, asked_to_cancel=False).update(**told) == 1


def job_settle(*, job: UUID, outcome: Mapping[str, Any]) -> bool:
    """Done, in the transaction of what it did; False, and nothing changed, where it is to stop."""
    going = Job.objects.filter(pk=job, state=State.RUNNING, asked_to_cancel=False)
    return going.update(state=State.DONE, finished_at=clock.now(), outcome=dict(outcome)) == 1


def job_finish(*, job: UUID, outcome: Mapping[str, Any]) -> bool:
    """A job that changes nothing for good is done; False where it had ended before."""
    return _end(job, State.DONE, outcome=dict(outcome))


def job_fail(*, job: UUID, error: Refused) -> bool:
    """`error` says what was wrong; a job that failed has changed nothing."""
    return _end(job, State.FAILED, error=error.message, error_params=plain(error.params))


def job_give_up(*, job: UUID) -> bool:
    """A job that was asked to stop has stopped."""
    return _end(job, State.CANCELLED)


def _end(job: UUID, state: State, **changes: Any) -> bool:
    return bool(Job.objects.filter(pk=job, state=State.RUNNING).update(state=state, finished_at=clock.now(), **changes))


@transaction.atomic
def job_put_back(*, job: UUID) -> None:
    """The worker is told to end: its job waits for the next one."""
    put_back = Job.objects.filter(pk=job, state=State.RUNNING, asked_to_cancel=False).update(
        state=State.WAITING, worker=None, started_at=None, step="", rows_done=0
    )
    if put_back:
        _queue(Job.objects.get(pk=job))
    else:
        job_give_up(job=job)


@transaction.atomic
def job_cancel(*, job: UUID, by: User) -> Job:
    """Ask a job to stop: one that waits is cancelled at once. Its person and directors may; to others it is not there.

    One that ended meanwhile stays as it is.
    """
    found = Job.objects.filter(pk=job).first()
    if found is None or not (found.person_id == by.pk or (by.is_active and by.role == Role.DIRECTOR)):
        raise NotFound(N_("There is no such job."))
    waiting = Job.objects.filter(pk=job, state=State.WAITING)
    if not waiting.update(state=State.CANCELLED, finished_at=clock.now(), asked_to_cancel=True):
        Job.objects.filter(pk=job, state=State.RUNNING).update(asked_to_cancel=True)
    found.refresh_from_db()
    return found


def job_see(*, job: UUID, by: User) -> None:
    """The person knows how it ended."""
    Job.objects.filter(pk=job, person=by).exclude(state__in=ACTIVE).update(seen=True)


def worker_sign_in() -> Worker:
    """This process begins to do jobs."""
    now = clock.now()
    return Worker.objects.create(host=socket.gethostname()[:200], pid=os.getpid(), started_at=now, beat_at=now)


def worker_beat(*, worker: UUID) -> None:
    """Tell that a worker lives."""
    Worker.objects.filter(pk=worker).update(beat_at=clock.now())


def worker_sign_out(*, worker: UUID) -> None:
    """A worker ends."""
    Worker.objects.filter(pk=worker).delete()


def jobs_sweep() -> int:
    """End the jobs whose worker died, and forget what is long over; returns how many were ended.

    They have changed nothing: one that changes something is done by the same transaction.
    """
    ended = 0
    workers = {worker.pk: worker for worker in Worker.objects.all()}
    gone = {pk for pk, worker in workers.items() if is_gone(worker)}
    for job in Job.objects.filter(state=State.RUNNING):
        if job.worker_id is None or job.worker_id in gone:
            ended += _settle(job)
    ended += _lost()
    Worker.objects.filter(pk__in=gone).delete()
    old = clock.now() - KEPT
    Job.objects.filter(finished_at__lt=old).delete()
    DBTaskResult.objects.filter(finished_at__lt=old).delete()
    return ended


def _settle(job: Job) -> bool:
    if job.asked_to_cancel:
        return job_give_up(job=job.pk)
    return job_fail(job=job.pk, error=Refused(BROKE_OFF))


def _lost() -> int:
    """Jobs that wait although their task was taken: the worker died in between."""
    before = clock.now() - _BEGINS
    taken = ~Q(status="READY") & Q(started_at__lt=before)
    tasks = {str(pk) for pk in DBTaskResult.objects.filter(taken).values_list("pk", flat=True)}
    waiting = Job.objects.filter(state=State.WAITING, asked_at__lt=before)
    lost = [job.pk for job in waiting if job.task in tasks]
    return Job.objects.filter(pk__in=lost, state=State.WAITING).update(
        state=State.FAILED, finished_at=clock.now(), error=BROKE_OFF
    )
