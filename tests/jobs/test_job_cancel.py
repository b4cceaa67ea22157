"""Stopping a job."""

from typing import Any

import pytest

from mainstay.core.errors import NotFound
from mainstay.jobs.models import Job, State
from mainstay.jobs.services import job_begin, job_cancel, job_put_back, job_start
from tests.factories import make_user
from tests.jobs.works import QUEUE, known

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def waiting(settings: Any) -> Job:
    settings.TASKS = QUEUE
    with known(lambda running: {}):
        return job_start(kind="test", person=make_user("Ada", role="analyst"))


def test_one_that_waits_is_cancelled_at_once(waiting: Job) -> None:
    assert job_cancel(job=waiting.pk, by=waiting.person).state == State.CANCELLED
    assert job_begin(job=waiting.pk, worker=None) is None


def test_one_that_runs_is_asked(waiting: Job) -> None:
    job_begin(job=waiting.pk, worker=None)
    found = job_cancel(job=waiting.pk, by=waiting.person)
    assert (found.state, found.asked_to_cancel) == (State.RUNNING, True)


def test_a_director_may_and_others_may_not(waiting: Job) -> None:
    """quality 1, 2"""
    for role in ("analyst", "account_manager", "read_only"):
        with pytest.raises(NotFound):
            job_cancel(job=waiting.pk, by=make_user(role, role=role))
    assert Job.objects.get().state == State.WAITING
    assert job_cancel(job=waiting.pk, by=make_user("Dee", role="director")).state == State.CANCELLED


def test_one_that_ended_stays_as_it_is(waiting: Job) -> None:
    Job.objects.update(state=State.DONE)
    assert job_cancel(job=waiting.pk, by=waiting.person).state == State.DONE


def test_one_whose_worker_is_told_to_end_waits_for_the_next(waiting: Job) -> None:
    job_begin(job=waiting.pk, worker=None)
    job_put_back(job=waiting.pk)
    again = Job.objects.get()
    assert (again.state, again.started_at) == (State.WAITING, None)
    assert again.task != waiting.task
    job_begin(job=waiting.pk, worker=None)
    job_cancel(job=waiting.pk, by=waiting.person)
    job_put_back(job=waiting.pk)
    assert Job.objects.get().state == State.CANCELLED
