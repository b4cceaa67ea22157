"""What the web has done in the background: reading an upload, importing it, undoing, refreshing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext

from mainstay.core.errors import N_, Refused
from mainstay.grading.models import Refresh
from mainstay.jobs.works import Running, Work, register
from mainstay.ledger.engine import interruptible
from mainstay.ledger.mappings import mapping_used
from mainstay.ledger.orders import check_may_import
from mainstay.ledger.services import Outcome, import_files, undo_batch
from mainstay.nightly.refresh import MONTHS, refresh
from mainstay.people.services import audit_record
from mainstay.web.pages.imports_check import check, errors_file, plain_warnings
from mainstay.web.pages.imports_look import look
from mainstay.web.pages.imports_uploads import Pending, drop_files, pending_of, save, turn

ANOTHER = N_("These files are imported by another job. Nothing was changed by this one.")


def register_works() -> None:
    """Have the workers know them."""
    register("check", Work(run=read_upload, check=check_may_import, quiet=True))
    register("import", Work(run=import_upload, check=check_may_import))
    register("undo", Work(run=undo, check=check_may_import))
    register("refresh", Work(run=grade, check=check_may_import))


def read_upload(running: Running) -> Mapping[str, Any]:
    """See how the files of an upload are understood, then what importing them would do."""
    pending = pending_of(running.job.person, running.job.about["token"])
    with _stoppable(running):
        look(pending, lambda name: running.progress(name, 0))
        found = check(pending, running.job.person, _rows(running, pending))
    return {"rows": found.counts.get("rows", 0)}


def import_upload(running: Running) -> Mapping[str, Any]:
    """Import an upload; that it is imported stands in the job from the same moment on."""
    person = running.job.person
    pending = pending_of(person, running.job.about["token"])
    if pending.job != str(running.job.pk):
        raise Refused(ANOTHER)
    refused = errors_file(pending)

    def with_it(outcome: Outcome) -> None:
        batch = outcome.batch
        if batch is None:
            raise RuntimeError("an import that is no dry run makes a batch")
        audit_record(
            verb="imported",
            about=f"{pending.kind} {batch.pk}",
            person=person,
            detail={"source": pending.source, "files": pending.names, "counts": outcome.counts},
        )
        running.settle(
            {
                "batch": batch.pk,
                "new": outcome.counts.get("new", 0),
                "changed": outcome.counts.get("changed", 0) + outcome.counts.get("replaced", 0),
                "left_out": list(outcome.left_out),
                "warnings": plain_warnings(outcome),
            }
        )

    try:
        with _stoppable(running):
            order = replace(pending.order(person, dry_run=False, errors_to=refused), with_it=with_it)
            import_files(order=order, progress=_rows(running, pending), translate=gettext)
        if refused.is_file():
            refused.replace(pending.refused)
    finally:
        refused.unlink(missing_ok=True)
    if pending.mapping is not None:
        mapping_used(mapping=pending.mapping, source=pending.source)
    running.job.refresh_from_db()
    settled(pending, running.job.outcome)
    return dict(running.job.outcome)


def settled(pending: Pending, outcome: Mapping[str, Any]) -> Pending:
    """Note at an upload what its job made of it; the files are in the ledger then."""
    with turn(pending) as current:
        told = {name: outcome.get(name, ()) for name in ("left_out", "warnings")}
        current = replace(current, batch=outcome["batch"], told=told)
        save(current)
        drop_files(current)
    return current


def undo(running: Running) -> Mapping[str, Any]:
    batch = running.job.about["batch"]
    with _stoppable(running):
        undo_batch(
            batch=batch,
            by=running.job.person,
            progress=running.progress,
            with_it=lambda: running.settle({"batch": batch}),
        )
    return {"batch": batch}


def grade(running: Running) -> Mapping[str, Any]:
    outcome: dict[str, Any] = {}

    def with_it(published: Refresh) -> None:
        day = published.as_of.isoformat()
        outcome.update(refresh=published.pk, as_of=day)
        audit_record(verb="refreshed", about=day, person=running.job.person, detail={"id": published.pk})
        running.settle(outcome)

    about = running.job.about
    day, months = about.get("as_of"), about.get("months")
    with _stoppable(running):
        refresh(
            as_of=date.fromisoformat(day) if day else None,
            months=months or MONTHS,
            progress=running.progress,
            with_it=with_it,
        )
    return outcome


@contextmanager
def _stoppable(running: Running) -> Iterator[None]:
    with interruptible() as statements:
        running.on_stop(statements.interrupt)
        yield


def _rows(running: Running, pending: Pending) -> Callable[[str, int], None]:
    """Progress in rows of all files together: reading tells those of one file after the other."""
    names, before, last = set(pending.names), 0, ("", 0)

    def progress(step: str, rows: int) -> None:
        nonlocal before, last
        if step in names:
            if step != last[0]:
                before += last[1] if last[0] in names else 0
            last = (step, rows)
            rows += before
        running.progress(step, rows)

    return progress
