"""Online Retail, as it was published and in the forms in which people would hand it in."""

from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from mainstay.ledger.reading import match_columns, recognise, stage
from tests.ledger.reading.reading import write

RETAIL = Path(__file__).parents[2] / "data" / "online_retail.parquet"
ROWS = 541_909


def by_hand() -> dict[str, object]:
    """The figures by plain SQL over the file as it is."""
    query = """
        SELECT sum((Quantity * UnitPrice::DECIMAL(18, 6))::DECIMAL(18, 4)) AS amount, count(CustomerID) AS customers,
               count(DISTINCT InvoiceNo) AS documents, max(InvoiceDate)::DATE AS last
        FROM read_parquet(?)
    """
    with duckdb.connect() as connection:
        found = connection.execute(query, [str(RETAIL)])
        names = [column[0] for column in found.description]
        return dict(zip(names, found.fetchone() or (), strict=True))


def figures(path: Path) -> dict[str, object]:
    source = recognise(path)
    files = [(source, match_columns("sales", source.columns))]
    query = """
        SELECT sum(amount) AS amount, count(account) AS customers, count(DISTINCT document) AS documents,
               max(date) AS last,
               count(DISTINCT row) = count(*) AND min(row) = 2 AND max(row) = count(*) + 1 AS numbered
        FROM """
    with duckdb.connect(config={"memory_limit": "1GB"}) as connection:
        staged = stage(files, "sales", folder=path.parent / "staged", connection=connection)
        assert (staged.row_count, staged.refused_count) == (ROWS, 0)
        found = connection.execute(query + staged.rows)
        names = [column[0] for column in found.description]
        values = dict(zip(names, found.fetchone() or (), strict=True))
    assert values.pop("numbered")
    return values


def test_online_retail_is_read_without_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "retail.parquet").symlink_to(RETAIL)
    assert figures(tmp_path / "retail.parquet") == by_hand()


@pytest.mark.long
def test_online_retail_as_western_csv(tmp_path: Path) -> None:
    """Semicolons, decimal commas, month before day, customers as a spreadsheet writes them, cp1252."""
    with duckdb.connect() as connection:
        connection.execute(
            """
            COPY (SELECT InvoiceNo, StockCode, Description, Quantity,
                         strftime(InvoiceDate, '%m/%d/%Y %H:%M') AS InvoiceDate,
                         replace(UnitPrice::VARCHAR, '.', ',') AS UnitPrice, CustomerID::DOUBLE AS CustomerID,
                         'Österreich' AS Country
                  FROM read_parquet(?)) TO ? (FORMAT csv, DELIMITER ';')
            """,
            [str(RETAIL), str(tmp_path / "utf8.csv")],
        )
    text = (tmp_path / "utf8.csv").read_text(encoding="utf-8")
    assert figures(write(tmp_path / "retail.csv", text, "cp1252")) == by_hand()


@pytest.mark.long
def test_online_retail_as_workbook(tmp_path: Path) -> None:
    path = tmp_path / "retail.xlsx"
    with (
        duckdb.connect() as connection,
        xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book,
    ):
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        found = connection.execute("SELECT * FROM read_parquet(?)", [str(RETAIL)])
        sheet.write_row(0, 0, [column[0] for column in found.description])
        for number, row in enumerate(found.fetchall(), 1):
            for place, value in enumerate(row):
                if place == 4:
                    sheet.write_datetime(number, place, value, day)
                else:
                    sheet.write(number, place, value)
    assert figures(path) == by_hand()
