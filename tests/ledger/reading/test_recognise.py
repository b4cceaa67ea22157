"""A file's type, encoding, separator and heading are told from its content."""

import gzip
import json
import sys
from pathlib import Path

import duckdb
import pytest

from mainstay.core.errors import Refused
from mainstay.ledger.reading import Hints, recognise
from tests.ledger.reading.reading import read, write

HEADING = "document,date,account_name,amount\n"
GERMAN = HEADING + "1,2024-01-05,Müller & Söhne,5\n2,2024-01-06,Café “Größe” €,6\n"
CHINESE = HEADING + "1,2024-01-05,上海机床有限公司,5\n2,2024-01-06,北京钢铁集团,6\n"


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        (GERMAN, "utf-8", "utf-8"),
        (GERMAN, "utf-8-sig", "utf-8-sig"),
        (GERMAN, "utf-16", "utf-16"),
        (GERMAN, "utf-16-le", "utf-16-le"),
        (GERMAN, "utf-16-be", "utf-16-be"),
        (GERMAN, "cp1252", "cp1252"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gbk", "gb18030"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-16-le", "utf-16-le"),
    ],
)
def test_the_encoding_is_recognised(tmp_path: Path, text: str, encoding: str, expected: str) -> None:
    path = write(tmp_path / "a.csv", text, encoding)
    assert recognise(path).encoding == expected
    assert read(path).column("account_name") == [line.split(",")[2] for line in text.splitlines()[1:]]


def test_big_endian_utf16_with_its_mark(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xfe\xff" + CHINESE.encode("utf-16-be"))
    assert read(tmp_path / "a.csv").column("account_name")[1] == "北京钢铁集团"


@pytest.mark.parametrize("encoding", ["cp1252", "gb18030"])
def test_the_encoding_is_decided_from_the_whole_file(tmp_path: Path, encoding: str) -> None:
    """The only signs beyond ASCII stand two megabytes from the beginning."""
    name = "Ödön Åkesson" if encoding == "cp1252" else "深圳电子"
    text = HEADING + "1,2024-01-05,Smith,5\n" * 100_000 + f"2,2024-01-05,{name},5\n"
    path = write(tmp_path / "a.csv", text, encoding)
    found = read(path)
    assert found.files[0][0].encoding == encoding
    assert found.column("account_name")[-1] == name


@pytest.mark.parametrize("words", ["Müller", "ÄÖ Müller", "É", "naïve façade", "£5 – 10°C", "‘q’"])
def test_western_words_are_not_taken_for_chinese(tmp_path: Path, words: str) -> None:
    path = write(tmp_path / "a.csv", HEADING + f"1,2024-01-05,{words} GmbH,5\n", "cp1252")
    assert read(path).column("account_name") == [f"{words} GmbH"]


def test_a_person_may_say_the_encoding(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", HEADING + "1,2024-01-05,Жук,5\n", "cp1251")
    assert read(path, hints=Hints(encoding="cp1251")).column("account_name") == ["Жук"]
    with pytest.raises(Refused, match=r"Row 2 of “a.csv” is not utf-8"):
        read(path, hints=Hints(encoding="utf-8"))


def test_a_single_broken_byte_does_not_make_a_utf8_file_western(tmp_path: Path) -> None:
    data = (CHINESE * 3).encode() + b"3,2024-01-05,Caf\xe9,5\n"
    (tmp_path / "a.csv").write_bytes(data)
    with pytest.raises(Refused, match=r"Row 10 of “a.csv” is not utf-8"):
        recognise(tmp_path / "a.csv")


def test_a_file_cut_off_within_a_character_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes((HEADING + "1,2024-01-05,北京,5\n2,2024-01-05,北").encode()[:-1])
    with pytest.raises(Refused, match=r"“a.csv” is cut off in the middle of a character, in row 3"):
        recognise(tmp_path / "a.csv")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_recognised(tmp_path: Path, separator: str) -> None:
    lines = [
        ["document", "date", "amount", "note, or; text"],
        ["1", "2024-01-05", "1,5" if separator != "," else "5", "a"],
    ]
    path = write(tmp_path / "a.csv", "\n".join(separator.join(f'"{cell}"' for cell in line) for line in lines))
    assert recognise(path).separator == separator


def test_decimal_commas_do_not_make_the_comma_the_separator(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "beleg;tag;wert;menge\n" + "1;5;1,5;2,5\n" * 50)
    assert recognise(path).separator == ";"
    assert recognise(path, hints=Hints(separator=",")).separator == ","


def test_a_first_line_may_name_the_separator(tmp_path: Path) -> None:
    found = read(write(tmp_path / "a.csv", "sep=;\r\ndocument;date;amount\r\n1;2024-01-05;1,5\r\n2;x;2\r\n"))
    assert [row["row"] for row in found.rows] == [3]
    assert [one["row"] for one in found.refusals] == [4]


def test_title_lines_above_the_heading_are_passed_over(tmp_path: Path) -> None:
    text = 'Sales report,,\n\n"made, in\nMay",,\ndocument,date,amount\n1,2024-01-05,5\n\n2,2024-01-05,6\n'
    source = recognise(write(tmp_path / "a.csv", text))
    assert (source.heading_row, source.columns) == (4, ("document", "date", "amount"))
    assert [row["row"] for row in read(tmp_path / "a.csv").rows] == [5, 7]


def test_the_heading_of_an_unknown_table_is_its_first_row_as_wide_as_the_rest(tmp_path: Path) -> None:
    source = recognise(write(tmp_path / "a.csv", "Report\nfoo,bar,baz\n1,2,3\n4,5,6\n"))
    assert (source.heading_row, source.columns) == (2, ("foo", "bar", "baz"))
    assert source.sample == (("1", "2", "3"), ("4", "5", "6"))


def test_headings_lose_surrounding_blanks(tmp_path: Path) -> None:
    text = '\ufeff document , "Unit\nPrice" ,date,quantity,,\n1,2,2024-01-05,3,,\n'
    source = recognise(write(tmp_path / "a.csv", text))
    assert source.columns == ("document", "Unit Price", "date", "quantity", "", "")
    assert read(tmp_path / "a.csv").column("amount") == [6]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "of the type PDF"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "of the type PNG"),
        (gzip.compress(b"a,b\n", mtime=0), "of the type gzip"),
        (b"<!DOCTYPE html><html><table>", "of the type HTML"),
        (b"\n <html>", "of the type HTML"),
        (b"<?xml version='1.0'?><a/>", "of the type XML"),
        (json.dumps([{"a": 1}]).encode(), "of the type JSON"),
        (json.dumps({"a": 1}).encode(), "of the type JSON"),
        (bytes(range(256)) * 20, "binary data"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "of the type XLS"),
        (b"SQLite format 3\x00", "of the type SQLite"),
    ],
)
def test_other_content_is_named_and_refused(tmp_path: Path, content: bytes, what: str) -> None:
    """quality 23: the type is told from the content, whatever the name says."""
    for name in ("a.csv", "a.dat"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Refused, match=f"“{name}” (is|holds) {what}; wanted is CSV, XLSX or Parquet"):
            recognise(tmp_path / name)


def test_an_encrypted_workbook_is_told_from_an_old_one(tmp_path: Path) -> None:
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000 + "EncryptedPackage".encode("utf-16-le")
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(Refused, match=r"protected by a password"):
        recognise(tmp_path / "a.xlsx")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"“a.csv” is empty"):
        recognise(write(tmp_path / "a.csv", ""))
    with pytest.raises(Refused, match=r"holds no heading and no rows"):
        recognise(write(tmp_path / "a.csv", "\n \n,,\n"))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"“a.csv” cannot be read"):
        recognise(tmp_path / "a.csv")


@pytest.mark.parametrize("name", ["a.xlsx", "a.parquet", "a.xls", "a.pdf"])
def test_a_mislabelled_file_is_refused(tmp_path: Path, name: str) -> None:
    """quality 23"""
    with pytest.raises(Refused, match=rf"“{name}” is mislabelled: it is of the type CSV"):
        recognise(write(tmp_path / name, CHINESE))
    assert recognise(write(tmp_path / "a.data", CHINESE)).format == "csv"
    with pytest.raises(Refused, match=r"“upload.xlsx” is mislabelled"):
        recognise(tmp_path / "a.data", name="upload.xlsx")


def test_a_nul_byte_is_refused_with_its_row(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"Row 3 of “a.csv” holds a NUL byte"):
        recognise(write(tmp_path / "a.csv", HEADING + "1,2024-01-05,a,5\n2,2024-01-05,b\0c,5\n"))


@pytest.mark.parametrize(
    "hints", [{"encoding": "klingon"}, {"separator": ";;"}, {"separator": '"'}, {"decimal": "'"}, {"date_order": "ydm"}]
)
def test_hints_are_checked(hints: dict[str, str]) -> None:
    with pytest.raises(Refused):
        Hints(**hints)
    assert Hints(separator="tab", decimal="").separator == "\t"


def test_temporary_copies_go_with_the_file(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    source = recognise(write(tmp_path / "a.csv", GERMAN, "utf-16"), scratch=scratch)
    assert len(list(scratch.rglob("text.csv"))) == 1
    source.close()
    assert not list(scratch.iterdir())
    with pytest.raises(Refused):
        recognise(write(tmp_path / "b.csv", "\n\n"), scratch=scratch)
    assert not list(scratch.iterdir())


def test_a_name_with_signs_of_a_pattern_is_only_a_name(tmp_path: Path) -> None:
    (tmp_path / "year=2024").mkdir()
    write(tmp_path / "year=2024" / "s.csv", CHINESE)
    path = write(tmp_path / "year=2024" / "[a*]?.csv", GERMAN)
    assert len(read(path).rows) == 2


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_table_wider_than_any_is_refused_at_once(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["mainstay.ledger.reading.recognise"], "MOST_COLUMNS", 5)
    for width in (5, 6):
        path = tmp_path / f"{width}.{form}"
        names = ["document", "date", "amount", *(f"x{place}" for place in range(width - 3))]
        with duckdb.connect() as connection:
            cells = ", ".join(f"'1' AS {name}" for name in names)
            connection.execute(f"COPY (SELECT {cells}) TO '{path}' (FORMAT {form})")
        if width == 5:
            assert len(recognise(path, kind="sales").columns) == 5
        else:
            with pytest.raises(Refused, match=rf"“6\.{form}” has 6 columns, and at most 5 are read"):
                recognise(path, kind="sales")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    [
        "单据编号,日期,客户名称,金额\r\n一号,2024-01-05,上海一二三机床有限公司,5\r\n",
        "单据编号\t单据日期\t客户编码\t不含税金额\n一一一一\t2024年1月5日\t一下万丈三上七\t五\n" * 3,
    ],
)
def test_utf16_without_its_mark_is_known_where_it_is_mostly_chinese(text: str, encoding: str, tmp_path: Path) -> None:
    source = recognise(write(tmp_path / "a.csv", text, encoding), kind="sales")
    assert source.encoding == encoding
    assert source.columns[:2] == tuple(text.replace("\t", ",").split(",")[:2])


@pytest.mark.parametrize("content", [bytes(range(256)) * 40, b"\x01\x00,\x00\n\x00" * 400, b"a,b\n1,2\n\x00" * 50])
def test_binary_data_is_no_text_of_utf16(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(Refused):
        recognise(path, kind="sales")
