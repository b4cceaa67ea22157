"""The jobs of an upload: reading it beforehand, importing it. Each goes on once, however often it is asked for."""

import uuid
from dataclasses import dataclass, replace
from typing import Any

from mainstay.core.errors import N_, Conflict, Refused
from mainstay.jobs.models import Job, State
from mainstay.jobs.selectors import job_known
from mainstay.jobs.services import job_cancel, job_start
from mainstay.people.models import User
from mainstay.web.pages.imports_check import AT_ONCE, CheckView, key_of
from mainstay.web.pages.imports_uploads import Pending, save, turn

CHOOSE = N_("Some documents are in the ledger with other content. Choose below which count, then import.")
MEND = N_("Some rows cannot be used. Mend the file, or choose below to import the other rows.")
NOTHING = N_("There is no row to import.")


@dataclass(frozen=True)
class Jobs:
    """The jobs that an upload names, as far as they are there."""

    importing: Job | None
    reading: Job | None


def jobs_of_upload(pending: Pending) -> Jobs:
    return Jobs(job_known(pending.job), job_known(pending.check_job))


def is_large(pending: Pending) -> bool:
    """Whether its files are read by a job, and not while a page is made."""
    return pending.size > AT_ONCE


def reading(pending: Pending, person: User, *, again: bool = False) -> tuple[Pending, Job]:
    """The job that reads a large upload by the choices made so far; one by others is stopped.

    One that ended without a result is begun `again` only where that is asked for.
    """
    key = key_of(pending)
    with turn(pending) as current:
        last = job_known(current.check_job)
        if last is not None and last.about["key"] == key and (last.active or not again) and last.state != State.DONE:
            return current, last
        pk = uuid.uuid4()
        current = replace(current, check_job=str(pk))
        save(current)
    if last is not None and last.active:
        job_cancel(job=last.pk, by=person)
    return current, job_start(kind="check", person=person, about=_about(current, key=key), pk=pk)


def importing(pending: Pending, person: User, found: CheckView | None) -> tuple[Pending, Job]:
    """The job that imports an upload. Raises Refused where what is known of it speaks against it."""
    if found is not None:
        _refuse(pending, found)
    with turn(pending) as current:
        last = job_known(current.job)
        if last is not None and (last.active or last.state == State.DONE):
            return current, last
        pk = uuid.uuid4()
        current = replace(current, job=str(pk))
        save(current)
    rows = found.counts.get("rows") if found else None
    return current, job_start(kind="import", person=person, about=_about(current), rows_total=rows, pk=pk)


def _refuse(pending: Pending, found: CheckView) -> None:
    choices = pending.choices
    if found.conflicts and choices.on_conflict == "fail":
        raise Conflict(CHOOSE)
    if found.wrong or (found.refused and not choices.allow_errors):
        raise Refused(MEND)
    if not found.usable:
        raise Refused(NOTHING)


def _about(pending: Pending, **more: Any) -> dict[str, Any]:
    return {"token": pending.token, "files": pending.names, "kind": pending.kind, "source": pending.source, **more}
