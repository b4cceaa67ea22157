"""Small results of an engine as Python values."""

from typing import Any

from ibis.backends import BaseBackend
from ibis.expr.types import Table


def rows(backend: BaseBackend, table: Table) -> list[dict[str, Any]]:
    """The rows of a table, by column.

    In batches of Arrow, since Ibis loads pandas for its other ways: half a second for a handful of rows.
    """
    found: list[dict[str, Any]] = backend.to_pyarrow_batches(table).read_all().to_pylist()
    return found
