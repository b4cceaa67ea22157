"""Everything that reads jobs. A person sees his own; another's are not there."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from mainstay.core import clock
from mainstay.core.errors import N_, NotFound
from mainstay.jobs.alive import SILENT, is_gone
from mainstay.jobs.models import ACTIVE, Job, State, Worker
from mainstay.people.models import User

SHOWN = 6
LISTED = 30


def job_of(person: User, pk: UUID) -> Job:
    """A job of this person. Raises NotFound."""
    found = Job.objects.filter(pk=pk, person=person).first()
    if found is None:
        raise NotFound(N_("There is no such job."))
    return found


def jobs_to_tell(person: User) -> list[Job]:
    """The jobs of a person that go on, and those that ended unseen; the latest."""
    told = Job.objects.filter(person=person, seen=False).order_by("-asked_at")
    return list(told[:SHOWN])


def jobs_of(person: User) -> list[Job]:
    """The latest jobs of a person, ended or not."""
    return list(Job.objects.filter(person=person).order_by("-asked_at")[:LISTED])


def job_known(pk: str) -> Job | None:
    """The job of that id, if there is one."""
    return Job.objects.filter(pk=pk).first() if pk else None


def jobs_active(kind: str = "") -> list[Job]:
    """Everybody's jobs that wait or run, of one kind or all."""
    found = Job.objects.filter(state__in=ACTIVE).order_by("asked_at")
    return list(found.filter(kind=kind) if kind else found)


def is_wanted(pk: UUID) -> bool:
    """Whether a job runs and nobody asked it to stop."""
    return Job.objects.filter(pk=pk, state=State.RUNNING, asked_to_cancel=False).exists()


def is_served() -> bool:
    """Whether some worker was heard of lately."""
    return Worker.objects.filter(beat_at__gte=_lately()).exists()


def stuck() -> list[Job]:
    """Jobs that run on no living worker, or that nobody takes up."""
    running = Job.objects.filter(state=State.RUNNING).select_related("worker")
    found = [job for job in running if job.worker is None or is_gone(job.worker)]
    if not is_served():
        found += list(Job.objects.filter(state=State.WAITING).filter(Q(asked_at__lt=_lately())))
    return found


def _lately() -> datetime:
    return clock.now() - SILENT
