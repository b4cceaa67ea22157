"""What an import states that the ledger holds already: the rule of units.

A unit holds what the latest live batch that contains it says. Each function works in a DuckDB connection on the
tables `incoming` (file, row and the ledger's columns but `batch`), `existing` (lines of live batches whose document
comes in again) and `covered` (pairs of unit and batch that count no longer).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from mainstay.core.errors import N_, Refused
from mainstay.core.sql import quoted
from mainstay.ledger.schema import COSTS, Lines

COVERED_COLUMNS = {"source": "VARCHAR", "whole": "VARCHAR", "part": "VARCHAR", "batch": "INTEGER"}
REPEATS_COLUMNS = COVERED_COLUMNS

# A reference of a file is trimmed, so that it can never begin with this character.
_ROW_AS_UNIT = """coalesce(reference, chr(31) || concat_ws(chr(31), date, coalesce(account, ''), kind, amount,
    coalesce(upper(currency), ''), coalesce(note, '')))"""


@dataclass(frozen=True)
class Verdicts:
    """How many units and lines came in of each kind. `changed` differ from what the ledger holds.

    `without_account` of the rows name none.
    """

    rows: int
    without_account: int
    new_rows: int
    known_units: int
    known_rows: int
    changed_units: int
    changed_rows: int


def load_incoming(connection: duckdb.DuckDBPyConnection, lines: Lines, staged: str, source: str) -> None:
    """`incoming`: the staged rows as the ledger will keep them."""
    own = {"source": "$source", "unit": _ROW_AS_UNIT, "currency": "upper(currency)"}
    columns = [
        f"CAST({own.get(name, name)} AS {kind}) AS {name}" for name, kind in lines.columns.items() if name != "batch"
    ]
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE source_name AS SELECT $source::VARCHAR AS source", {"source": source}
    )
    select = ", ".join(columns).replace("$source", "(SELECT source FROM source_name)")
    view_staged(connection, staged)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW incoming AS SELECT file, row, {select} FROM staged_rows")


def view_staged(connection: duckdb.DuckDBPyConnection, staged: str) -> None:
    """`staged_rows`: the staged rows as they were read; `staged` is what stands after FROM."""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW staged_rows AS FROM {staged}")


def load_existing(
    connection: duckdb.DuckDBPyConnection,
    lines: Lines,
    files: Sequence[str],
    covered: Sequence[str],
    *,
    undone: Sequence[int] = (),
) -> None:
    """`existing` and `covered`, as far as the documents of `incoming` go, and `held`: what each unit holds now.

    Rows of the batches `undone` are passed over.
    """
    connection.execute(_empty("existing", lines.columns))
    connection.execute(_empty("covered", COVERED_COLUMNS))
    if files:
        names = ", ".join(lines.columns)
        connection.execute(
            f"""INSERT INTO existing SELECT {names} FROM read_parquet($files)
            WHERE source = (SELECT source FROM source_name)
                AND {lines.whole} IN (SELECT DISTINCT {lines.whole} FROM incoming) AND {of_others(undone)}""",
            {"files": list(files)},
        )
    if covered:
        connection.execute(
            f"""INSERT INTO covered SELECT source, whole, part, batch FROM read_parquet($files) AS pair
            WHERE pair.whole IN (SELECT {lines.whole} FROM existing)""",
            {"files": list(covered)},
        )
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE held AS
        SELECT {lines.whole} AS whole, {lines.part} AS part, count(*) AS rows, {_signature(lines)} AS signature
        FROM existing WHERE NOT EXISTS (FROM covered WHERE covered.batch = existing.batch
            AND covered.source = existing.source AND covered.whole = existing.{lines.whole}
            AND covered.part IS NOT DISTINCT FROM {part_of("existing", lines)})
        GROUP BY ALL"""
    )


def check_shared(connection: duckdb.DuckDBPyConnection, lines: Lines, names: Sequence[str]) -> None:
    """Refuse a unit that two files of one import state differently; of equal ones the first file's counts.

    Leaves `doubled`: (file, whole, part) of the equal ones that are not to be counted again.
    """
    connection.execute("CREATE OR REPLACE TEMP TABLE doubled (file SMALLINT, whole VARCHAR, part VARCHAR)")
    if len(names) == 1:
        return
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE shared AS
        SELECT {lines.whole} AS whole, {lines.part} AS part, file, count(*) AS rows, min(row) AS row,
            {_signature(lines)} AS signature
        FROM incoming WHERE {lines.whole} IN (
            SELECT {lines.whole} FROM incoming GROUP BY {lines.whole} HAVING min(file) <> max(file))
        GROUP BY ALL"""
    )
    _refuse_clash(connection, names)
    connection.execute(
        """INSERT INTO doubled SELECT file, whole, part FROM shared
        QUALIFY row_number() OVER (PARTITION BY whole, part ORDER BY file) > 1"""
    )


def _refuse_clash(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    """Refuse the first of `shared` that two files state differently, naming both places."""
    clash = connection.execute(
        """SELECT a.whole, coalesce(a.part, b.part), (a.part IS NULL) <> (b.part IS NULL), a.file, a.row, b.file, b.row
        FROM shared a JOIN shared b ON a.whole = b.whole
        AND a.file < b.file AND ((a.part IS NULL) <> (b.part IS NULL) OR (a.part IS NOT DISTINCT FROM b.part
            AND (a.rows <> b.rows OR a.signature <> b.signature)))
        ORDER BY a.file, a.row, b.file, b.row LIMIT 1"""
    ).fetchone()
    if clash is None:
        return
    whole, part, mixed, first, first_row, second, second_row = clash
    places = {
        "document": named(whole),
        "first": names[first],
        "first_row": first_row,
        "second": names[second],
        "second_row": second_row,
    }
    if mixed:
        raise Refused(
            N_(
                "%(document)s stands in %(first)s (row %(first_row)s) and in %(second)s (row %(second_row)s), in one "
                "of them with line numbers and in the other without. Number the lines in both, or leave the numbers "
                "out of both (--map line=)."
            ),
            **places,
        )
    if part is not None:
        raise Refused(
            N_(
                "Line %(line)s of %(document)s stands in %(first)s (row %(first_row)s) and, with other content, in "
                "%(second)s (row %(second_row)s). Import the files one after the other and say which counts, or mend "
                "them."
            ),
            line=part,
            **places,
        )
    raise Refused(
        N_(
            "%(document)s stands in %(first)s (row %(first_row)s) and, with other lines, in %(second)s "
            "(row %(second_row)s). Import the files one after the other and say which counts, or mend them."
        ),
        **places,
    )


def judge(connection: duckdb.DuckDBPyConnection, lines: Lines) -> Verdicts:
    """Compare what comes in with what is held. Leaves `judged`: (whole, part, rows, verdict) of documents held.

    verdict: known (the same multiset of lines), changed, or new (a line number that the document had not). A document
    stated whole once and by line another time is changed: the two cannot be told apart line by line.
    """
    connection.execute(
        _empty("judged", {"whole": "VARCHAR", "part": "VARCHAR", "rows": "BIGINT", "verdict": "VARCHAR"})
    )
    if _holds(connection, "held"):
        _fill_judged(connection, lines)
    counted_rows = "SELECT count(*), count(*) FILTER (account IS NULL) FROM incoming"
    rows, without_account = connection.execute(counted_rows).fetchone() or (0, 0)
    doubled_units = _number(connection, "SELECT count(*) FROM doubled")
    doubled = 0
    if doubled_units:
        doubled = _number(connection, f"SELECT count(*) FROM incoming WHERE NOT {counted(lines)}")
    totals = {
        verdict: (units, judged)
        for verdict, units, judged in connection.execute(
            "SELECT verdict, count(*), sum(rows)::BIGINT FROM judged GROUP BY verdict"
        ).fetchall()
    }
    known_units, known_rows = totals.get("known", (0, 0))
    changed_units, changed_rows = totals.get("changed", (0, 0))
    return Verdicts(
        rows=rows,
        without_account=without_account,
        new_rows=rows - doubled - known_rows - changed_rows,
        known_units=known_units + doubled_units,
        known_rows=known_rows + doubled,
        changed_units=changed_units,
        changed_rows=changed_rows,
    )


def _fill_judged(connection: duckdb.DuckDBPyConnection, lines: Lines) -> None:
    connection.execute(
        f"""INSERT INTO judged
        WITH stated AS (
            SELECT {lines.whole} AS whole, {lines.part} AS part, count(*) AS rows, {_signature(lines)} AS signature
            FROM incoming WHERE {lines.whole} IN (SELECT whole FROM held) AND {counted(lines)} GROUP BY ALL
        ), grain AS (
            SELECT whole, bool_or(part IS NULL) AS whole_held, bool_or(part IS NOT NULL) AS parts_held
            FROM held GROUP BY whole
        )
        SELECT s.whole, s.part, s.rows, CASE
            WHEN (s.part IS NULL AND parts_held) OR (s.part IS NOT NULL AND whole_held) THEN 'changed'
            WHEN h.rows IS NULL THEN 'new'
            WHEN h.rows = s.rows AND h.signature = s.signature THEN 'known' ELSE 'changed' END AS verdict
        FROM stated s JOIN grain USING (whole)
        LEFT JOIN held h ON h.whole = s.whole AND h.part IS NOT DISTINCT FROM s.part"""
    )


def view_stated(connection: duckdb.DuckDBPyConnection, lines: Lines, *, keep: bool) -> None:
    """`stated_rows`: the staged rows but those that give way to the ledger, where it is to `keep` what it holds."""
    if not keep:
        connection.execute("CREATE OR REPLACE TEMP VIEW stated_rows AS FROM staged_rows")
        return
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE given_way AS SELECT i.file, i.row FROM incoming i JOIN judged j
        ON j.whole = i.{lines.whole} AND j.part IS NOT DISTINCT FROM {part_of("i", lines)} AND j.verdict = 'changed'"""
    )
    connection.execute(
        "CREATE OR REPLACE TEMP VIEW stated_rows AS SELECT s.* FROM staged_rows s ANTI JOIN given_way USING (file, row)"
    )


def write_lines(connection: duckdb.DuckDBPyConnection, lines: Lines, *, batch: int, replace: bool, to: Path) -> int:
    """Write the lines that are new, and the changed ones where they replace; returns how many."""
    view_taken(connection, lines, replace=replace)
    columns = ", ".join(name for name in lines.columns if name != "batch")
    # Lines of the ledger stand in no order, and keeping one takes a third longer; staged rows are numbered by theirs.
    connection.execute("SET preserve_insertion_order = false")
    try:
        return copy_to(connection, f"SELECT {columns}, {int(batch)}::INTEGER AS batch FROM taken_rows", to)
    finally:
        connection.execute("SET preserve_insertion_order = true")


def view_taken(connection: duckdb.DuckDBPyConnection, lines: Lines, *, replace: bool) -> None:
    """`taken_rows`: the rows of `incoming` that are new, and the changed ones where they `replace`."""
    left_out = "('known')" if replace else "('known', 'changed')"
    conditions = [counted(lines)] if _holds(connection, "doubled") else []
    if _holds(connection, "judged"):
        conditions.append(
            f"""NOT EXISTS (FROM judged WHERE verdict IN {left_out} AND judged.whole = incoming.{lines.whole}
            AND judged.part IS NOT DISTINCT FROM {part_of("incoming", lines)})"""
        )
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    connection.execute(f"CREATE OR REPLACE TEMP VIEW taken_rows AS FROM incoming{where}")


def write_kept(connection: duckdb.DuckDBPyConnection, lines: Lines, *, batch: int, to: Path) -> int:
    """Write the changed lines that do not count, since what was there is kept; returns how many."""
    columns = ", ".join(name for name in lines.columns if name != "batch")
    return copy_to(
        connection,
        f"""SELECT {columns}, {int(batch)}::INTEGER AS batch FROM incoming
        WHERE {counted(lines)} AND EXISTS (FROM judged WHERE verdict = 'changed'
            AND judged.whole = incoming.{lines.whole}
            AND judged.part IS NOT DISTINCT FROM {part_of("incoming", lines)})""",
        to,
    )


def write_repeats(connection: duckdb.DuckDBPyConnection, *, batch: int, to: Path) -> int:
    """Write the units that came in as the ledger holds them; returns how many."""
    return copy_to(
        connection,
        f"""SELECT (SELECT source FROM source_name) AS source, whole, part, {int(batch)}::INTEGER AS batch
        FROM judged WHERE verdict = 'known'""",
        to,
    )


def write_covered(connection: duckdb.DuckDBPyConnection, lines: Lines, *, to: Path) -> int:
    """Write the pairs (unit, earlier batch) that the changed units put out of force; returns how many."""
    part = part_of("e", lines)
    return copy_to(
        connection,
        f"""SELECT DISTINCT e.source, e.{lines.whole} AS whole, {part} AS part, e.batch
        FROM existing e JOIN judged j ON j.whole = e.{lines.whole} AND j.verdict = 'changed'
            AND (j.part IS NOT DISTINCT FROM {part} OR (j.part IS NULL) <> ({part} IS NULL))
        WHERE NOT EXISTS (FROM covered c WHERE c.batch = e.batch AND c.source = e.source
            AND c.whole = e.{lines.whole} AND c.part IS NOT DISTINCT FROM {part})""",
        to,
    )


def copy_to(connection: duckdb.DuckDBPyConnection, query: str, to: Path) -> int:
    """Write a query's rows to a Parquet file; none where there are none."""
    rows = _number(
        connection,
        f"""COPY ({query}) TO {quoted(to)}
        (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 1)""",
    )
    if rows == 0:
        to.unlink(missing_ok=True)
    return rows


def held_in(connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> tuple[int, Decimal]:
    """How many lines these files hold, and the sum of their amounts."""
    if not files:
        return 0, Decimal(0)
    query = "SELECT count(*), coalesce(sum(amount), 0) FROM read_parquet($files)"
    rows, amount = connection.execute(query, {"files": list(files)}).fetchone() or (0, Decimal(0))
    return rows, amount


def of_others(batches: Iterable[int]) -> str:
    """The condition that leaves out the rows of these batches."""
    listed = ", ".join(str(int(batch)) for batch in batches)
    return f"batch NOT IN ({listed})" if listed else "true"


def counted(lines: Lines) -> str:
    return f"""NOT EXISTS (FROM doubled WHERE doubled.file = incoming.file AND doubled.whole = incoming.{lines.whole}
        AND doubled.part IS NOT DISTINCT FROM {part_of("incoming", lines)})"""


def part_of(table: str, lines: Lines) -> str:
    """The part of a unit, in rows of `table`."""
    return lines.part if lines is COSTS else f"{table}.{lines.part}"


def _signature(lines: Lines) -> str:
    """Equal for equal multisets of lines, whatever their order."""
    return f"sum(hash({', '.join(lines.content)}))"


def _holds(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether there are any rows: joins with none would be made all the same, and are dear."""
    return bool(connection.execute(f"FROM {table} LIMIT 1").fetchall())


def _empty(name: str, columns: dict[str, str]) -> str:
    return f"CREATE OR REPLACE TEMP TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})"


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def named(whole: str) -> str:
    """A document for a message; a cost row without reference by its content."""
    return " · ".join(part for part in whole.split("\x1f") if part)
