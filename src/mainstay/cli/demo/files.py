"""The files of the demonstration company with all dates moved forward, ready to import."""

from datetime import date, timedelta
from pathlib import Path

import duckdb

DATA = Path(__file__).parent / "data"
WEEK = 7


def weeks_to(today: date) -> int:
    """How many whole weeks forward bring the last day of the data into the seven days up to `today`."""
    return (today - last_day()).days // WEEK


def last_day() -> date:
    """The last day of the data as it is kept."""
    with duckdb.connect() as connection:
        sales, costs = str(DATA / "sales.parquet"), str(DATA / "costs.csv")
        found = connection.execute(
            "SELECT max(date) FROM (SELECT date FROM read_parquet(?) UNION ALL SELECT date FROM read_csv(?))",
            [sales, costs],
        ).fetchall()
    day: date = found[0][0]
    return day


def moved(weeks: int) -> date:
    """The last day of the data, moved."""
    return last_day() + timedelta(weeks=weeks)


def write_moved(folder: Path, *, weeks: int) -> tuple[Path, Path]:
    """Write sales and costs with their dates moved by `weeks` to `folder`; returns the two paths."""
    sales, costs = folder / "sales.parquet", folder / "costs.csv"
    days = WEEK * weeks
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE sales AS SELECT * REPLACE (date + ?::INTEGER AS date) FROM read_parquet(?)",
            [days, str(DATA / "sales.parquet")],
        )
        connection.table("sales").write_parquet(str(sales))
        connection.execute(
            "CREATE TABLE costs AS SELECT * REPLACE (date + ?::INTEGER AS date) "
            "FROM read_csv(?, types = {'amount': 'DECIMAL(18,4)'})",
            [days, str(DATA / "costs.csv")],
        )
        connection.table("costs").write_csv(str(costs))
    return sales, costs
