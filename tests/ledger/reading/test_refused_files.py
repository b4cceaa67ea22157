"""Refused rows come back as files like those that came in, and are read again."""

import csv
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import xlsxwriter
from python_calamine import load_workbook

from mainstay.ledger.reading import form_of_refusals, write_refusals
from tests.ledger.reading.reading import Read, read, sales_file, write


def put(found: Read, to: Path) -> Path:
    with duckdb.connect() as connection:
        assert write_refusals(found.staged, found.files, to, connection) == found.staged.refused_count
    return to


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "gb18030"])
@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_a_csv_keeps_encoding_separator_and_heading(tmp_path: Path, encoding: str, separator: str) -> None:
    name = "数量说明，单据的备注" if encoding == "gb18030" else "Größe €"
    heading = separator.join(["document", name, "date", "amount"])
    rows = [separator.join(["1", name, "2024-01-05", "1.234,50"]), separator.join(["2", name, "soon", "7,25"])]
    found = read(write(tmp_path / "a.csv", "\n".join([heading, *rows]) + "\n", encoding))
    path = put(found, tmp_path / "refused")
    assert form_of_refusals(path) == "csv"
    table = list(csv.reader(path.read_text(encoding).splitlines(), delimiter=separator))
    assert table[0] == ["document", name, "date", "amount", "reason"]
    assert table[1][:4] == ["2", name, "soon", "7,25"]
    mended = path.read_bytes().decode(encoding).replace("soon", "2024-01-06", 1).removeprefix("\ufeff")
    again = read(write(tmp_path / "again.csv", mended, encoding))
    assert [(row["document"], row["date"], row["amount"]) for row in again.rows] == [
        ("2", date(2024, 1, 6), Decimal("7.25"))
    ]
    assert again.files[0][1].left_out == (name,)


def test_reasons_that_the_encoding_has_not_make_it_utf_8(tmp_path: Path) -> None:
    found = read(write(tmp_path / "a.csv", "document,date,amount,né\n1,soon,1,é\n", "cp1252"))
    with duckdb.connect() as connection:
        write_refusals(found.staged, found.files, tmp_path / "r", connection, lambda text: "第 " + text)
    assert "第" in (tmp_path / "r").read_text("utf-8-sig")


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    sheet.write(number, place, value, day if isinstance(value, date) else None)
    return path


HEAD: list[object] = ["document", "date", "amount", "product_name", "weight", "batch no"]


def test_a_workbook_comes_back_as_a_workbook(tmp_path: Path) -> None:
    """quality 19: formulas stay text, numbers and days what they were."""
    rows = [
        [1, date(2024, 1, 5), 12.5, "'=1+1", 1.5, "0012"],
        [2, "soon", -7, "=1+1", 2.25, "0013"],
        [3, date(2024, 1, 6), "x", "@a", 3, "1.50"],
    ]
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet("Lines")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate([HEAD, *rows]):
            for place, value in enumerate(row):
                sheet.write(number, place, value, day if isinstance(value, date) else None)
    found = read(path)
    back = put(found, tmp_path / "refused")
    assert form_of_refusals(back) == "xlsx"
    sheet = load_workbook(str(back)).get_sheet_by_name("Lines")
    table = sheet.to_python()
    assert table[0] == [*HEAD, "reason"]
    assert [row[:6] for row in table[1:]] == [
        [2, "soon", -7, "=1+1", 2.25, "0013"],
        [3, date(2024, 1, 6), "x", "@a", 3, "1.50"],
    ]
    with zipfile.ZipFile(back) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    again = read(back)
    assert [one["row"] for one in again.refusals] == [2, 3]
    assert again.files[0][1].left_out == ("weight", "batch no")


def test_files_with_the_same_heading_become_one_others_a_zip(tmp_path: Path) -> None:
    first = sales_file(tmp_path / "a.csv", ["1,2024-01-05,x"])
    second = sales_file(tmp_path / "b.csv", ["2,2024-01-05,y"])
    other = sales_file(tmp_path / "c.csv", ["z,3,2024-01-05"], "amount,document,date")
    one = put(read(first, second), tmp_path / "one")
    assert form_of_refusals(one) == "csv"
    assert [row[0] for row in csv.reader(one.read_text("utf-8-sig").splitlines())] == ["document", "1", "2"]
    apart = put(read(first, second, other), tmp_path / "apart")
    assert form_of_refusals(apart) == "zip"
    with zipfile.ZipFile(apart) as archive:
        assert archive.namelist() == ["refused-a.csv", "refused-b.csv", "refused-c.csv"]
        assert archive.read("refused-c.csv").decode("utf-8-sig").startswith("amount,document,date,reason")
    assert {path.name for path in tmp_path.iterdir() if path.suffix == ".part"} == set()


def test_the_ending_says_the_format_where_it_is_another(tmp_path: Path) -> None:
    book = workbook(tmp_path / "a.xlsx", Lines=[HEAD[:3], [1, "soon", 2.5]])
    text = put(read(book), tmp_path / "refused.csv").read_text("utf-8-sig")
    assert text.splitlines()[0] == "document,date,amount,reason"
    plain = sales_file(tmp_path / "b.csv", ["1,soon,2.5"])
    assert form_of_refusals(put(read(plain), tmp_path / "refused.xlsx")) == "xlsx"
    parquet = put(read(plain), tmp_path / "refused.parquet")
    with duckdb.connect() as connection:
        assert connection.execute("SELECT document, date, amount FROM read_parquet(?)", [str(parquet)]).fetchall() == [
            ("1", "soon", "2.5")
        ]


def test_rows_of_parquet_come_back_as_csv(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT '1' AS document, 'soon' AS date, 1.5::DECIMAL(9,2) AS amount) TO '{tmp_path}/a.parquet'"
        )
    back = put(read(tmp_path / "a.parquet"), tmp_path / "refused")
    assert back.read_text("utf-8-sig").splitlines()[1].startswith("1,soon,1.50,")


def test_a_workbooks_decimal_comma_is_kept(tmp_path: Path) -> None:
    rows: list[list[object]] = [HEAD[:3], [1, "2024-01-05", "0,5"], [2, "soon", "1.234"], [3, "soon", 2.5]]
    back = put(read(workbook(tmp_path / "a.xlsx", S=rows)), tmp_path / "refused")
    table = load_workbook(str(back)).get_sheet_by_index(0).to_python()
    assert [row[2] for row in table[1:]] == [1234, 2.5]
