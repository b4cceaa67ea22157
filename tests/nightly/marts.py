"""What a refresh published, to be held against another one's."""

import hashlib
from pathlib import Path

import duckdb

from mainstay.grading.marts.files import folder_of
from mainstay.grading.models import Refresh, Standing


def files(done: Refresh) -> dict[str, str]:
    """The hash of each file of marts."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder_of(done).iterdir()}


def rows(path: Path) -> tuple[list[object], list[object]]:
    """The columns of a file with their types, and its rows in their order.

    Not its bytes: DuckDB writes a column as one that has no nulls where it happens to know that.
    """
    with duckdb.connect() as connection:
        found = connection.execute("FROM read_parquet(?)", [str(path)])
        return [column[:2] for column in found.description or ()], list(found.fetchall())


def published(done: Refresh) -> dict[str, object]:
    """Everything that does not name the refresh itself."""
    standings = Standing.objects.filter(refresh=done).order_by("account__code")
    told = [field.name for field in Standing._meta.fields if field.name not in {"id", "refresh", "account"}]
    return {
        "files": {path.name: rows(path) for path in folder_of(done).iterdir()},
        "summary": done.summary,
        "pareto": done.pareto,
        "matrix": done.matrix,
        "standings": list(standings.values_list("account__code", *told)),
    }
