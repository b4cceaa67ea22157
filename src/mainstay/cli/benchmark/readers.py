"""Many people who open one account's sales at the same moment: the product's way and by hand, in one process."""

import importlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

import ibis
from django.db import connections

from mainstay.cli.benchmark import made_up
from mainstay.cli.benchmark.steps import measured, timed
from mainstay.grading.marts.engine import reading
from mainstay.ledger import services
from mainstay.ledger.engine import duckdb_opened
from mainstay.ledger.models import Content
from mainstay.ledger.selectors import live_files, sales_lines

READERS = 50
# What a page shows of an account: its latest lines.
SHOWN = 100
ORDER = ("date", "document", "line")


def read_accounts(accounts: int) -> dict[str, Any]:
    """The latest lines of READERS accounts, the largest among them, each asked for by a reader of its own."""
    return _at_once(_codes(accounts), lines_of)


def lines_of(code: str) -> int:
    """Read the latest lines of an account as its page does; returns how many there were."""
    try:
        kept = importlib.import_module("mainstay.ledger.account_lines")
    except ModuleNotFoundError:
        return _lines_filtered(code)
    return len(kept.account_lines(kept.Wanted([code]), limit=SHOWN).rows)


def _lines_filtered(code: str) -> int:
    with reading() as connection:
        backend = ibis.duckdb.from_connection(connection)
        lines = sales_lines(backend)
        latest = lines.filter(lines.account == code).order_by([lines[name].desc() for name in ORDER]).limit(SHOWN)
        return len(backend.to_pyarrow(latest))


def compact() -> dict[str, Any]:
    """Cluster the ledger by account, as a refresh leaves it; {"missing": …} where that is not known."""
    compact_ledger = getattr(services, "compact_ledger", None)
    if compact_ledger is None:
        return {"missing": "compact_ledger"}
    told, _done = measured(compact_ledger)
    return told


def read_accounts_sql(accounts: int) -> dict[str, Any]:
    """The same by hand, on the same files: one DuckDB, a cursor for each reader."""
    order = ", ".join(f"{name} DESC" for name in ORDER)
    files = live_files("sales", Content.LINES)
    with duckdb_opened() as duck:

        def read(code: str) -> int:
            with duck.cursor() as cursor:
                query = f"FROM read_parquet(?) WHERE account = ? ORDER BY {order} LIMIT {SHOWN}"
                return len(cursor.execute(query, [files, code]).fetchall())

        return _at_once(_codes(accounts), read)


def _codes(accounts: int) -> list[str]:
    """One after the other through all lines in order of accounts: large accounts come as often as they have lines."""
    return [made_up.code_of(place / READERS, accounts) for place in range(READERS)]


def _at_once(codes: list[str], read: Callable[[str], int]) -> dict[str, Any]:
    """`seconds` is how long the last reader waited, `median` the one in the middle."""
    start = threading.Barrier(len(codes))

    def wait_and_read(code: str) -> tuple[float, int]:
        start.wait()
        try:
            return timed(lambda: read(code))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(codes)) as readers:
        told, found = measured(lambda: list(readers.map(wait_and_read, codes)))
    seconds = [taken for taken, _rows in found]
    return told | {"seconds": max(seconds), "median": median(seconds), "rows": sum(rows for _taken, rows in found)}


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    step.__name__: step for step in (compact, read_accounts, read_accounts_sql)
}
