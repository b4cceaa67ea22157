"""Taking an import back whole."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from django.db import transaction

from mainstay.accounts.services import accounts_remove, accounts_reset, contacts_reset
from mainstay.core import clock
from mainstay.core.errors import N_, Conflict, NotFound, Refused
from mainstay.ledger import release
from mainstay.ledger.creation import ACCOUNT_FACTS, CHUNK
from mainstay.ledger.engine import duckdb_opened
from mainstay.ledger.models import Batch, Content, CreatedAccount, Kind, LedgerFile, Product, State
from mainstay.ledger.orders import check_may_import
from mainstay.ledger.schema import LINES, Lines
from mainstay.ledger.writer import Progress, Writer, disk_errors, new_file, no_progress, relative, sync, writing
from mainstay.people.models import User
from mainstay.people.selectors import person_finder
from mainstay.people.services import audit_record

Row = dict[str, Any]


@dataclass
class _Undo:
    """What the transaction of an undo will change."""

    files: list[LedgerFile] = field(default_factory=list)
    retired: list[int] = field(default_factory=list)
    accounts: dict[str, list[tuple[str, Row]]] = field(default_factory=dict)
    contacts: tuple[list[Row], list[Row]] = ((), ())  # type: ignore[assignment]
    orphans: list[int] = field(default_factory=list)
    passed_on: dict[int, int] = field(default_factory=dict)
    products: list[str] = field(default_factory=list)


def nothing_more() -> None:
    """Nothing is to be done with an undo beside it."""


def run_undo(
    *,
    batch: int,
    by: User | None = None,
    progress: Progress = no_progress,
    with_it: Callable[[], None] = nothing_more,
) -> Batch:
    """Take a batch out: what it covered comes back, what later batches repeated stays.

    `with_it` is called in the transaction that does so, and raises where that is not to be.
    Raises NotFound, Refused where it is undone already, Conflict where the ledger changed meanwhile.
    """
    check_may_import(by)
    with writing(progress) as writer, duckdb_opened() as connection:
        found = _live(batch)
        progress(N_("finding what it brought"), 0)
        undo = _Undo()
        if found.kind in LINES:
            _release_lines(connection, LINES[found.kind], found, undo)
        own = found.ledger_files.filter(retired_at=None)
        undo.retired += list(own.values_list("pk", flat=True))
        _restate(connection, found, undo)
        _find_orphans(connection, found, undo)
        progress(N_("taking it back"), 0)
        _commit(writer, found, undo, by, with_it)
    found.refresh_from_db()
    return found


def _live(pk: int) -> Batch:
    found = Batch.objects.exclude(state=State.OPEN).filter(pk=pk).first()
    if found is None:
        raise NotFound(N_("There is no batch %(batch)s. `mainstay batches` lists them."), batch=pk)
    if found.state == State.UNDONE:
        raise Refused(N_("Batch %(batch)s is undone already."), batch=pk)
    return found


def _release_lines(connection: duckdb.DuckDBPyConnection, lines: Lines, batch: Batch, undo: _Undo) -> None:
    live = LedgerFile.objects.filter(kind=batch.kind, retired_at=None)
    mine = _paths(live.filter(batch=batch, content=Content.LINES))
    same_source = live.filter(batch__source=batch.source).exclude(batch=batch)
    covered = live.filter(content=Content.COVERED)
    heirs = release.load_release(
        connection,
        lines,
        batch=batch.pk,
        mine=mine,
        others=_paths(same_source.filter(content=Content.LINES)),
        repeats=_paths(same_source.filter(content=Content.REPEATS, batch__gt=batch.pk)),
    )
    owners = Batch.objects.in_bulk(heirs)
    paths = []
    for heir in heirs:
        path = new_file(lines.kind)
        with disk_errors():
            rows = release.write_inheritance(connection, lines, mine=mine, heir=heir, to=path)
        paths.append(path)
        undo.files.append(_file(lines.kind, Content.LINES, path, rows, owners[heir]))
    if mine:
        path = new_file(lines.kind)
        with disk_errors():
            rows = release.write_covered_without(connection, covered=_paths(covered), to=path)
        undo.retired += list(covered.values_list("pk", flat=True))
        if rows:
            paths.append(path)
            undo.files.append(_file(lines.kind, Content.COVERED, path, rows, None))
    sync(paths)


def _file(kind: str, content: Content, path: Path, rows: int, batch: Batch | None) -> LedgerFile:
    return LedgerFile(kind=kind, content=content, batch=batch, path=relative(path), rows=rows)


def _paths(files: Any) -> list[str]:
    return [str(settings.MAINSTAY_HOME / path) for path in files.order_by("pk").values_list("path", flat=True)]


def _facts(batch: Batch | int) -> list[str]:
    return _paths(LedgerFile.objects.filter(batch=batch, content=Content.FACTS, retired_at=None))


def _restate(connection: duckdb.DuckDBPyConnection, batch: Batch, undo: _Undo) -> None:
    """Gather what the other live batches say of the accounts (contacts) that this one spoke of."""
    own = _facts(batch)
    if not own or (batch.kind in LINES and not ACCOUNT_FACTS.keys() & set(batch.fields)):
        return
    if batch.kind == Kind.CONTACTS:
        concerned = list(_rows(connection, own, "SELECT DISTINCT account, name FROM read_parquet($files)"))
        undo.contacts = (concerned, [row for _kind, row in _statements(connection, (Kind.CONTACTS,), batch)])
        return
    codes = {row["code"] for row in _rows(connection, own, "SELECT DISTINCT code FROM read_parquet($files)")}
    undo.accounts = {code: [] for code in codes}
    for kind, row in _statements(connection, (Kind.ACCOUNTS, Kind.SALES), batch):
        if row["code"] in codes:
            undo.accounts[row["code"]].append((kind, row))


def _statements(connection: duckdb.DuckDBPyConnection, kinds: Sequence[Kind], but: Batch) -> Iterator[tuple[str, Row]]:
    """Every row that live batches of these kinds state, oldest batch first, with its kind."""
    for other in Batch.objects.filter(state=State.LIVE, kind__in=kinds).exclude(pk=but.pk).order_by("pk"):
        files = _facts(other)
        if files:
            for row in _rows(connection, files, "FROM read_parquet($files)"):
                yield other.kind, row


def _rows(connection: duckdb.DuckDBPyConnection, files: Sequence[str], query: str) -> Iterator[Row]:
    cursor = connection.cursor().execute(query, {"files": list(files)})
    names = [column[0] for column in cursor.description or ()]
    while part := cursor.fetchmany(CHUNK):
        for row in part:
            yield dict(zip(names, row, strict=True))


def _find_orphans(connection: duckdb.DuckDBPyConnection, batch: Batch, undo: _Undo) -> None:
    """Which accounts and products that this batch made no other live batch names; others pass to one that does."""
    made = dict(CreatedAccount.objects.filter(batch=batch).values_list("account__code", "account_id"))
    named = _named_elsewhere(connection, batch, set(made), "account")
    undo.orphans = [pk for code, pk in made.items() if code not in named]
    undo.passed_on = {pk: named[code] for code, pk in made.items() if code in named}
    products = set(Product.objects.filter(batch=batch).values_list("code", flat=True))
    undo.products = sorted(products - _named_elsewhere(connection, batch, products, "product").keys())


def _named_elsewhere(
    connection: duckdb.DuckDBPyConnection, batch: Batch, codes: set[str], column: str
) -> Mapping[str, int]:
    """Of these codes those that other live batches name, with the earliest of these batches."""
    if not codes:
        return {}
    named: dict[str, int] = {}
    live = Batch.objects.filter(state=State.LIVE).exclude(pk=batch.pk).order_by("pk")
    for other in live:
        for files, name in _naming(other, column):
            for row in _rows(connection, files, f"SELECT DISTINCT {name} AS code FROM read_parquet($files)"):
                if row["code"] in codes:
                    named.setdefault(row["code"], other.pk)
    return named


def _naming(batch: Batch, column: str) -> list[tuple[list[str], str]]:
    """The files of a batch that name accounts (products), each with the column that does."""
    lines = _paths(LedgerFile.objects.filter(batch=batch, content=Content.LINES, retired_at=None))
    if column == "product":
        return [(lines, "product")] if lines and batch.kind == Kind.SALES else []
    facts = _facts(batch)
    heading = "account" if batch.kind == Kind.CONTACTS else "code"
    return [(files, name) for files, name in ((lines, "account"), (facts, heading)) if files]


def _commit(writer: Writer, batch: Batch, undo: _Undo, by: User | None, with_it: Callable[[], None]) -> None:
    people = person_finder()
    with transaction.atomic():
        writer.advance()
        undone = Batch.objects.filter(pk=batch.pk, state=State.LIVE).update(
            state=State.UNDONE, undone_at=clock.now(), undone_by=by
        )
        if undone != 1:
            raise Conflict(N_("Somebody else changed the ledger meanwhile. Nothing was changed: try again."))
        LedgerFile.objects.filter(pk__in=undo.retired).update(retired_at=clock.now())
        LedgerFile.objects.bulk_create(undo.files)
        if undo.contacts[0]:
            contacts_reset(of=undo.contacts[0], statements=undo.contacts[1])
        if undo.accounts:
            accounts_reset(statements=undo.accounts, people=people)
        for pk, heir in undo.passed_on.items():
            CreatedAccount.objects.filter(account_id=pk).update(batch_id=heir)
        accounts_remove(ids=undo.orphans)
        CreatedAccount.objects.filter(batch=batch).delete()
        for start in range(0, len(undo.products), 500):
            Product.objects.filter(code__in=undo.products[start : start + 500]).delete()
        audit_record(verb="import undone", about=f"{batch.kind} {batch.pk}", person=by)
        with_it()
