"""Taking a batch's lines out, by the same rule of units that brought them in.

What the batch had covered comes back; what a later batch repeated stays, and is that batch's from then on.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from mainstay.core.sql import quoted
from mainstay.ledger.schema import Lines
from mainstay.ledger.units import COVERED_COLUMNS, REPEATS_COLUMNS, copy_to, of_others, part_of


def load_release(
    connection: duckdb.DuckDBPyConnection,
    lines: Lines,
    *,
    batch: int,
    source: str,
    mine: Sequence[str],
    others: Sequence[str],
    repeats: Sequence[str],
    undone: Sequence[int] = (),
) -> list[int]:
    """Work out who holds the batch's units without it; returns the batches that inherit lines, ascending.

    `mine` are the files with lines of the batch, `others` those with lines of its source, `repeats` those with repeats
    of it; all may hold rows of other batches, and of the batches `undone`, which count for nothing. Leaves `leaving`
    (its units), `heirs` (unit, batch that repeated it) and `holders` (every unit of these documents with each batch
    that will hold lines of it).
    """
    _table(connection, "leaving", COVERED_COLUMNS)
    _table(connection, "holders", COVERED_COLUMNS)
    _table(connection, "repeated", REPEATS_COLUMNS)
    unit = f"source, {lines.whole} AS whole, {lines.part} AS part, batch"
    others_count = of_others([batch, *undone])
    if mine:
        connection.execute(
            f"INSERT INTO leaving SELECT DISTINCT {unit} FROM read_parquet($files) WHERE batch = $batch",
            {"files": list(mine), "batch": batch},
        )
    if others:
        connection.execute(
            f"""INSERT INTO holders SELECT DISTINCT {unit} FROM read_parquet($files)
            WHERE {lines.whole} IN (SELECT whole FROM leaving) AND source = $source AND {others_count}""",
            {"files": list(others), "source": source},
        )
    if repeats:
        connection.execute(
            f"""INSERT INTO repeated SELECT source, whole, part, batch FROM read_parquet($files) AS r
            WHERE source = $source AND {others_count}
                AND EXISTS (FROM leaving l WHERE l.whole = r.whole AND l.part IS NOT DISTINCT FROM r.part)""",
            {"files": list(repeats), "source": source},
        )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE heirs AS
        SELECT r.source, r.whole, r.part, min(r.batch) AS batch FROM repeated r
        WHERE r.batch > {int(batch)} AND NOT EXISTS (FROM holders h WHERE h.whole = r.whole
            AND h.batch > {int(batch)} AND h.batch <= r.batch AND {meet("h", "r")})
        GROUP BY ALL"""
    )
    connection.execute("INSERT INTO holders SELECT source, whole, part, batch FROM heirs")
    return [heir for (heir,) in connection.execute("SELECT DISTINCT batch FROM heirs ORDER BY batch").fetchall()]


def write_inheritance(
    connection: duckdb.DuckDBPyConnection, lines: Lines, *, batch: int, mine: Sequence[str], heir: int, to: Path
) -> int:
    """Write the lines that `heir` repeated as lines of its own; returns how many."""
    columns = ", ".join(name for name in lines.columns if name != "batch")
    files = ", ".join(quoted(Path(path)) for path in mine)
    return copy_to(
        connection,
        f"""SELECT {columns}, {int(heir)}::INTEGER AS batch FROM read_parquet([{files}]) AS leaving_lines
        WHERE leaving_lines.batch = {int(batch)} AND EXISTS (FROM heirs WHERE heirs.batch = {int(heir)}
            AND heirs.whole = leaving_lines.{lines.whole}
            AND heirs.part IS NOT DISTINCT FROM {part_of("leaving_lines", lines)})""",
        to,
    )


def write_covered_without(connection: duckdb.DuckDBPyConnection, *, covered: Sequence[str], to: Path) -> int:
    """Write the relation of covered pairs as it is once the batch is out; returns how many there are.

    Of the documents that the batch held, every holder but the latest is covered; of others nothing changes.
    """
    _table(connection, "covered_before", COVERED_COLUMNS)
    if covered:
        connection.execute(
            "INSERT INTO covered_before SELECT source, whole, part, batch FROM read_parquet($files)",
            {"files": list(covered)},
        )
    return copy_to(
        connection,
        f"""SELECT source, whole, part, batch FROM covered_before c
        WHERE NOT EXISTS (FROM leaving l WHERE l.source = c.source AND l.whole = c.whole)
        UNION ALL
        SELECT DISTINCT source, whole, part, batch FROM holders h
        WHERE EXISTS (FROM holders later WHERE later.whole = h.whole AND later.batch > h.batch
            AND {meet("later", "h")})""",
        to,
    )


def meet(one: str, other: str, part: str = "") -> str:
    """Whether two units of one document speak of the same lines: the same part, or one of the document as a whole.

    `part` is that of the other unit where it is no column `part`.
    """
    part = part or f"{other}.part"
    return f"({one}.part IS NOT DISTINCT FROM {part} OR ({one}.part IS NULL) <> ({part} IS NULL))"


def _table(connection: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str]) -> None:
    described = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({described})")
