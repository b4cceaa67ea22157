"""Units that come again with other content than the ledger holds: told by example before anything is decided.

Works on what `units.judge` leaves in a DuckDB connection.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from mainstay.core.errors import N_, Conflict
from mainstay.core.money import plain
from mainstay.ledger.schema import Lines
from mainstay.ledger.units import counted, named, part_of

MOST_ACCOUNTS = 3


def conflicts(
    connection: duckdb.DuckDBPyConnection, lines: Lines, names: Sequence[str], *, limit: int
) -> list[dict[str, Any]]:
    """The first `limit` units that differ from what is held, in the order of the files; each a plain mapping that
    JSON can hold.

    document, line ("" where it counts as a whole), file, row; batch: the latest that holds lines of it; fields: the
    names of those that differ, `lines` first where the number of lines does; old and new: lines, amount (text), date
    and last_date (ISO text, "" where equal to date), accounts (the first three).
    """
    _load_first(connection, lines, limit)
    old = _sides(connection, lines, "existing", f"{_meets('c', 'd', lines)} AND {_in_force('d', lines)}")
    new = _sides(
        connection,
        lines,
        "incoming",
        f"c.part IS NOT DISTINCT FROM {part_of('d', lines)} AND {counted(lines).replace('incoming.', 'd.')}",
    )
    found = connection.execute("SELECT n, whole, part, file, row FROM first_conflicts ORDER BY n").fetchall()
    return [
        {
            "document": named(whole),
            "line": part or "",
            "file": names[file],
            "row": row,
            "batch": old[n]["batch"],
            "fields": _differing(old[n], new[n], lines),
            "old": _told(old[n]),
            "new": _told(new[n]),
        }
        for n, whole, part, file, row in found
    ]


def refuse_changed(connection: duckdb.DuckDBPyConnection, lines: Lines, names: Sequence[str], units: int) -> None:
    """Say, with an example, that what comes in contradicts the ledger."""
    (first,) = conflicts(connection, lines, names, limit=1)
    raise Conflict(
        N_(
            "%(units)s units are in the ledger already with other content, first %(document)s (%(file)s, row %(row)s): "
            "batch %(batch)s says %(old)s in all, the file %(new)s. Nothing was imported. Say --on-conflict replace to "
            "take the file's, or --on-conflict keep to leave what is there."
        ),
        units=units,
        document=f"{first['document']} / {first['line']}" if first["line"] else first["document"],
        file=first["file"],
        row=first["row"],
        batch=first["batch"],
        old=first["old"]["amount"],
        new=first["new"]["amount"],
    )


def _load_first(connection: duckdb.DuckDBPyConnection, lines: Lines, limit: int) -> None:
    """`first_conflicts`: n, whole, part, and the file and row where each begins."""
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE first_conflicts AS
        WITH places AS (
            SELECT j.whole, j.part, min((i.file, i.row)) AS place
            FROM incoming i JOIN judged j ON j.whole = i.{lines.whole} AND j.verdict = 'changed'
                AND j.part IS NOT DISTINCT FROM {part_of("i", lines)}
            GROUP BY ALL ORDER BY place LIMIT {int(limit)})
        SELECT row_number() OVER (ORDER BY place) AS n, whole, part, place[1] AS file, place[2] AS row FROM places"""
    )


def _meets(conflict: str, table: str, lines: Lines) -> str:
    part = part_of(table, lines)
    return f"({conflict}.part IS NOT DISTINCT FROM {part} OR ({conflict}.part IS NULL) <> ({part} IS NULL))"


def _in_force(table: str, lines: Lines) -> str:
    return f"""NOT EXISTS (FROM covered v WHERE v.batch = {table}.batch AND v.source = {table}.source
        AND v.whole = {table}.{lines.whole} AND v.part IS NOT DISTINCT FROM {part_of(table, lines)})"""


def _sides(connection: duckdb.DuckDBPyConnection, lines: Lines, table: str, which: str) -> dict[int, dict[str, Any]]:
    """What `table` says of each of `first_conflicts`: how many lines, their sums, and each field's values."""
    batch = "max(d.batch)" if table == "existing" else "NULL"
    values = ", ".join(f"list_sort(list(coalesce(d.{name}::VARCHAR, ''))) AS said_{name}" for name in lines.content)
    cursor = connection.execute(
        f"""SELECT c.n, {batch} AS batch, count(*) AS lines, sum(d.amount) AS amount, min(d.date) AS date,
            max(d.date) AS last_date, {values}
        FROM first_conflicts c JOIN {table} d ON d.{lines.whole} = c.whole AND {which} GROUP BY c.n"""
    )
    names = [column[0] for column in cursor.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def _differing(old: dict[str, Any], new: dict[str, Any], lines: Lines) -> list[str]:
    if old["lines"] == new["lines"]:
        return [name for name in lines.content if old[f"said_{name}"] != new[f"said_{name}"]]
    different = [
        name
        for name in lines.content
        if set(old[f"said_{name}"]) != set(new[f"said_{name}"]) or (name == "amount" and old[name] != new[name])
    ]
    return ["lines", *different]


def _told(side: dict[str, Any]) -> dict[str, Any]:
    amount: Decimal = side["amount"]
    day: date = side["date"]
    last: date = side["last_date"]
    accounts = list(dict.fromkeys(code for code in side["said_account"] if code))
    return {
        "lines": side["lines"],
        "amount": plain(amount),
        "date": day.isoformat(),
        "last_date": "" if last == day else last.isoformat(),
        "accounts": accounts[:MOST_ACCOUNTS],
    }
