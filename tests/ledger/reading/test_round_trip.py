"""Any table of texts reads back the same, however it is written."""

import csv
import io
import tempfile
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.ledger.reading import Hints
from tests.ledger.reading.reading import read

HEADING = ["document", "date", "amount", "product_name", "country"]
# Without what no CSV or sheet can hold.
SIGNS = st.characters(codec="gb18030", exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Zs", "Co", "Cn"))


def bare(text: str) -> str:
    """Without what reading takes off, white space at the edges and an apostrophe; no error of a sheet either."""
    text = text.strip()
    return f"x{text}" if text.startswith(("'", "#")) else text


TEXT = st.text(st.one_of(SIGNS, st.sampled_from(" ,;|\t\"'=+-@.0\n")), max_size=12).map(bare)
LATIN = st.text(st.sampled_from("aZ0 éßü€,;|\t\"'=+-@.\n"), max_size=12).map(bare)
FEW = settings(max_examples=12, deadline=None)
MANY = settings(max_examples=300, deadline=None)


def tables(text: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    row = st.tuples(
        st.integers(1, 10**9).map("D{}".format),
        st.dates(date(1900, 1, 1), date(2199, 12, 31)).map(str),
        st.decimals(-(10**9), 10**9, places=2).map("{:.2f}".format),
        text,
        text,
    )
    return st.lists(row.map(list), min_size=1, max_size=6)


def staged(path: Path, hints: Hints) -> list[tuple[str, ...]]:
    found = read(path, hints=hints)
    assert not found.refusals
    return [
        (
            row["row"],
            row["document"],
            str(row["date"]),
            f"{row['amount']:.2f}",
            row["product_name"] or "",
            row["country"] or "",
        )
        for row in found.rows
    ]


def wanted(table: list[list[str]], rows: list[int]) -> list[tuple[object, ...]]:
    return [(row, *cells[:2], f"{float(cells[2]):.2f}", *cells[3:]) for row, cells in zip(rows, table, strict=True)]


def check_csv(table: list[list[str]], encoding: str, separator: str, end: str, quoting: int) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerows([HEADING, *table])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        known = Hints(encoding=encoding, separator=separator, decimal=".")
        assert staged(path, known) == wanted(table, list(range(2, len(table) + 2)))
        if encoding not in ("cp1252", "gb18030"):  # what few signs of these mean cannot always be told
            assert staged(path, Hints(separator=separator, decimal=".")) == staged(path, known)


WAYS = (
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)


@FEW
@given(tables(TEXT), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]), *WAYS)
def test_a_csv_reads_back(table: list[list[str]], encoding: str, separator: str, end: str, quoting: int) -> None:
    check_csv(table, encoding, separator, end, quoting)


@FEW
@given(tables(LATIN), st.sampled_from(["cp1252", "utf-8"]), *WAYS)
def test_a_western_csv_reads_back(
    table: list[list[str]], encoding: str, separator: str, end: str, quoting: int
) -> None:
    check_csv(table, encoding, separator, end, quoting)


def check_xlsx(table: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate([HEADING, *table]):
                for place, cell in enumerate(row):
                    sheet.write_string(number, place, cell)
        assert staged(path, Hints(decimal=".")) == wanted(table, list(range(2, len(table) + 2)))


@FEW
@given(tables(TEXT))
def test_a_workbook_reads_back(table: list[list[str]]) -> None:
    check_xlsx(table)


@pytest.mark.long
@MANY
@given(tables(TEXT), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]), *WAYS)
def test_many_tables_read_back(table: list[list[str]], encoding: str, separator: str, end: str, quoting: int) -> None:
    check_csv(table, encoding, separator, end, quoting)
    check_xlsx(table)
