"""Refused rows are told, written out, mended and read again."""

import csv
from pathlib import Path

import duckdb
import pytest

from mainstay.ledger.reading import match_columns, preview, recognise, write_refusals
from tests.ledger.reading.reading import Read, read, sales_file, write


def written(found: Read, to: Path, translate: dict[str, str] | None = None) -> list[list[str]]:
    with duckdb.connect() as connection:
        texts = translate or {}
        count = write_refusals(found.staged, found.files, to, connection, lambda text: texts.get(text, text))
    assert count == found.staged.refused_count
    with to.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream, delimiter=";" if ";" in to.read_text("utf-8-sig").splitlines()[0] else ","))


def test_refused_rows_are_written_with_their_cells_and_reasons(tmp_path: Path) -> None:
    heading = "document,colour,date,amount"
    found = read(sales_file(tmp_path / "a.csv", ["1,red,2024-01-05,1", "2,dark blue ,soon,x", "3,2024"], heading))
    table = written(found, tmp_path / "errors.csv")
    assert table[0] == ["document", "colour", "date", "amount", "reason"]
    assert table[1][:4] == ["2", "dark blue ", "soon", "x"]
    assert table[1][4] == (
        "row 3: “soon” under “date” is no date; write dates as 2024-12-31. "
        "“x” under “amount” is no number as this file writes them, such as 1234.56. Correct it."
    )
    assert table[2][:4] == ["3", "2024", "", ""]
    assert table[2][4].startswith("row 4: This row has fewer cells than the heading")
    assert (tmp_path / "errors.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_cells_beyond_the_heading_follow_the_reason(tmp_path: Path) -> None:
    found = read(sales_file(tmp_path / "a.csv", ["1,2024-01-05,1", "2,2024-01-05,1,extra"]))
    (row,) = written(found, tmp_path / "errors.csv")[1:]
    assert (row[:3], row[4:]) == (["2", "2024-01-05", "1"], ["extra"])


FORMULAS = ["=1+1", "+49 (0) 30", "-x", "@sum", "\tx", "\rx", "'=already"]


def test_formulas_are_kept_as_text_and_numbers_stay_numbers(tmp_path: Path) -> None:
    """quality 19"""
    cells = [*FORMULAS, "-5.20", "+3", "-1,234.5"]
    text = "\n".join(f'1,2024-01-05,x,"{cell}"' for cell in cells)
    found = read(write(tmp_path / "a.csv", f"document,date,amount,product_name\n{text}\n"))
    table = written(found, tmp_path / "errors.csv")
    assert [row[3] for row in table[1:]] == [
        *("'" + cell if not cell.startswith("'") else cell for cell in FORMULAS),
        *cells[len(FORMULAS) :],
    ]
    assert not any(row[4][0] in "=+-@" for row in table[1:])


def test_what_was_mended_is_read_as_if_it_had_been_right_at_once(tmp_path: Path) -> None:
    rows = [
        '1,2024-01-05,x,"=1+1"',
        "2,2024-01-05,-5,@a",
        "3,2024-01-05,x,'+x",
        "4,2024-01-05,x,plain",
        "5,2024-01-05,-x,-6",
    ]
    found = read(sales_file(tmp_path / "a.csv", rows, "document,date,amount,product_name"))
    written(found, tmp_path / "errors.csv")
    text = (tmp_path / "errors.csv").read_text("utf-8-sig").replace(",x,", ",-7,").replace(",'-x,", ",-7,")
    again = read(write(tmp_path / "errors.csv", text, "utf-8-sig"))
    assert [(row["document"], row["amount"], row["product_name"]) for row in again.rows] == [
        ("1", -7, "=1+1"),
        ("3", -7, "+x"),
        ("4", -7, "plain"),
        ("5", -7, "-6"),
    ]
    assert again.files[0][1].left_out == ()


def test_an_earlier_reason_is_replaced(tmp_path: Path) -> None:
    found = read(
        sales_file(tmp_path / "a.csv", ["1,2024-01-05,x,old", "1,2024-01-05,1,old"], "document,date,amount,reason")
    )
    table = written(found, tmp_path / "errors.csv")
    assert table[0] == ["document", "date", "amount", "reason"]
    assert table[1][:3] == ["1", "2024-01-05", "x"]
    assert "old" not in table[1][3]


@pytest.mark.parametrize(("separator", "amount"), [(";", "1.234"), (",", '"1.234"')])
def test_numbers_of_the_errors_file_are_read_as_they_were(tmp_path: Path, separator: str, amount: str) -> None:
    """The separator of the errors file is the one that makes its decimal sign the default."""
    heading = separator.join(["document", "date", "amount"])
    rows = [separator.join(["1", "2024-01-05", '"0,5"']), separator.join(["2", "soon", amount])]
    found = read(sales_file(tmp_path / "a.csv", rows, heading))
    written(found, tmp_path / "errors.csv")
    text = (tmp_path / "errors.csv").read_text("utf-8-sig")
    assert text.startswith("document;date;amount;reason")
    assert read(write(tmp_path / "b.csv", text.replace("soon", "2024-01-05", 1))).column("amount") == [1234]


def test_files_with_other_columns_share_one_errors_file(tmp_path: Path) -> None:
    first = sales_file(tmp_path / "a.csv", ["1,2024-01-05,x"])
    second = sales_file(tmp_path / "b.csv", ["x,2,2024-01-05,red"], "amount,document,date,colour")
    third = sales_file(tmp_path / "c.csv", ["3,2024-01-05,x,p,q"], "document,date,amount,more,more")
    table = written(read(first, second, third), tmp_path / "errors.csv")
    assert table[0] == ["document", "date", "amount", "colour", "more", "more", "reason"]
    assert [row[:6] for row in table[1:]] == [
        ["1", "2024-01-05", "x", "", "", ""],
        ["2", "2024-01-05", "x", "red", "", ""],
        ["3", "2024-01-05", "x", "", "p", "q"],
    ]
    assert table[2][6].startswith("b.csv, row 2: ")


def test_reasons_are_translated(tmp_path: Path) -> None:
    found = read(sales_file(tmp_path / "a.csv", ["1,soon,1"]))
    texts = {
        "row %(row)s: %(problems)s": "第 %(row)s 行：%(problems)s",
        "“%(value)s” under “%(column)s” is no date; write dates as 2024-12-31.": "“%(value)s”不是日期。",
    }
    assert written(found, tmp_path / "errors.csv", texts)[1][3] == "第 2 行：“soon”不是日期。"


def test_refusals_are_told_by_file_and_row_up_to_a_limit(tmp_path: Path) -> None:
    found = read(sales_file(tmp_path / "a.csv", [f"{number},x,y" for number in range(10)]))
    assert len(found.refusals) == 20
    assert found.refusals[0] == {
        "file": "a.csv",
        "row": 2,
        "column": "date",
        "field": "date",
        "problem": "“%(value)s” under “%(column)s” is no date; write dates as 2024-12-31.",
        "params": {"value": "x", "column": "date"},
        "value": "x",
        "message": "“x” under “date” is no date; write dates as 2024-12-31.",
    }


def test_a_percent_sign_in_a_cell_does_not_break_its_message(tmp_path: Path) -> None:
    found = read(sales_file(tmp_path / "a.csv", ["1,100%(x)s,1"], "document,date,amount"))
    assert found.refusals[0]["message"].startswith("“100%(x)s” under “date”")


def test_a_preview_shows_the_first_rows_with_their_problems(tmp_path: Path) -> None:
    path = sales_file(tmp_path / "a.csv", ["1,2024-01-05,1", "", "2,x,2", "3", "4,2024-01-05,4", "5,2024-01-05,5"])
    source = recognise(path)
    rows = preview(source, match_columns("sales", source.columns), "sales", limit=4)
    assert [(row.row, row.values["document"], len(row.problems)) for row in rows] == [
        (2, "1", 0),
        (4, "2", 1),
        (5, None, 1),
        (6, "4", 0),
    ]
    assert rows[1].problems[0].column == "date"
    assert rows[1].values["amount"] == 2


def test_a_preview_asks_the_whole_file_where_its_first_rows_do_not_decide(tmp_path: Path) -> None:
    path = sales_file(tmp_path / "a.csv", ["1,1/5/2024,1"] * 1200 + ["2,1/13/2024,1"])
    source = recognise(path)
    rows = preview(source, match_columns("sales", source.columns), "sales", limit=1)
    assert rows[0].values["date"].month == 1
