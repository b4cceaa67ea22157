"""Asking for a job, and how it ends."""

from typing import Any

import pytest
from django.utils import translation

from mainstay.core.errors import Conflict, NotAllowed, NotFound, Refused
from mainstay.jobs.models import Job, State
from mainstay.jobs.running import Cancelled, Run
from mainstay.jobs.selectors import job_of, jobs_of, jobs_to_tell
from mainstay.jobs.services import job_begin, job_finish, job_see, job_start
from mainstay.people.models import AuditEntry
from mainstay.people.services import audit_record
from tests.factories import make_user
from tests.jobs.works import QUEUE, known

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_a_job_is_done_and_told_once() -> None:
    ada = make_user("Ada", role="director")

    def run(running: Any) -> dict[str, Any]:
        running.expect(10)
        running.progress("reading", 7)
        return {"rows": running.job.about["rows"], "language": translation.get_language()}

    with known(run), translation.override("zh-hans"):
        job = job_start(kind="test", person=ada, about={"rows": 10})
    assert (job.state, job.outcome) == (State.DONE, {"rows": 10, "language": "zh-hans"})
    assert job.started_at
    assert job.finished_at
    assert [one.pk for one in jobs_to_tell(ada)] == [job.pk]
    job_see(job=job.pk, by=ada)
    assert jobs_to_tell(ada) == []
    assert [one.pk for one in jobs_of(ada)] == [job.pk]


def test_a_refusal_is_kept_with_what_fills_it() -> None:
    def run(running: Any) -> dict[str, Any]:
        raise Conflict("batch %(batch)s differs", batch=7)

    with known(run):
        job = job_start(kind="test", person=make_user("Ada", role="director"))
    assert (job.state, job.error, job.error_params) == (State.FAILED, "batch %(batch)s differs", {"batch": 7})


def test_a_fault_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    def run(running: Any) -> dict[str, Any]:
        raise OSError(28, "No space left on device")

    with known(run):
        job = job_start(kind="test", person=make_user("Ada", role="director"))
    assert job.state == State.FAILED
    assert "No space left" in job.error_params["why"]
    assert "No space left" in caplog.text


def test_who_may_not_have_it_done_gets_no_job() -> None:
    """quality 2, 4"""
    with known(lambda running: {}), pytest.raises(NotAllowed):
        job_start(kind="test", person=make_user("Cy", role="scout"))
    assert not Job.objects.exists()


def test_anothers_job_is_not_there() -> None:
    """quality 1"""
    with known(lambda running: {}):
        job = job_start(kind="test", person=make_user("Ada", role="director"))
    bea = make_user("Bea", role="director")
    with pytest.raises(NotFound):
        job_of(bea, job.pk)
    job_see(job=job.pk, by=bea)
    assert not Job.objects.get().seen


@pytest.mark.parametrize("change", [{"role": "scout"}, {"is_active": False}])
def test_a_right_taken_away_while_it_waits_stops_it(settings: Any, change: dict[str, Any]) -> None:
    """quality 14"""
    from mainstay.jobs.running import run as do

    settings.TASKS = QUEUE
    ada, done = make_user("Ada", role="director"), []
    with known(lambda running: done.append(1) or {}):
        job = job_start(kind="test", person=ada)
        assert job.state == State.WAITING
        type(ada).objects.filter(pk=ada.pk).update(**change)
        do(job.pk)
    job.refresh_from_db()
    assert job.state == State.FAILED
    assert not done
    assert "may not" in job.error or "Only directors" in job.error


def test_a_job_is_taken_up_once(settings: Any) -> None:
    settings.TASKS = QUEUE
    with known(lambda running: {}):
        job = job_start(kind="test", person=make_user("Ada", role="director"))
    assert job_begin(job=job.pk, worker=None)
    assert job_begin(job=job.pk, worker=None) is None
    assert job_finish(job=job.pk, outcome={})
    assert not job_finish(job=job.pk, outcome={"again": 1})


def test_what_settles_is_true_together_with_what_it_changed() -> None:
    """quality 38: what comes after cannot make it undone, and it cannot be stopped any more."""

    def run(running: Any) -> dict[str, Any]:
        running.settle({"batch": 3})
        Job.objects.update(asked_to_cancel=True)
        running.progress("after", 1)
        raise Refused("too late")

    with known(run):
        job = job_start(kind="test", person=make_user("Ada", role="director"))
    assert (job.state, job.outcome, job.error) == (State.DONE, {"batch": 3}, "")


def test_what_is_to_stop_does_not_settle() -> None:
    from django.db import transaction

    def run(running: Any) -> dict[str, Any]:
        Job.objects.update(asked_to_cancel=True)
        with transaction.atomic():
            audit_record(verb="changed")
            running.settle({})
        return {}

    with known(run):
        job = job_start(kind="test", person=make_user("Ada", role="director"))
    assert job.state == State.CANCELLED
    assert not AuditEntry.objects.filter(verb="changed").exists()


def test_progress_is_written_now_and_then(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TASKS = QUEUE
    with known(lambda running: {}):
        job = job_start(kind="test", person=make_user("Ada", role="director"))
    begun = job_begin(job=job.pk, worker=None)
    assert begun
    running = Run(begun)
    running.expect(100)
    for rows in range(1, 101):
        running.progress("reading", rows)
    job.refresh_from_db()
    assert (job.step, job.rows_done, job.rows_total) == ("reading", 1, 100)
    assert job.share == 0.01
    monkeypatch.setattr("mainstay.jobs.running.EVERY", 0)
    Job.objects.update(asked_to_cancel=True)
    with pytest.raises(Cancelled):
        running.progress("reading", 101)
