"""Jobs whose worker died."""

from datetime import timedelta
from typing import Any

import pytest

from mainstay.core import clock
from mainstay.jobs import alive
from mainstay.jobs.models import Job, State, Worker
from mainstay.jobs.selectors import is_served, stuck
from mainstay.jobs.services import job_begin, job_start, jobs_sweep, worker_sign_in, worker_sign_out
from tests.factories import make_user
from tests.jobs.works import QUEUE, known

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def job(settings: Any) -> Job:
    settings.TASKS = QUEUE
    with known(lambda running: {}):
        return job_start(kind="test", person=make_user("Ada", role="analyst"))


def test_a_living_workers_job_is_left_alone(job: Job) -> None:
    worker = worker_sign_in()
    job_begin(job=job.pk, worker=worker.pk)
    with alive.alive(worker.pk):
        assert jobs_sweep() == 0
        assert stuck() == []
        assert is_served()
    assert Job.objects.get().state == State.RUNNING


def test_a_dead_workers_job_has_failed_and_changed_nothing(job: Job) -> None:
    worker = worker_sign_in()
    job_begin(job=job.pk, worker=worker.pk)
    assert [one.pk for one in stuck()] == [job.pk]
    assert jobs_sweep() == 1
    found = Job.objects.get()
    assert found.state == State.FAILED
    assert "Nothing was changed" in found.error
    assert not Worker.objects.exists()


def test_what_was_to_stop_is_cancelled(job: Job) -> None:
    job_begin(job=job.pk, worker=worker_sign_in().pk)
    Job.objects.update(asked_to_cancel=True)
    jobs_sweep()
    assert Job.objects.get().state == State.CANCELLED


def test_a_worker_on_another_machine_is_told_by_its_heartbeat(job: Job) -> None:
    worker = worker_sign_in()
    Worker.objects.update(host="elsewhere")
    job_begin(job=job.pk, worker=worker.pk)
    assert jobs_sweep() == 0
    Worker.objects.update(beat_at=clock.now() - alive.GONE - timedelta(seconds=1))
    assert jobs_sweep() == 1


def test_a_job_whose_task_was_taken_and_that_never_began_is_lost(job: Job) -> None:
    from django_tasks_db.models import DBTaskResult

    long_ago = clock.now() - timedelta(hours=1)
    Job.objects.update(asked_at=long_ago)
    assert jobs_sweep() == 0
    DBTaskResult.objects.update(status="RUNNING", started_at=long_ago)
    assert jobs_sweep() == 1
    assert Job.objects.get().state == State.FAILED


def test_what_is_long_over_is_forgotten(job: Job) -> None:
    Job.objects.update(state=State.DONE, finished_at=clock.now() - timedelta(days=31))
    jobs_sweep()
    assert not Job.objects.exists()


def test_without_a_worker_nobody_serves(job: Job) -> None:
    assert not is_served()
    assert stuck() == []
    Job.objects.update(asked_at=clock.now() - timedelta(minutes=1))
    assert [one.pk for one in stuck()] == [job.pk]
    worker = worker_sign_in()
    assert stuck() == []
    worker_sign_out(worker=worker.pk)
    assert stuck()
