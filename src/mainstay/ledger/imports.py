"""One import, from files to a live batch.

read → stage → (turn to write) → judge units → write files, synced → one database transaction. What comes before that
transaction changes nothing; what breaks off before it leaves files that the next writer sweeps away.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from django.db import transaction

from mainstay.accounts.statements import Outcome as Written
from mainstay.core import clock
from mainstay.core.errors import N_, Conflict, Refused
from mainstay.ledger import foresight, masters, units
from mainstay.ledger.conflicts import conflicts, refuse_changed
from mainstay.ledger.creation import Created, Made, load_created, write_facts
from mainstay.ledger.engine import duckdb_opened, missing_told, scratch, show_progress
from mainstay.ledger.models import Batch, Content, LedgerFile, State
from mainstay.ledger.orders import Order, Outcome, Reading
from mainstay.ledger.reading import (
    Aside,
    describe_refusals,
    match_columns,
    recognise_all,
    set_aside,
    stage,
    write_refusals,
)
from mainstay.ledger.refusals import refuse_broken_units
from mainstay.ledger.schema import LINES, Lines
from mainstay.ledger.selectors import live_files, undone_in
from mainstay.ledger.writer import Progress, Writer, disk_errors, new_file, no_progress, recorded, sync, writing

SHOWN_REFUSALS = 20
SHOWN_CONFLICTS = 5
MEMORY = 1024  # MiB for DuckDB, which spills past it; with Python and buffers an import stays below 1.5 GiB


@dataclass(frozen=True)
class _Work:
    """What one import works with."""

    order: Order
    connection: duckdb.DuckDBPyConnection
    folder: Path
    progress: Progress
    translate: Callable[[str], str]


def run_import(order: Order, *, progress: Progress = no_progress, translate: Callable[[str], str] = str) -> Outcome:
    """Import files as one batch; see `Order`. Raises Refused (Conflict, NotAllowed) with nothing changed.

    `translate` puts the reasons in the file of refused rows into a language.
    """
    order.check()
    with scratch("import") as folder, missing_told(), duckdb_opened() as connection:
        connection.execute("SET memory_limit = ?", [f"{min(MEMORY, settings.MAINSTAY_MEMORY)}MiB"])
        if progress is not no_progress:
            show_progress(connection)
        work = _Work(order, connection, folder, progress, translate)
        reading = _read(work)
        try:
            reading.check_fields(order.by)
            return _import_lines(work, reading) if order.kind in LINES else _import_masters(work, reading)
        finally:
            for file, _match in reading.files:
                file.close()


def _read(work: _Work) -> Reading:
    """Recognise, match and stage the files of an order; rows that cannot be used are put aside."""
    order, files = work.order, []
    for upload in order.uploads:
        sources = recognise_all(
            upload.path,
            name=upload.name,
            hints=order.hints,
            kind=order.kind,
            given=order.mapping,
            scratch=work.folder,
        )
        for file in sources:
            match = match_columns(order.kind, file.columns, given=order.mapping, sample=file.sample)
            files.append((file, match))
    staged = stage(files, order.kind, folder=work.folder, connection=work.connection, progress=work.progress)
    if order.kind in LINES:
        staged = refuse_broken_units(work.connection, LINES[order.kind], files, staged, work.folder)
    return Reading(files=files, staged=staged)


def _settle_refusals(work: _Work, reading: Reading) -> Sequence[Mapping[str, Any]]:
    """Write the refused rows where they are wanted; refuse the whole unless errors are allowed."""
    staged, order = reading.staged, work.order
    if staged.refused_count == 0:
        return ()
    if order.errors_to is not None:
        write_refusals(staged, reading.files, order.errors_to, work.connection, work.translate)
    refusals = describe_refusals(staged, reading.files, work.connection, SHOWN_REFUSALS)
    if order.dry_run or (order.allow_errors and staged.row_count):
        return refusals
    first = refusals[0]
    raise Refused(
        N_(
            "%(count)s of %(rows)s rows cannot be used. First: %(file)s, row %(row)s, column %(column)s: %(why)s "
            "Nothing was imported. Mend the file, or allow errors (--allow-errors) to import the other rows."
        ),
        count=staged.refused_count,
        rows=staged.refused_count + staged.row_count,
        file=first["file"],
        row=first["row"],
        column=first["column"] or "–",
        why=work.translate(first["problem"]) % first["params"],
    )


def _import_lines(work: _Work, reading: Reading) -> Outcome:
    order, connection = work.order, work.connection
    lines, staged = LINES[order.kind], reading.staged
    refusals = _settle_refusals(work, reading)
    units.load_incoming(connection, lines, staged.rows, order.source)
    units.check_shared(connection, lines, reading.names)
    with writing(work.progress) as writer:
        work.progress(N_("comparing with the ledger"), staged.row_count)
        units.load_existing(
            connection,
            lines,
            live_files(order.kind, Content.LINES, source=order.source),
            live_files(order.kind, Content.COVERED),
            undone=undone_in(order.kind, Content.LINES),
        )
        verdicts = units.judge(connection, lines)
        if verdicts.changed_units and order.on_conflict == "fail" and not order.dry_run:
            refuse_changed(connection, lines, reading.names, verdicts.changed_units)
        counts = _counts(verdicts, order, staged.refused_count)
        outcome = Outcome(counts=counts, left_out=reading.left_out, refusals=refusals, warnings=reading.notes)
        units.view_stated(connection, lines, keep=order.on_conflict == "keep")
        created = load_created(connection, order.kind, staged.mapped)
        if order.dry_run:
            made, warnings = created.foreseen()
            return replace(
                outcome,
                counts=counts | made,
                warnings=(*reading.notes, *warnings),
                conflicts=conflicts(connection, lines, reading.names, limit=SHOWN_CONFLICTS)
                if verdicts.changed_units
                else (),
                months=foresight.months(connection, lines, replace=order.on_conflict == "replace"),
            )
        batch = _open_batch(order, reading)
        work.progress(N_("writing"), verdicts.new_rows)
        files = _write_lines(connection, lines, batch, order, verdicts)
        days = connection.execute("SELECT min(date), max(date) FROM incoming").fetchone() or (None, None)
        return _commit(writer, batch, order, files, outcome, lambda: _created(created, batch), days)


def _created(created: Created, batch: Batch) -> Made:
    return created.carry_out(batch)


def _counts(verdicts: units.Verdicts, order: Order, refused: int) -> dict[str, int]:
    replaces = order.on_conflict == "replace"
    told = {"without_account": verdicts.without_account} if verdicts.without_account else {}
    return {
        "rows": verdicts.rows + refused,
        "refused": refused,
        "new": verdicts.new_rows,
        "known": verdicts.known_rows,
        "replaced": verdicts.changed_rows if replaces else 0,
        "kept": 0 if replaces else verdicts.changed_rows,
        "conflicts": verdicts.changed_units,
        **told,
    }


def _import_masters(work: _Work, reading: Reading) -> Outcome:
    order, connection = work.order, work.connection
    with writing(work.progress) as writer:
        reading, rows, planned = _planned(work, reading)
        refusals = _settle_refusals(work, reading)
        staged = reading.staged
        counts = {"rows": staged.row_count + staged.refused_count, "refused": staged.refused_count} | _told(planned)
        outcome = Outcome(counts=counts, left_out=reading.left_out, refusals=refusals, warnings=reading.notes)
        if order.dry_run:
            return replace(outcome, warnings=(*reading.notes, *planned.warnings), changes=planned.changes)
        masters.load_facts(connection, order.kind, staged.mapped, rows)
        batch = _open_batch(order, reading)
        with disk_errors():
            path = new_file(order.kind)
            facts = write_facts(connection, path)
        files = [recorded(order.kind, Content.FACTS, batch, path, facts)] if facts else []
        sync([path] if facts else [])

        def write() -> Made:
            written = masters.write(order.kind, rows, batch)
            if written.refused:
                raise Conflict(N_("Somebody else changed the same things meanwhile. Nothing was changed: try again."))
            return _told(written), written.warnings

        return _commit(writer, batch, order, files, outcome, write, (None, None))


def _told(written: Written) -> dict[str, int]:
    return {"new": written.new, "changed": written.changed, "known": written.equal}


def _planned(work: _Work, reading: Reading) -> tuple[Reading, list[dict[str, Any]], Written]:
    """The rows that can be written, and what that would do; those that contradict the accounts are put aside."""
    kind, staged = work.order.kind, reading.staged
    units.view_staged(work.connection, staged.rows)
    rows = masters.rows_of(work.connection, kind, staged.mapped)
    planned = masters.plan(kind, rows)
    if not planned.refused:
        return reading, rows, planned
    aside = [Aside(rows[r.index]["file"], rows[r.index]["row"], r.field, r.problem, r.value) for r in planned.refused]
    sources = [source for source, _match in reading.files]
    staged = set_aside(staged, sources, aside, folder=work.folder / "refused-by-accounts", connection=work.connection)
    refused = {(row.file, row.row) for row in aside}
    units.view_staged(work.connection, staged.rows)
    return (
        replace(reading, staged=staged),
        [row for row in rows if (row["file"], row["row"]) not in refused],
        planned,
    )


def _open_batch(order: Order, reading: Reading) -> Batch:
    return Batch.objects.create(
        kind=order.kind,
        source=order.source,
        files=reading.names,
        fields=sorted(reading.staged.mapped),
        by=order.by,
        opened_at=clock.now(),
    )


def _write_lines(
    connection: duckdb.DuckDBPyConnection, lines: Lines, batch: Batch, order: Order, verdicts: units.Verdicts
) -> list[LedgerFile]:
    """Write and sync the batch's files; returns the rows of the database that will make them count."""
    replaces = order.on_conflict == "replace"
    steps: list[tuple[Content, Batch | None, Callable[[Path], int]]] = [
        (Content.LINES, batch, lambda to: units.write_lines(connection, lines, batch=batch.pk, replace=replaces, to=to))
    ]
    if verdicts.known_units:
        steps.append((Content.REPEATS, batch, lambda to: units.write_repeats(connection, batch=batch.pk, to=to)))
    if verdicts.changed_units and replaces:
        steps.append((Content.COVERED, None, lambda to: units.write_covered(connection, lines, to=to)))
    if verdicts.changed_units and not replaces:
        steps.append((Content.KEPT, batch, lambda to: units.write_kept(connection, lines, batch=batch.pk, to=to)))
    steps.append((Content.FACTS, batch, lambda to: write_facts(connection, to)))
    files, paths = [], []
    for content, owner, write in steps:
        path = new_file(lines.kind)
        with disk_errors():
            rows = write(path)
        if rows:
            paths.append(path)
            files.append(recorded(lines.kind, content, owner, path, rows))
    sync(paths)
    batch.lines, batch.amount = units.held_in(connection, own_lines(files))
    return files


def own_lines(files: Sequence[LedgerFile]) -> list[str]:
    """Paths of those that hold lines."""
    return [str(settings.MAINSTAY_HOME / file.path) for file in files if file.content == Content.LINES]


def _commit(
    writer: Writer,
    batch: Batch,
    order: Order,
    files: list[LedgerFile],
    outcome: Outcome,
    make: Callable[[], Made],
    days: tuple[Any, ...],
) -> Outcome:
    """The commit point: from the end of this transaction on, and not before, the batch counts."""
    with transaction.atomic():
        writer.advance()
        LedgerFile.objects.bulk_create(files)
        made, warnings = make()
        counts = outcome.counts | made
        live = Batch.objects.filter(pk=batch.pk, state=State.OPEN).update(
            state=State.LIVE,
            counts=counts,
            lines=batch.lines,
            amount=batch.amount,
            first_day=days[0],
            last_day=days[1],
            live_at=clock.now(),
        )
        if live != 1:
            raise Conflict(N_("Somebody else changed the ledger meanwhile. Nothing was changed: try again."))
        done = replace(outcome, batch=batch, counts=counts, warnings=(*outcome.warnings, *warnings))
        order.with_it(done)
    batch.refresh_from_db()
    return done
