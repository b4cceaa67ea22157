"""What a dry run tells beside its counts: what would come in by month, and what differs from the ledger, by example."""

from collections.abc import Sequence

import duckdb

from mainstay.ledger.orders import Difference, MonthSum
from mainstay.ledger.schema import Lines
from mainstay.ledger.units import named, part_of, view_taken

SHOWN = 5


def months(connection: duckdb.DuckDBPyConnection, lines: Lines, *, replace: bool) -> list[MonthSum]:
    """The lines that would be written, by month and currency, the latest month first."""
    view_taken(connection, lines, replace=replace)
    found = connection.execute(
        """SELECT date_trunc('month', date)::DATE AS month, coalesce(currency, '') AS currency, count(*), sum(amount)
        FROM taken_rows GROUP BY ALL ORDER BY month DESC, currency"""
    ).fetchall()
    return [MonthSum(*row) for row in found]


def differences(
    connection: duckdb.DuckDBPyConnection, lines: Lines, names: Sequence[str], limit: int = SHOWN
) -> list[Difference]:
    """The first units, in the order of the files, that the ledger holds with other content."""
    found = connection.execute(
        f"""WITH first AS (
            SELECT j.whole, j.part, min((i.file, i.row)) AS place, count(*) AS rows, sum(i.amount) AS amount
            FROM incoming i JOIN judged j ON j.whole = i.{lines.whole}
                AND j.part IS NOT DISTINCT FROM {part_of("i", lines)} AND j.verdict = 'changed'
            GROUP BY j.whole, j.part ORDER BY place LIMIT {int(limit)}
        ), now AS (
            SELECT * FROM existing WHERE NOT EXISTS (FROM covered WHERE covered.batch = existing.batch
                AND covered.source = existing.source AND covered.whole = existing.{lines.whole}
                AND covered.part IS NOT DISTINCT FROM {part_of("existing", lines)}))
        SELECT f.whole, f.part, f.place[1], f.place[2], max(e.batch), count(e.batch), sum(e.amount), f.rows, f.amount
        FROM first f JOIN now e ON e.{lines.whole} = f.whole AND (f.part IS NOT DISTINCT FROM {part_of("e", lines)}
            OR (f.part IS NULL) <> ({part_of("e", lines)} IS NULL))
        GROUP BY f.whole, f.part, f.place, f.rows, f.amount ORDER BY f.place"""
    ).fetchall()
    return [
        Difference(
            unit=f"{named(whole)} / {part}" if part else named(whole),
            file=names[file],
            row=row,
            batch=batch,
            old_lines=old_lines,
            old_amount=old_amount,
            new_lines=new_lines,
            new_amount=new_amount,
        )
        for whole, part, file, row, batch, old_lines, old_amount, new_lines, new_amount in found
    ]
