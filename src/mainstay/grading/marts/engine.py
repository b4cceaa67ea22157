"""DuckDB over the marts: for pages in turns, so that many readers at once do not exhaust the memory."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from mainstay.core.errors import N_, Refused
from mainstay.ledger import reader
from mainstay.ledger.reader import computing

__all__ = ["computing", "reading"]


@contextmanager
def reading() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in turn. Raises Refused where a mart is missing or is not what was written."""
    try:
        with reader.reading() as connection:
            yield connection
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.BinderException) as error:
        raise Refused(
            N_("The figures cannot be read: a file of them is missing or damaged. Refresh again (`mainstay refresh`).")
        ) from error
