"""Taking an import back whole."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from django.db import transaction

from mainstay.accounts.selectors import aliases_without_account
from mainstay.accounts.services import accounts_remove, accounts_reset, aliases_reset, contacts_reset
from mainstay.core import clock
from mainstay.core.errors import N_, Conflict, NotFound, Refused
from mainstay.ledger import release
from mainstay.ledger.aliases import Returning, returning
from mainstay.ledger.creation import ACCOUNT_FACTS, CHUNK
from mainstay.ledger.engine import duckdb_opened, missing_told
from mainstay.ledger.models import Batch, Content, CreatedAccount, Kind, LedgerFile, Product, State
from mainstay.ledger.orders import check_may_import
from mainstay.ledger.product_files import reset_products, sweep_categories
from mainstay.ledger.rate_files import reset_rates
from mainstay.ledger.schema import LINES, Lines
from mainstay.ledger.selectors import files_holding, live_files, paths_of, undone_in
from mainstay.ledger.units import held_in, of_others
from mainstay.ledger.writer import Progress, Writer, disk_errors, new_file, no_progress, recorded, sync, writing
from mainstay.people.models import User
from mainstay.people.selectors import person_finder
from mainstay.people.services import audit_record

Row = dict[str, Any]


@dataclass
class _Undo:
    """What the transaction of an undo will change."""

    files: list[LedgerFile] = field(default_factory=list)
    heirs: list[Batch] = field(default_factory=list)
    retired: list[int] = field(default_factory=list)
    accounts: dict[str, list[tuple[str, Row]]] = field(default_factory=dict)
    contacts: tuple[list[Row], list[Row]] = ((), ())  # type: ignore[assignment]
    aliases: tuple[set[str], list[Row]] = field(default_factory=lambda: (set(), []))
    returning: Returning = field(default_factory=Returning)
    orphans: list[int] = field(default_factory=list)
    passed_on: dict[int, int] = field(default_factory=dict)
    products: list[str] = field(default_factory=list)
    restated: tuple[list[Row], list[tuple[Batch, Row]]] = ((), ())  # type: ignore[assignment]


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
    with writing(progress) as writer, missing_told(), duckdb_opened() as connection:
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
    mine = files_holding(batch, Content.LINES)
    heirs = release.load_release(
        connection,
        lines,
        batch=batch.pk,
        source=batch.source,
        mine=mine,
        others=live_files(batch.kind, Content.LINES, source=batch.source),
        repeats=live_files(batch.kind, Content.REPEATS, source=batch.source),
        undone=sorted({*undone_in(batch.kind, Content.LINES), *undone_in(batch.kind, Content.REPEATS)}),
    )
    undo.heirs = [Batch.objects.get(pk=heir) for heir in heirs]
    paths = []
    for heir in undo.heirs:
        path = new_file(lines.kind)
        with disk_errors():
            rows = release.write_inheritance(connection, lines, batch=batch.pk, mine=mine, heir=heir.pk, to=path)
        paths.append(path)
        undo.files.append(recorded(lines.kind, Content.LINES, heir, path, rows))
        _add_inheritance(connection, heir, path)
    if mine:
        path = new_file(lines.kind)
        covered = LedgerFile.objects.filter(kind=batch.kind, content=Content.COVERED, retired_at=None).order_by("pk")
        with disk_errors():
            rows = release.write_covered_without(connection, covered=paths_of(covered), to=path)
        undo.retired += list(covered.values_list("pk", flat=True))
        if rows:
            paths.append(path)
            undo.files.append(recorded(lines.kind, Content.COVERED, None, path, rows))
    sync(paths)


def _add_inheritance(connection: duckdb.DuckDBPyConnection, heir: Batch, path: Path) -> None:
    rows, amount = held_in(connection, [str(path)])
    if heir.lines is not None and heir.amount is not None:
        heir.lines += rows
        heir.amount += amount


def _facts(batch: Batch | int) -> list[str]:
    return paths_of(LedgerFile.objects.filter(batch=batch, content=Content.FACTS, retired_at=None).order_by("pk"))


def _restate(connection: duckdb.DuckDBPyConnection, batch: Batch, undo: _Undo) -> None:
    """Gather what the other live batches say of the accounts (contacts) that this one spoke of."""
    own = _facts(batch)
    if not own or (batch.kind in LINES and not ACCOUNT_FACTS.keys() & set(batch.fields)):
        return
    if batch.kind == Kind.CONTACTS:
        concerned = list(_rows(connection, own, "SELECT DISTINCT account, name FROM read_parquet($files)"))
        undo.contacts = (concerned, [row for _other, row in _statements(connection, (Kind.CONTACTS,), batch)])
        return
    if batch.kind in (Kind.PRODUCTS, Kind.RATES):
        concerned = list(_rows(connection, own, "FROM read_parquet($files)"))
        undo.restated = (concerned, list(_statements(connection, (Kind(batch.kind),), batch)))
        return
    if batch.kind == Kind.ALIASES:
        codes = {row["alias"] for row in _rows(connection, own, "SELECT DISTINCT alias FROM read_parquet($files)")}
        stated = _statements(connection, (Kind.ALIASES,), batch)
        undo.aliases = (codes, [row | {"by": other.by, "at": other.live_at} for other, row in stated])
        undo.returning = returning(connection, codes)
        return
    codes = {row["code"] for row in _rows(connection, own, "SELECT DISTINCT code FROM read_parquet($files)")}
    codes -= aliases_without_account()
    undo.accounts = {code: [] for code in codes}
    for other, row in _statements(connection, (Kind.ACCOUNTS, Kind.SALES), batch):
        if row["code"] in codes:
            undo.accounts[row["code"]].append((other.kind, row))


def _statements(
    connection: duckdb.DuckDBPyConnection, kinds: Sequence[Kind], but: Batch
) -> Iterator[tuple[Batch, Row]]:
    """Every row that live batches of these kinds state, oldest batch first, with its batch."""
    live = Batch.objects.filter(state=State.LIVE, kind__in=kinds).select_related("by")
    for other in live.exclude(pk=but.pk).order_by("pk"):
        files = _facts(other)
        if files:
            for row in _rows(connection, files, "FROM read_parquet($files)"):
                yield other, row


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
    for code, other in (*_named_by_lines(connection, batch, column), *_named_by_facts(connection, batch, column)):
        if code in codes:
            named[code] = min(other, named.get(code, other))
    return named


def _named_by_lines(connection: duckdb.DuckDBPyConnection, batch: Batch, column: str) -> Iterator[tuple[str, int]]:
    """Each code that lines of other live batches name, with the earliest of these batches."""
    for kind in LINES if column == "account" else (Kind.SALES,):
        files = live_files(kind, Content.LINES)
        others = of_others([batch.pk, *undone_in(kind, Content.LINES)])
        query = f"SELECT {column}, min(batch) FROM read_parquet($files) WHERE {others} GROUP BY {column}"
        if files:
            cursor = connection.cursor().execute(query, {"files": files})
            while part := cursor.fetchmany(CHUNK):
                yield from part


# The column of a batch's statements that names accounts (products), by the batch's kind.
_NAMING = {
    "account": {
        Kind.ACCOUNTS: "code",
        Kind.CONTACTS: "account",
        Kind.ALIASES: "account",
        Kind.SALES: "code",
        Kind.COSTS: "code",
    },
    "product": {Kind.PRODUCTS: "code"},
}


def _named_by_facts(connection: duckdb.DuckDBPyConnection, batch: Batch, column: str) -> Iterator[tuple[str, int]]:
    naming = _NAMING[column]
    live = Batch.objects.filter(state=State.LIVE, kind__in=naming)
    for other in live.exclude(pk=batch.pk).order_by("pk"):
        if files := _facts(other):
            name = naming[Kind(other.kind)]
            for row in _rows(connection, files, f"SELECT DISTINCT {name} AS code FROM read_parquet($files)"):
                yield row["code"], other.pk


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
        for heir in undo.heirs:
            Batch.objects.filter(pk=heir.pk).update(lines=heir.lines, amount=heir.amount)
        if undo.contacts[0]:
            contacts_reset(of=undo.contacts[0], statements=undo.contacts[1])
        if undo.accounts:
            accounts_reset(statements=undo.accounts, people=people)
        if undo.aliases[0]:
            undo.returning.bring_back(aliases_reset(of=undo.aliases[0], statements=undo.aliases[1]))
        for pk, other in undo.passed_on.items():
            CreatedAccount.objects.filter(account_id=pk).update(batch_id=other)
        if batch.kind == Kind.RATES:
            reset_rates(*undo.restated)
        if batch.kind == Kind.PRODUCTS:
            own, others = undo.restated
            reset_products([row["code"] for row in own], [row for _batch, row in others], batch)
        accounts_remove(ids=undo.orphans)
        CreatedAccount.objects.filter(batch=batch).delete()
        for start in range(0, len(undo.products), 500):
            Product.objects.filter(code__in=undo.products[start : start + 500]).delete()
        sweep_categories(batch)
        audit_record(verb="import undone", about=f"{batch.kind} {batch.pk}", person=by)
        with_it()
