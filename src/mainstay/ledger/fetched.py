"""Small results of an engine as Python values."""

from typing import Any

from ibis.backends import BaseBackend
from ibis.backends.duckdb import Backend as DuckDBBackend
from ibis.expr.types import Table


def rows(backend: BaseBackend, table: Table) -> list[dict[str, Any]]:
    """The rows of a table, by column."""
    if isinstance(backend, DuckDBBackend):
        # Ibis would load pandas first: half a second for a handful of rows.
        backend._run_pre_execute_hooks(table)
        found = backend.raw_sql(backend.compile(table))
        names = [column[0] for column in found.description]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]
    told: list[dict[str, Any]] = backend.to_pyarrow(table).to_pylist()
    return told
