"""XLSX: what is refused before it is parsed, sheets, headings, and cells of every type."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter

from mainstay.core.errors import Refused, TooLarge
from mainstay.ledger.reading import Hints, archive, match_columns, preview, recognise, recognise_all
from tests.ledger.reading.reading import read

HEADING = ["document", "date", "amount", "account"]


def workbook(path: Path, fill: Callable[[xlsxwriter.Workbook], None], **options: object) -> Path:
    with xlsxwriter.Workbook(str(path), options) as book:
        fill(book)
    return path


def table(path: Path, *rows: Sequence[object], start: int = 0, **options: object) -> Path:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Data")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows, start):
            for place, value in enumerate(row):
                sheet.write(number, place, value, day if isinstance(value, date) else None)

    return workbook(path, fill, **options)


@pytest.mark.parametrize("epoch", [False, True])
def test_cells_of_every_type_are_read(tmp_path: Path, epoch: bool) -> None:
    path = table(
        tmp_path / "a.xlsx",
        [*HEADING, "product_name"],
        [1001.0, date(2024, 1, 5), 0.1, 17850, True],
        [
            "D 2 ",
            datetime(2024, 1, 5, 10, 30),  # noqa: DTZ001  (a spreadsheet knows no zones)
            "1,234.50",
            "17850.0",
            3.5,
        ],
        date_1904=epoch,
    )
    found = read(path)
    assert found.column("document") == ["1001", "D 2"]
    assert found.column("date") == [date(2024, 1, 5)] * 2
    assert found.column("amount") == [Decimal("0.1"), Decimal("1234.5")]
    assert found.column("account") == ["17850", "17850"]
    assert found.column("product_name") == ["TRUE", "3.5"]


@pytest.mark.parametrize(("epoch", "serial"), [(False, 45296), (True, 43834)])
def test_a_number_under_a_date_is_the_spreadsheets_day(tmp_path: Path, epoch: bool, serial: int) -> None:
    path = table(
        tmp_path / "a.xlsx", HEADING, ["1", serial, 1], ["2", serial + 0.75, 2], ["3", 20240105, 3], date_1904=epoch
    )
    assert read(path).column("date") == [date(2024, 1, 5)] * 3
    far = read(table(tmp_path / "b.xlsx", HEADING, ["1", 2958465, 1], ["2", "45296", 1], ["3", -1, 1], ["4", 1, 1]))
    assert [one["row"] for one in far.refusals] == [2, 3, 4]
    assert far.column("date") == [date(1900, 1, 1)]


def test_numbers_typed_as_numbers_do_not_take_part_in_finding_the_decimal_sign(tmp_path: Path) -> None:
    path = table(
        tmp_path / "a.xlsx",
        HEADING,
        ["1", "2024-01-05", 1234.5],
        ["2", "2024-01-05", "1.234,5"],
        ["3", "2024-01-05", "1.234"],
    )
    assert read(path).column("amount") == [Decimal("1234.5"), Decimal("1234.5"), 1234]
    assert read(path, hints=Hints(decimal=".")).staged.refused_count == 1


@pytest.mark.parametrize("written", ["7.25", "7,25"])
def test_a_whole_number_is_a_code_of_figures_alone_however_large_it_is(tmp_path: Path, written: str) -> None:
    codes = [999999999999999, 1234567890123456, 10**15, 2**53, 10**21, -(10**16)]
    rows = [[f"S{place}", date(2024, 1, 5), written, float(code)] for place, code in enumerate(codes)]
    found = read(table(tmp_path / "a.xlsx", HEADING, *rows))
    assert found.staged.styles[0].decimal == written[1]
    assert found.column("account") == [str(code) for code in codes]


def test_rows_count_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    path = table(tmp_path / "a.xlsx", ["Sales of May"], [], HEADING, ["1", "2024-01-05", 1], [], ["2", "x", 1], start=3)
    found = read(path)
    assert found.files[0][0].heading_row == 6
    assert [row["row"] for row in found.rows] == [7]
    assert [one["row"] for one in found.refusals] == [9]


def test_errors_of_the_spreadsheet_are_problems(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, ["1", "2024-01-05", 5])
        sheet.write_formula(1, 3, "=1/0", None, "#DIV/0!")
        sheet.write_row(2, 0, ["2", "2024-01-05"])
        sheet.write_formula(2, 2, "=NA()", None, "#N/A")
        sheet.write_row(3, 0, ["3", "2024-01-05"])
        sheet.write_formula(3, 2, "=1+1", None, 2)

    found = read(workbook(tmp_path / "a.xlsx", fill))
    assert [(one["row"], one["column"], one["value"]) for one in found.refusals] == [
        (2, "account", "#DIV/0!"),
        (3, "amount", "#N/A"),
    ]
    assert "is an error of the spreadsheet" in found.refusals[0]["message"]
    assert found.column("amount") == [2]


def sheets(path: Path, *tables: tuple[str, list[str]], hidden: str = "") -> Path:
    def fill(book: xlsxwriter.Workbook) -> None:
        for name, heading in tables:
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, heading)
            sheet.write_row(1, 0, [name, "2024-01-05", 1])
            if name == hidden:
                sheet.hide()

    return workbook(path, fill)


def test_the_sheet_with_the_required_columns_is_read(tmp_path: Path) -> None:
    path = sheets(tmp_path / "a.xlsx", ("Cover", ["Hello"]), ("Lines", HEADING), ("Old", HEADING), hidden="Old")
    found = read(path)
    assert found.files[0][0].sheet == "Lines"
    assert found.column("document") == ["Lines"]
    assert read(path, hints=Hints(sheet="Old")).column("document") == ["Old"]


def test_several_sheets_that_fit_are_named(tmp_path: Path) -> None:
    path = sheets(tmp_path / "a.xlsx", ("May", HEADING), ("June", HEADING))
    with pytest.raises(Refused, match=r"Several sheets of “a.xlsx” could be meant: May, June"):
        recognise(path)
    assert recognise(path, hints=Hints(sheet="June")).sheet == "June"
    with pytest.raises(Refused, match=r"no sheet “July”; its sheets are: May, June"):
        recognise(path, hints=Hints(sheet="July"))


def test_the_kind_says_which_sheet_is_meant(tmp_path: Path) -> None:
    path = sheets(tmp_path / "a.xlsx", ("Customers", ["customer no", "city"]), ("Sales", HEADING))
    assert recognise(path, kind="sales").sheet == "Sales"
    assert recognise(path, kind="accounts", given={"code": "customer no"}).sheet == "Customers"


def test_a_mapped_heading_finds_its_row_below_the_titles(tmp_path: Path) -> None:
    path = table(tmp_path / "a.xlsx", ["A", "B", "C"], ["Beleg", "Tag", "Wert"], ["1", date(2024, 1, 5), 5])
    given = {"document": "Beleg", "date": "Tag", "amount": "Wert"}
    found = read(path, given=given)
    assert [(row["row"], row["amount"]) for row in found.rows] == [(3, 5)]


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"holds no heading and no rows"):
        recognise(table(tmp_path / "a.xlsx"))
    with pytest.raises(Refused, match=r"has a heading but no rows"):
        read(table(tmp_path / "b.xlsx", HEADING))


def test_a_cut_off_workbook_is_refused(tmp_path: Path) -> None:
    data = table(tmp_path / "a.xlsx", HEADING, ["1", "2024-01-05", 5]).read_bytes()
    for size in (100, len(data) // 2, len(data) - 10):
        (tmp_path / "a.xlsx").write_bytes(data[:size])
        with pytest.raises(Refused, match=r"“a.xlsx” is cut off or damaged"):
            recognise(tmp_path / "a.xlsx")


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = repacked(tmp_path, lambda name, data: data[: len(data) // 2] if "sheet1" in name else data)
    with pytest.raises(Refused, match=r"damaged"):
        read(path)


def repacked(tmp_path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    table(tmp_path / "whole.xlsx", HEADING, ["1", "2024-01-05", 5])
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return path


@pytest.mark.parametrize("declaration", [b'<!DOCTYPE x [<!ENTITY a "b">]>', b"<!DOCTYPE x>"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"])
def test_xml_entities_are_refused(tmp_path: Path, declaration: bytes, part: str) -> None:
    """quality 25"""
    path = repacked(tmp_path, lambda name, data: data.replace(b"?>", b"?>" + declaration, 1) if name == part else data)
    with pytest.raises(Refused, match=r"declares XML entities"):
        recognise(path)


def test_xml_in_another_encoding_cannot_hide_entities(tmp_path: Path) -> None:
    """quality 25"""
    path = repacked(
        tmp_path, lambda name, data: data.decode().encode("utf-16") if name == "xl/worksheets/sheet1.xml" else data
    )
    with pytest.raises(Refused, match=r"unusual encoding"):
        recognise(path)


def test_a_bomb_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    """quality 24"""
    huge = b" " * (archive.RATIO_FROM + 1)
    path = repacked(tmp_path, lambda name, data: data + huge if name == "xl/worksheets/sheet1.xml" else data)
    with pytest.raises(TooLarge, match=r"would unpack to far more"):
        recognise(path)


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    """quality 24"""
    huge = b" " * (archive.RATIO_FROM + 1)
    path = repacked(tmp_path, lambda name, data: data + huge if name == "xl/worksheets/sheet1.xml" else data)
    true_size = (len(huge) + len(zipfile.ZipFile(tmp_path / "whole.xlsx").read("xl/worksheets/sheet1.xml"))).to_bytes(
        4, "little"
    )
    data = path.read_bytes()
    assert data.count(true_size) == 2
    path.write_bytes(data.replace(true_size, (1000).to_bytes(4, "little")))
    with pytest.raises(TooLarge, match=r"would unpack to far more"):
        recognise(path)


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    """quality 24"""
    path = table(tmp_path / "a.xlsx", HEADING)
    with zipfile.ZipFile(path, "a") as book:
        for number in range(archive.MOST_ENTRIES):
            book.writestr(f"x{number}", b"")
    with pytest.raises(TooLarge):
        recognise(path)


def test_two_cells_far_apart_do_not_fill_the_memory(tmp_path: Path) -> None:
    """quality 24: a sheet is held as the whole rectangle that its cells span."""

    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "a")
        sheet.write(1_048_575, 16_383, "b")

    with pytest.raises(TooLarge, match=r"spans 1048576 rows and 16384 columns"):
        recognise(workbook(tmp_path / "a.xlsx", fill))


@pytest.mark.parametrize(
    ("part", "what"),
    [
        ("content.xml", "OpenDocument"),
        ("xl/workbook.bin", "XLSB"),
        ("word/document.xml", "DOCX"),
        ("a.csv", "ZIP"),
    ],
)
def test_other_archives_are_named(tmp_path: Path, part: str, what: str) -> None:
    """quality 23"""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as new:
        new.writestr(part, b"x")
    (tmp_path / "a.xlsx").write_bytes(data.getvalue())
    with pytest.raises(Refused, match=what):
        recognise(tmp_path / "a.xlsx")


def test_a_preview_of_a_workbook_reads_as_staging_does(tmp_path: Path) -> None:
    path = table(tmp_path / "a.xlsx", HEADING, ["1", 45296, "1,5"], ["2", "x", 2.5])
    source = recognise(path)
    rows = preview(source, match_columns("sales", source.columns), "sales")
    assert [(row.row, row.values["date"], row.values["amount"]) for row in rows] == [
        (2, date(2024, 1, 5), Decimal("1.5")),
        (3, None, Decimal("2.5")),
    ]
    assert [str(problem) for problem in rows[1].problems] == ["“x” under “date” is no date; write dates as 2024-12-31."]


FAR = {
    "a reference in small letters": (b'r="A2"', b'r="xfd1048576"'),
    "a row of many figures": (b'r="A2"', b'r="A4294967295"'),
    "a far row of cells that do not say where": (b'<row r="2"', b'<row r="100000000"'),
    "two cells that span a million rows": (b'r="A2"', b'r="BF1000000"'),
}


@pytest.mark.parametrize("case", FAR)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/foo/sheet1.dat"])
def test_a_sheet_that_spans_the_void_is_refused_unparsed(case: str, part: str, tmp_path: Path) -> None:
    """quality 24: what parses it would ask for the memory of all its places at once, and end the process."""
    path = table(tmp_path / "far.xlsx", ["document", "date", "amount"], ["S1", "2024-01-02", 1])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts.pop("xl/worksheets/sheet1.xml")
    old, new = FAR[case]
    assert old in sheet
    parts[part] = sheet.replace(old, new)
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        b"worksheets/sheet1.xml", part.removeprefix("xl/").encode()
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(TooLarge, match="spans"):
        recognise(path, name="far.xlsx", hints=Hints(), kind="sales")


def test_all_sheets_of_the_same_headings_are_read_as_one(tmp_path: Path) -> None:
    path = sheets(tmp_path / "a.xlsx", ("Cover", ["Hello"]), ("May", HEADING), ("June", HEADING), ("Old", HEADING[:3]))
    sources = recognise_all(path, hints=Hints(sheet="*"), kind="sales")
    assert [(source.sheet, source.name, source.title) for source in sources] == [
        ("May", "a.xlsx [May]", "a.xlsx"),
        ("June", "a.xlsx [June]", "a.xlsx"),
    ]
    assert [note[1]["sheets"] for note in sources[0].notes] == ["Cover, Old"]
    assert recognise(path, hints=Hints(sheet="*"), kind="sales").sheet == "May"


def test_several_sheets_that_fit_are_refused_with_both_ways_out(tmp_path: Path) -> None:
    path = sheets(tmp_path / "a.xlsx", ("May", HEADING), ("June", HEADING))
    with pytest.raises(Refused, match=r"Say which sheet to read, or \* for all sheets with the same headings"):
        recognise(path)
