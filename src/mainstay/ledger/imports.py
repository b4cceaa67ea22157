"""One import, from files to a live batch.

read → stage → (turn to write) → judge units → write files, synced → one database transaction. What comes before that
transaction changes nothing; what breaks off before it leaves files that the next writer sweeps away.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
from django.db import transaction

from mainstay.core import clock
from mainstay.core.errors import N_, Conflict, Refused
from mainstay.ledger import units
from mainstay.ledger.creation import Created, load_created, write_facts
from mainstay.ledger.engine import duckdb_opened, scratch
from mainstay.ledger.masters import import_masters
from mainstay.ledger.models import Batch, Content, LedgerFile, State
from mainstay.ledger.reading import Hints, Match, SourceFile, Staged, match_columns, recognise, stage
from mainstay.ledger.refusals import Refusal, first_refusals, refuse_broken_units, write_refusals_file
from mainstay.ledger.schema import LINES, Lines
from mainstay.ledger.selectors import live_files
from mainstay.ledger.writer import Progress, Writer, new_file, no_progress, relative, sync, writing
from mainstay.people.models import User

ON_CONFLICT = ("fail", "replace", "keep")


@dataclass(frozen=True)
class Upload:
    """A file to import, and what its user calls it."""

    path: Path
    name: str


@dataclass(frozen=True)
class Order:
    """What is to be imported, and how. `mapping` is field → column heading."""

    kind: str
    uploads: Sequence[Upload]
    source: str = "default"
    mapping: Mapping[str, str] = field(default_factory=dict)
    hints: Hints = field(default_factory=Hints)
    on_conflict: str = "fail"
    dry_run: bool = False
    allow_errors: bool = False
    errors_to: Path | None = None
    by: User | None = None


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do on a dry run (`batch` is then None).

    `counts`: rows, refused, new, known, replaced, kept (lines; rows of accounts and contacts: new, changed, known),
    accounts and products (made). `warnings` are (msgid, params).
    """

    batch: Batch | None
    counts: dict[str, int]
    left_out: tuple[str, ...]
    refusals: Sequence[Refusal]
    warnings: Sequence[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Reading:
    """The files of an order, recognised, matched and staged."""

    files: Sequence[tuple[SourceFile, Match]]
    staged: Staged

    @property
    def names(self) -> list[str]:
        return [file.name for file, _match in self.files]

    @property
    def left_out(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(column for _file, match in self.files for column in match.left_out))


def import_files(order: Order, *, progress: Progress = no_progress) -> Outcome:
    """Import files as one batch; see `Order`. Raises Refused (Conflict) with nothing changed."""
    check_order(order)
    with scratch("import") as folder, duckdb_opened() as connection:
        reading = read(order, folder, connection, progress)
        outcome = Outcome(
            batch=None,
            counts={"rows": reading.staged.row_count + reading.staged.refused_count},
            left_out=reading.left_out,
            refusals=(),
            warnings=(),
        )
        if order.kind not in LINES:
            return import_masters(order, reading, outcome, connection, progress)
        return _import_lines(order, reading, outcome, connection, progress)


def check_order(order: Order) -> None:
    """Refuse what could not be carried out whatever the files hold."""
    if not order.uploads:
        raise Refused(N_("There is no file to import."))
    if order.on_conflict not in ON_CONFLICT:
        raise Refused(N_("On a conflict: %(choices)s."), choices=", ".join(ON_CONFLICT))
    if not order.source.strip():
        raise Refused(N_("The source needs a name."))


def read(order: Order, folder: Path, connection: duckdb.DuckDBPyConnection, progress: Progress) -> Reading:
    """Recognise, match and stage the files of an order; rows that cannot be used are put aside."""
    files = []
    for upload in order.uploads:
        file = recognise(upload.path, name=upload.name, hints=order.hints, kind=order.kind, given=order.mapping)
        files.append((file, match_columns(order.kind, file.columns, given=order.mapping)))
    staged = stage(files, order.kind, folder=folder, connection=connection, progress=progress)
    reading = Reading(files=files, staged=staged)
    if order.kind in LINES:
        reading = replace(reading, staged=refuse_broken_units(connection, LINES[order.kind], reading.files, staged))
    return reading


def settle_refusals(order: Order, reading: Reading, connection: duckdb.DuckDBPyConnection) -> Sequence[Refusal]:
    """Write the refused rows where they are wanted; refuse the whole unless errors are allowed."""
    staged = reading.staged
    if staged.refused_count == 0:
        return ()
    if order.errors_to is not None:
        write_refusals_file(connection, reading.files, staged, order.errors_to)
    refusals = first_refusals(connection, reading.files, staged, 20)
    if not order.allow_errors and not order.dry_run:
        first = refusals[0]
        raise Refused(
            N_(
                "%(count)s of %(rows)s rows cannot be used, first %(file)s, row %(row)s, column %(column)s: %(why)s "
                "Nothing was imported: mend the file, or say --allow-errors to import the other rows."
            ),
            count=staged.refused_count,
            rows=staged.refused_count + staged.row_count,
            file=first.file,
            row=first.row,
            column=first.column,
            why=first.why,
        )
    return refusals


def _import_lines(
    order: Order, reading: Reading, outcome: Outcome, connection: duckdb.DuckDBPyConnection, progress: Progress
) -> Outcome:
    lines = LINES[order.kind]
    refusals = settle_refusals(order, reading, connection)
    units.load_incoming(connection, lines, reading.staged.rows, order.source)
    units.check_shared(connection, lines, reading.names)
    with writing(progress) as writer:
        progress("comparing with the ledger", reading.staged.row_count)
        units.load_existing(
            connection,
            lines,
            live_files(order.kind, Content.LINES, source=order.source),
            live_files(order.kind, Content.COVERED),
        )
        verdicts = units.judge(connection, lines)
        if verdicts.changed_units and order.on_conflict == "fail":
            units.refuse_changed(connection, lines, reading.names, verdicts.changed_units)
        counts = outcome.counts | _counts(verdicts, order) | {"refused": reading.staged.refused_count}
        outcome = replace(outcome, counts=counts, refusals=refusals)
        created = load_created(connection, order.kind, reading.staged.mapped)
        if order.dry_run:
            return replace(outcome, counts=counts | created.foreseen())
        batch = Batch.objects.create(
            kind=order.kind,
            source=order.source,
            files=reading.names,
            fields=sorted(reading.staged.mapped),
            by=order.by,
            opened_at=clock.now(),
        )
        progress("writing", verdicts.new_rows)
        files = _write(connection, lines, batch, order, verdicts)
        return _commit(writer, batch, files, outcome, created, connection)


def _counts(verdicts: units.Verdicts, order: Order) -> dict[str, int]:
    replaces = order.on_conflict == "replace"
    return {
        "new": verdicts.new_rows,
        "known": verdicts.known_rows,
        "replaced": verdicts.changed_rows if replaces else 0,
        "kept": 0 if replaces else verdicts.changed_rows,
        "conflicts": verdicts.changed_units,
    }


def _write(
    connection: duckdb.DuckDBPyConnection, lines: Lines, batch: Batch, order: Order, verdicts: units.Verdicts
) -> list[LedgerFile]:
    """Write and sync the batch's files; returns the rows of the database that will make them count."""
    replaces = order.on_conflict == "replace"
    files: list[LedgerFile] = []

    def add(content: Content, path: Path, rows: int, owner: Batch | None) -> None:
        if rows:
            files.append(LedgerFile(kind=lines.kind, content=content, batch=owner, path=relative(path), rows=rows))

    try:
        path = new_file(lines.kind)
        add(Content.LINES, path, units.write_lines(connection, lines, batch=batch.pk, replace=replaces, to=path), batch)
        if verdicts.known_units:
            path = new_file(lines.kind)
            add(Content.REPEATS, path, units.write_repeats(connection, batch=batch.pk, to=path), batch)
        if verdicts.changed_units and replaces:
            path = new_file(lines.kind)
            add(Content.COVERED, path, units.write_covered(connection, lines, to=path), None)
        path = new_file(lines.kind)
        add(Content.FACTS, path, write_facts(connection, path), batch)
    except (duckdb.IOException, OSError) as error:
        raise Refused(
            N_("The ledger could not be written (%(why)s). Nothing was changed: make room and try again."),
            why=str(error).splitlines()[0],
        ) from error
    sync([new_file(lines.kind).parent / Path(file.path).name for file in files])
    return files


def _commit(
    writer: Writer,
    batch: Batch,
    files: list[LedgerFile],
    outcome: Outcome,
    created: Created,
    connection: duckdb.DuckDBPyConnection,
) -> Outcome:
    """The commit point: from the end of this transaction on, and not before, the batch counts."""
    first_day, last_day = connection.execute("SELECT min(date), max(date) FROM incoming").fetchone() or (None, None)
    with transaction.atomic():
        writer.advance()
        LedgerFile.objects.bulk_create(files)
        made, warnings = created.carry_out(batch)
        counts = outcome.counts | made
        live = Batch.objects.filter(pk=batch.pk, state=State.OPEN).update(
            state=State.LIVE, counts=counts, first_day=first_day, last_day=last_day, live_at=clock.now()
        )
        if live != 1:
            raise Conflict(N_("Somebody else changed the ledger meanwhile. Nothing was changed: try again."))
    batch.refresh_from_db()
    return replace(outcome, batch=batch, counts=counts, warnings=warnings)
