"""What a dry run tells beside its counts: what would come in by month."""

import duckdb

from mainstay.ledger.orders import MonthSum
from mainstay.ledger.schema import Lines
from mainstay.ledger.units import view_taken


def months(connection: duckdb.DuckDBPyConnection, lines: Lines, *, replace: bool) -> list[MonthSum]:
    """The lines that would be written, by month and currency, the latest month first."""
    view_taken(connection, lines, replace=replace)
    found = connection.execute(
        """SELECT date_trunc('month', date)::DATE AS month, coalesce(currency, '') AS currency, count(*), sum(amount)
        FROM taken_rows GROUP BY ALL ORDER BY month DESC, currency"""
    ).fetchall()
    return [MonthSum(*row) for row in found]
