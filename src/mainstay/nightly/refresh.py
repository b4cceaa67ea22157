"""A refresh: every account graded anew from the ledger, and published.

Nothing that readers see changes before the last step. One refresh at a time: the next one waits for its turn and
first sweeps what one that broke off has left.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date

from django.db import DatabaseError
from ibis.expr.types import Table

from mainstay.core.errors import N_, Refused
from mainstay.core.periods import Window
from mainstay.costing import selectors as costing
from mainstay.grading import facts, services
from mainstay.grading.compute import Costing, Sources, graded
from mainstay.grading.marts import company
from mainstay.grading.models import Refresh
from mainstay.grading.scheme import DEFAULT, GradingScheme
from mainstay.grading.selectors import current_refresh
from mainstay.insight.cost_model import Piece
from mainstay.ledger.computing import Engine
from mainstay.ledger.engine import opened, scratch
from mainstay.ledger.schema import LINES
from mainstay.ledger.services import compact_if_due
from mainstay.ledger.writer import Progress, holding_files, no_progress, turn
from mainstay.nightly.effort_taken import effort_taken
from mainstay.nightly.ledger_taken import Ledger, check_unchanged, day_of, in_one_currency, taken
from mainstay.nightly.products_told import Products, products_told

MONTHS = 12
MOST_MONTHS = 120


def refresh(
    *,
    as_of: date | None = None,
    months: int = MONTHS,
    engine: str | None = None,
    progress: Progress = no_progress,
    with_it: Callable[[Refresh], None] | None = None,
) -> Refresh:
    """Grade every account on the facts of the `months` up to and including `as_of`, and publish that.

    `as_of` is the last day with sales that is not after today, unless given. Without one the refresh becomes the
    current one; with one, where its day is not before the current one's. `progress` is told steps and rows. `with_it`
    is called in the transaction that publishes the refresh, and raises where that is not to be. Raises
    Refused where there are no sales, for a day to come, where a rate is missing, and where the engine or the warehouse
    does not answer.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise Refused(N_("The window may have from 1 to %(most)s months."), most=MOST_MONTHS)
    with turn("refresh", N_("waiting for another refresh"), progress), holding_files():
        services.refresh_sweep()
        with opened(engine) as backend:
            progress(N_("reading the ledger"), 0)
            ledger = taken(backend)
            window = Window(day_of(backend, ledger, as_of), months)
            ledger, money = in_one_currency(backend, ledger, window)
            products, pieces = products_told(), costing.pieces_of(window)
            started = services.refresh_open(
                as_of=window.as_of,
                months=months,
                batches=ledger.batches,
                scheme=DEFAULT.to_dict(),
                basis=money | products.basis,
                cost_model=costing.told(pieces),
                origin={"engine": backend.shown, **ledger.state},
            )
            with _failing(started):
                figures = _marts_written(backend, started, ledger, window, products, pieces, progress)
                check_unchanged(backend, ledger)
        with _failing(started):
            published = services.refresh_publish(
                refresh=started,
                figures=figures,
                make_current=_becomes_current(window.as_of, asked=as_of is not None),
                progress=progress,
                with_it=with_it,
            )
    compact_if_due(LINES, cluster=True, progress=progress)
    return published


def _marts_written(
    backend: Engine,
    started: Refresh,
    ledger: Ledger,
    window: Window,
    products: Products,
    pieces: list[Piece] | None,
    progress: Progress,
) -> company.Figures:
    """Compute everything and write the marts; returns the figures of the whole company."""
    scheme = GradingScheme.from_dict(started.scheme)

    def materialise(name: str, table: Table) -> Table:
        progress(N_("computing figures"), 0)
        return backend.create_table(name, table, temp=True)

    with scratch("facts") as folder:
        progress(N_("reading accounts"), 0)
        facts.snapshot(folder / "facts.parquet", as_of=window.as_of, scheme=scheme, merged=ledger.merged)
        accounts = materialise("facts", backend.read_parquet(folder / "facts.parquet"))
    model = None if pieces is None else Costing(pieces, effort_taken())
    sources = Sources(ledger.sales, ledger.costs, accounts, products.marked)
    result = graded(sources, window, scheme, materialise, model)
    mart = materialise("accounts", result.accounts)
    progress(N_("writing marts"), 0)
    company.write_marts(
        backend, started, ledger.sales, accounts, mart, products=products.told, modelled=result.modelled
    )
    return company.figures(
        backend,
        result.summary,
        mart,
        window,
        scheme,
        started.basis["currency"],
        pieces=pieces or (),
        modelled=result.modelled,
    )


def _becomes_current(day: date, *, asked: bool) -> bool:
    current = current_refresh()
    return not asked or current is None or day >= current.as_of


@contextmanager
def _failing(started: Refresh) -> Iterator[None]:
    """Mark the refresh where it breaks off, however."""
    try:
        yield
    except BaseException:
        with suppress(DatabaseError):
            services.refresh_fail(refresh=started)
        raise
