"""The steps of the measurement by sizes that the product is compared in. Each runs in a process of its own."""

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings

from mainstay.cli.benchmark import made_up
from mainstay.cli.benchmark.steps import LEDGER_FILES, PEOPLE, SALES_TYPES, WINDOW, make_home, measured, size_of
from mainstay.ledger.engine import duckdb_opened
from mainstay.ledger.models import Content
from mainstay.ledger.selectors import live_files
from mainstay.nightly.refresh import refresh

PARQUET = "(FORMAT parquet, COMPRESSION zstd)"


def prepare_size(folder: str, lines: int, accounts: int, more: int) -> dict[str, Any]:
    """Make the data home, its people and the files to import; sales as CSV only."""
    make_home()
    path = Path(folder)
    made_up.write(path, lines=lines, accounts=accounts, people=PEOPLE, forms=("csv",))
    made_up.write_addition(path / "more.csv", lines=lines, accounts=accounts, more=more)
    return {"bytes": {file.name: file.stat().st_size for file in path.iterdir() if file.is_file()}}


def copy_csv(path: str) -> dict[str, Any]:
    """DuckDB's own copy of the CSV to Parquet, told the type of each column."""
    target = f"{path}.parquet"

    def work() -> int:
        with duckdb_opened() as duck:
            _given(duck, path)
            return _number(duck, f"COPY (FROM given) TO '{target}' {PARQUET}")

    told, rows = measured(work)
    Path(target).unlink()
    return told | {"rows": rows}


def add_sql(path: str) -> dict[str, Any]:
    """By hand: the lines of the CSV that the ledger has not got are written to a file of its own."""
    target, files = f"{path}.parquet", live_files("sales", Content.LINES)

    def work() -> int:
        with duckdb_opened() as duck:
            _given(duck, path)
            duck.read_parquet(files).create_view("ledger")
            duck.execute("CREATE TEMP TABLE incoming AS SELECT 'default' AS source, * FROM given").fetchall()
            fresh = "SELECT *, 2 AS batch FROM incoming ANTI JOIN ledger USING (source, document, line)"
            return _number(duck, f"COPY ({fresh}) TO '{target}' {PARQUET}")

    told, rows = measured(work)
    Path(target).unlink()
    return told | {"new": rows}


def _given(duck: duckdb.DuckDBPyConnection, path: str) -> None:
    duck.read_csv(path, columns=SALES_TYPES, header=True).create_view("given")


def _number(duck: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(duck.execute(query).fetchall()[0][0])


def compute_frames(name: str, facts_file: str, to: str) -> dict[str, Any]:
    """The marts by `name`, pandas or Polars; {"missing": name} where it is not installed."""
    # Read when it is first imported.
    os.environ["POLARS_MAX_THREADS"] = str(settings.MAINSTAY_THREADS)
    try:
        marts = importlib.import_module(f"mainstay.cli.benchmark.{name}_marts")
    except ImportError:
        return {"missing": name}
    Path(to).mkdir(exist_ok=True)
    paths = {part: live_files(kind, Content.LINES) for part, kind in LEDGER_FILES.items()}
    told, cells = measured(lambda: marts.compute(**paths, facts=Path(facts_file), window=WINDOW, to=Path(to)))
    counted = {cell: [accounts, f"{sales:.2f}", f"{profit:.2f}"] for cell, accounts, sales, profit in cells}
    return told | {"bytes": size_of(Path(to)), "cells": counted}


def refresh_whole() -> dict[str, Any]:
    """A refresh as the command does it: facts, figures, marts, standings and changes."""
    told, done = measured(lambda: refresh(as_of=WINDOW.as_of))
    return told | {"accounts": done.summary["accounts"], "lines": done.summary["lines"]}


STEPS: dict[str, Callable[..., dict[str, Any]]] = {
    step.__name__: step for step in (prepare_size, copy_csv, add_sql, compute_frames, refresh_whole)
}
