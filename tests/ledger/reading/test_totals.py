"""Rows at the end of a file that add it up are left out, and it is said."""

from pathlib import Path

import pytest
import xlsxwriter

from mainstay.ledger.reading import match_columns, preview, recognise
from tests.ledger.files import amounts, bring_text
from tests.ledger.reading.reading import read, sales_file

LINES = ["S1,2024-01-02,5", "S2,2024-01-03,7"]


@pytest.mark.parametrize(
    "words", [["合计"], ["Total"], ["TOTAL:"], ["小计", "合计"], ["Sum"], ["总计（元）"], ["Grand total"], ["Summe"]]
)
def test_a_total_at_the_end_is_left_out(tmp_path: Path, words: list[str]) -> None:
    path = sales_file(tmp_path / "a.csv", [*LINES, *(f"{word},,12" for word in words)])
    found = read(path)
    assert found.column("document") == ["S1", "S2"]
    assert (found.staged.refused_count, found.refusals) == (0, [])
    assert found.staged.parts[0].totals == tuple((4 + n, word) for n, word in enumerate(words))
    source = recognise(path, kind="sales")
    assert [row.row for row in preview(source, match_columns("sales", source.columns), "sales")] == [2, 3]


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        # In the midst, with a date, by another word, after a row that is bad in another way, before such a row.
        ([LINES[0], "Total,,5", LINES[1]], [3]),
        ([*LINES, "Total,not yet,12"], [4]),
        ([*LINES, "Totally new,,12"], [4]),
        ([*LINES, "S3,2024-13-01,1", "Total,,12"], [4]),
        ([*LINES, "Total,,12", "S3,2024-13-01,1"], [4, 5]),
        (["Total,,12"], [2]),
    ],
)
def test_what_only_looks_like_one_is_refused(tmp_path: Path, lines: list[str], refused: list[int]) -> None:
    found = read(sales_file(tmp_path / "a.csv", lines))
    assert sorted({one["row"] for one in found.refusals}) == refused
    assert found.staged.refused_count == len(refused)


def test_each_file_has_its_own(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "b.xlsx")) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate((["document", "date", "amount"], ["S3", "2024-01-02", 5], [], ["合计", None, 5])):
            sheet.write_row(place, 0, row)
    first = sales_file(tmp_path / "a.csv", [*LINES, "Total,,12"])
    found = read(first, tmp_path / "b.xlsx")
    assert found.column("document") == ["S1", "S2", "S3"]
    assert [part.totals for part in found.staged.parts] == [((4, "Total"),), ((4, "合计"),)]


def test_a_line_named_total_with_a_date_is_a_line(tmp_path: Path) -> None:
    assert read(sales_file(tmp_path / "a.csv", [*LINES, "Total,2024-01-04,12"])).column("document")[-1] == "Total"


@pytest.mark.django_db
def test_an_import_says_that_it_left_the_total_out(tmp_path: Path) -> None:
    outcome = bring_text(tmp_path, "sales", "document,date,amount\n" + "\n".join([*LINES, "合计,,12", ""]))
    ((message, params),) = outcome.warnings
    assert "looks like a total" in message
    assert params == {"file": "file.csv", "row": 4, "value": "合计"}
    assert (amounts(), outcome.counts["rows"], outcome.counts["refused"]) == ([5, 7], 2, 0)
