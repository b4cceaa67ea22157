"""The steps of the measurement. Each runs in a process of its own, in a data home that is thrown away afterwards."""

import resource
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from django.conf import settings
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from mainstay.accounts.models import Account
from mainstay.cli.benchmark import made_up, sql
from mainstay.cli.home import make_ready
from mainstay.core.periods import Window
from mainstay.grading import facts, services
from mainstay.grading.compute import Sources, graded
from mainstay.grading.marts import company, files
from mainstay.grading.models import Refresh
from mainstay.grading.scheme import DEFAULT
from mainstay.ledger.engine import duckdb_opened, opened
from mainstay.ledger.models import Content
from mainstay.ledger.selectors import live_batches, live_files
from mainstay.ledger.services import Order, Upload, import_files
from mainstay.nightly.ledger_taken import taken
from mainstay.people.models import User
from mainstay.people.roles import Role
from mainstay.people.services import audit_record

WINDOW = Window(made_up.LAST_DAY)
PEOPLE = 50
PAGE_TIMES = 20
# Who opens what: p0 is a director, who sees most; p1 an account manager. The first account has most of the lines.
PAGES = {
    "account list": ("p0", "/accounts/"),
    "filtered and searched": ("p0", "/accounts/?q=oak&country=Country+0&class=3"),
    "account list, own accounts": ("p1", "/accounts/"),
    "portfolio": ("p0", "/portfolio/"),
    "portfolio, own accounts": ("p1", "/portfolio/"),
    "80:20": ("p0", "/insight/pareto/"),
    "account": ("p0", "/accounts/{largest}/"),
    "sales of an account": ("p0", "/accounts/{largest}/sales/"),
}
LEDGER_FILES = {"lines": "sales", "costs": "costs"}
SALES_TYPES = (
    {"document": "VARCHAR", "line": "VARCHAR", "date": "DATE", "account": "VARCHAR", "product": "VARCHAR"}
    | dict.fromkeys(("quantity", "unit_price"), "DECIMAL(18, 6)")
    | dict.fromkeys(("amount", "cost"), "DECIMAL(18, 4)")
    | {"currency": "VARCHAR"}
)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that the work took, and what it returned."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def measured(work: Callable[[], Any]) -> tuple[dict[str, Any], Any]:
    """Seconds and processor seconds that the work took, and what it returned."""
    before = _processor()
    seconds, result = timed(work)
    return {"seconds": seconds, "cpu": _processor() - before}, result


def _processor() -> float:
    """User and system time of this process and of those it waited for, in seconds."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def make_home() -> None:
    """Make the data home and its people."""
    make_ready()
    roles = [Role.DIRECTOR, *[Role.ACCOUNT_MANAGER] * (PEOPLE - 1)]
    User.objects.bulk_create(
        User(email=f"p{number}@example.com", name=f"Person {number}", role=role) for number, role in enumerate(roles)
    )


def prepare(folder: str, lines: int, accounts: int) -> dict[str, Any]:
    """Make the data home, its people and the files to import."""
    make_home()
    made = made_up.write(Path(folder), lines=lines, accounts=accounts, people=PEOPLE)
    return {"bytes": {path.name: path.stat().st_size for path in vars(made).values()}}


def import_file(kind: str, path: str) -> dict[str, Any]:
    """Import one file as the command does."""
    order = Order(kind=kind, uploads=[Upload(path=Path(path), name=Path(path).name)])
    told, outcome = measured(lambda: import_files(order=order))
    return told | {"rows": outcome.counts["rows"], "new": outcome.counts["new"]}


def import_sql(path: str) -> dict[str, Any]:
    """The same by hand: read with types given, look for repeated lines, gather the accounts, write Parquet."""
    target = f"{path}.ledger"

    def work() -> int:
        with duckdb_opened() as duck:
            if path.endswith(".csv"):
                duck.read_csv(path, columns=SALES_TYPES, header=True).create_view("given")
            else:
                duck.read_parquet(path).create_view("given")
            columns = ", ".join(f"{name}::{kind} AS {name}" for name, kind in SALES_TYPES.items())
            duck.execute(f"CREATE TEMP TABLE incoming AS SELECT 'default' AS source, {columns} FROM given").fetchall()
            repeated = "SELECT document, line FROM incoming GROUP BY ALL HAVING count(*) > 1"
            duck.execute(f"SELECT count(*) FROM ({repeated})").fetchall()
            for name in ("account", "product"):
                duck.execute(f"CREATE TEMP TABLE {name}s AS SELECT DISTINCT {name} FROM incoming").fetchall()
            written = f"COPY (SELECT *, 1 AS batch FROM incoming) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
            rows: int = duck.execute(written).fetchall()[0][0]
            return rows

    told, rows = measured(work)
    Path(target).unlink()
    return told | {"rows": rows}


def snapshot(path: str) -> dict[str, Any]:
    """What the database knows about accounts, for both to grade with."""
    told, rows = measured(lambda: facts.snapshot(Path(path), as_of=WINDOW.as_of, scheme=DEFAULT))
    return told | {"rows": rows}


def compute(facts_file: str, publish: bool = False) -> dict[str, Any]:
    """Insight, grading and the marts' Parquet, as `nightly.refresh` has them; then the standings where asked."""
    started = services.refresh_open(
        as_of=WINDOW.as_of, months=WINDOW.months, batches=live_batches(), scheme=DEFAULT.to_dict()
    )
    told, figures = measured(lambda: _computed(started, facts_file))
    told |= {"bytes": size_of(files.folder_of(started)), "cells": _cells(figures)}
    if publish:
        Path(settings.MAINSTAY_HOME, "publishing").touch()
        told["standings"], _done = timed(
            lambda: services.refresh_publish(refresh=started, figures=figures, make_current=True)
        )
        Path(settings.MAINSTAY_HOME, "publishing").unlink()
        return told
    services.refresh_fail(refresh=started)
    services.refresh_sweep()
    return told


def _computed(started: Refresh, facts_file: str) -> company.Figures:
    with opened() as backend:
        ledger = taken(backend)

        def materialise(name: str, table: Any) -> Any:
            return backend.create_table(name, table, temp=True)

        accounts = materialise("facts", backend.read_parquet(facts_file))
        result = graded(Sources(ledger.sales, ledger.costs, accounts), WINDOW, DEFAULT, materialise)
        mart = materialise("accounts", result.accounts)
        company.write_marts(backend, started, ledger.sales, accounts, mart)
        return company.figures(backend, result.summary, mart, WINDOW, DEFAULT, "EUR")


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())


def _cells(figures: company.Figures) -> dict[str, list[Any]]:
    found = figures.matrix.items()
    return {cell: [told["accounts"], told["sales"], told["profit"]] for cell, told in found if told["accounts"]}


def compute_sql(facts_file: str, to: str) -> dict[str, Any]:
    """The same by hand-written SQL."""
    Path(to).mkdir(exist_ok=True)
    paths = {name: live_files(kind, Content.LINES) for name, kind in LEDGER_FILES.items()}

    def work() -> list[tuple[str, int, object, object]]:
        with duckdb_opened() as duck:
            return sql.compute(duck, **paths, facts=Path(facts_file), window=WINDOW, to=Path(to))

    told, cells = measured(work)
    counted = {cell: [accounts, str(sales), str(profit)] for cell, accounts, sales, profit in cells}
    return told | {"bytes": size_of(Path(to)), "cells": counted}


def write_beside() -> dict[str, Any]:
    """Small transactions of somebody else, one after the other, while standings are written."""
    begin, flag, times = time.monotonic(), Path(settings.MAINSTAY_HOME, "publishing"), []
    while not flag.exists() and time.monotonic() - begin < 3_600:
        time.sleep(0.05)
    while flag.exists():
        seconds, _done = timed(lambda: audit_record(verb="benchmark", about="a transaction of somebody else"))
        times.append(seconds)
        time.sleep(0.05)
    times.sort()
    return {"count": len(times), "p50": _at(times, 0.5), "p95": _at(times, 0.95), "longest": _at(times, 1.0)}


def _at(ordered: list[float], share: float) -> float | None:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None


def pages() -> dict[str, Any]:
    """Server time and queries of pages, after one request that is not counted."""
    largest = Account.objects.get(code="C0000000").pk
    found: dict[str, Any] = {}
    with override_settings(ALLOWED_HOSTS=["*"]):
        for name, (who, address) in PAGES.items():
            found[name] = _page(who, address.format(largest=largest))
    return found


def _page(who: str, address: str) -> dict[str, Any]:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(email=f"{who}@example.com"))
    client.get(address)
    with CaptureQueriesContext(database) as queries:
        status = client.get(address).status_code
        count = len(queries)
    seconds = [timed(lambda: client.get(address))[0] for _ in range(PAGE_TIMES)]
    return {"status": status, "queries": count, "seconds": median(seconds)}


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    step.__name__: step
    for step in (prepare, import_file, import_sql, snapshot, compute, compute_sql, write_beside, pages)
}
