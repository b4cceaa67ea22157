"""Everything that changes refreshes and standings.

A refresh is opened, its marts are written, its standings and the history go in under its own id, and one short
transaction makes it the current one. Whoever reads follows `current`: a crash at any step leaves him on the old one.
"""

import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, F, FilteredRelation, Model, OuterRef, Q

from mainstay.accounts.models import Account
from mainstay.core import clock
from mainstay.core.errors import N_, Conflict
from mainstay.grading.marts import files, publishing
from mainstay.grading.marts.company import Figures
from mainstay.grading.models import CellChange, Refresh, RefreshState, Standing
from mainstay.ledger.writer import Progress, no_progress

# Measured: a million rows in one transaction lock every other writer out for over 20 s.
CHUNK = 5_000
# SQLite's writers poll for the lock: between two transactions each of them needs a moment in which it is free.
PAUSE = 0.02

Row = tuple[Any, ...]


def refresh_open(
    *,
    as_of: date,
    months: int,
    batches: list[int],
    scheme: dict[str, Any],
    basis: dict[str, Any] | None = None,
    cost_model: Sequence[dict[str, Any]] = (),
    origin: dict[str, Any] | None = None,
) -> Refresh:
    """Begin a refresh. `basis`: what beside lines and scheme it is computed with; `cost_model`: the versions it costs
    with, none where the model is off; `origin`: what computes, and on which state of a warehouse.
    """
    with transaction.atomic():
        refresh = Refresh.objects.create(
            as_of=as_of,
            months=months,
            batches=batches,
            scheme=scheme,
            basis=basis or {},
            cost_model=list(cost_model),
            origin=origin or {},
            started_at=clock.now(),
        )
        refresh.folder = f"marts/{refresh.pk}"
        refresh.save(update_fields=["folder"])
    return refresh


def refresh_fail(*, refresh: Refresh) -> None:
    """Mark a refresh that broke off; what it left is swept by the next one."""
    Refresh.objects.filter(pk=refresh.pk).exclude(state=RefreshState.PUBLISHED).update(state=RefreshState.FAILED)


def refresh_sweep() -> None:
    """Take away what refreshes that broke off have left, and standings that are no longer current.

    Only for who holds the turn to refresh. Standings go now and not when they are replaced, so that a page which had
    begun with them can end.
    """
    under_way = Q(state=RefreshState.COMPUTING) | Q(state=RefreshState.PUBLISHING)
    Refresh.objects.filter(under_way).update(state=RefreshState.FAILED)
    _delete(CellChange, of=Q(state=RefreshState.FAILED))
    _delete(Standing, of=Q(current=False))
    files.sweep()


def refresh_publish(
    *,
    refresh: Refresh,
    figures: Figures,
    make_current: bool,
    progress: Progress = no_progress,
    with_it: Callable[[Refresh], None] | None = None,
) -> Refresh:
    """Publish a refresh whose marts are written; `figures` are those of the whole company.

    Where it becomes the current one, every account's standing goes in first, and a change wherever the cell is other
    than in the refresh before. Raises Conflict where another refresh became current meanwhile. `with_it` is called in
    the transaction that publishes, and raises where that is not to be.
    """
    _move(
        refresh,
        RefreshState.COMPUTING,
        state=RefreshState.PUBLISHING,
        summary=figures.summary,
        pareto=figures.pareto,
        matrix=figures.matrix,
        files=files.fingerprints(refresh),
    )
    before = Refresh.objects.filter(current=True).first()
    if make_current:
        _write_standings(refresh, before, progress)
    _switch(refresh, before, make_current=make_current, with_it=with_it)
    refresh.refresh_from_db()
    return refresh


@transaction.atomic
def _switch(
    refresh: Refresh, before: Refresh | None, *, make_current: bool, with_it: Callable[[Refresh], None] | None
) -> None:
    if make_current:
        left = Refresh.objects.filter(current=True, pk=before.pk).update(current=False) if before else 0
        if left != bool(before) or Refresh.objects.filter(current=True).exists():
            raise Conflict(N_("Another refresh became the current one meanwhile. Refresh again."))
    _move(
        refresh,
        RefreshState.PUBLISHING,
        state=RefreshState.PUBLISHED,
        current=make_current,
        published_at=clock.now(),
    )
    if with_it is not None:
        with_it(refresh)


def _move(refresh: Refresh, come_from: RefreshState, **changes: Any) -> None:
    if Refresh.objects.filter(pk=refresh.pk, state=come_from).update(**changes) != 1:
        raise Conflict(N_("This refresh was given up meanwhile. Refresh again."))


def _write_standings(refresh: Refresh, before: Refresh | None, progress: Progress) -> None:
    known = _known_accounts(before)
    written = 0
    for part in publishing.standings(refresh, CHUNK):
        standings: list[Row] = []
        changes: list[Row] = []
        for graded in part:
            account, cell_before = known.get(graded.code, (None, None))
            if account is None:
                continue
            standings.append((refresh.pk, account, graded.cell, *graded.values))
            if graded.cell != cell_before:
                changes.append((refresh.pk, account, graded.cell, cell_before or "", refresh.as_of, graded.reasons))
        _insert(standings, changes)
        written += len(standings)
        progress(N_("publishing standings"), written)


def _known_accounts(before: Refresh | None) -> dict[str, tuple[int, str | None]]:
    """Each account's id, and its cell by the refresh `before`, by its code."""
    accounts = Account.objects.annotate(
        old=FilteredRelation("standings", condition=Q(standings__refresh=before.pk if before else None))
    )
    rows = accounts.values_list("code", "pk", F("old__cell")).iterator(chunk_size=CHUNK)
    return {code: (pk, cell) for code, pk, cell in rows}


def _insert(standings: list[Row], changes: list[Row]) -> None:
    """One transaction. An account that was deleted meanwhile is left out."""
    try:
        _insert_all(standings, changes)
    except IntegrityError:
        alive = set(Account.objects.filter(pk__in=[row[1] for row in standings]).values_list("pk", flat=True))
        _insert_all([row for row in standings if row[1] in alive], [row for row in changes if row[1] in alive])
    time.sleep(PAUSE)


@transaction.atomic
def _insert_all(standings: list[Row], changes: list[Row]) -> None:
    _insert_rows(Standing, ("refresh", "account", "cell", *publishing.FIELDS), standings)
    _insert_rows(CellChange, ("refresh", "account", "after", "before", "as_of", "reasons"), changes)


def _insert_rows(model: type[Model], fields: Sequence[str], rows: list[Row]) -> None:
    """Values as the database holds them: bulk_create would make and convert a model instance of every row."""
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    column_of = {field.name: str(field.column) for field in model._meta.concrete_fields}
    columns = ", ".join(quote(column_of[field]) for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", rows)


def _delete(model: type[Standing] | type[CellChange], of: Q) -> None:
    """Delete what belongs to these refreshes, in transactions of CHUNK rows with pauses for other writers."""
    rows = model._default_manager.filter(refresh=OuterRef("pk"))
    for refresh in Refresh.objects.filter(of).filter(Exists(rows)):
        mine = model._default_manager.filter(refresh=refresh).order_by("pk").values_list("pk", flat=True)
        while ids := list(mine[:CHUNK]):
            model._default_manager.filter(pk__in=ids).delete()
            time.sleep(PAUSE)
