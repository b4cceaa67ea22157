"""Columns that no heading tells are taken by what they hold: only where one alone can be meant."""

from pathlib import Path

import pytest

from mainstay.core.errors import Refused
from mainstay.ledger.reading import Match, match_columns, recognise
from tests.ledger.reading.reading import write

ROWS = [
    ("INV-1001", "C-7", "2024-01-05", "12.50", "note one"),
    ("INV-1001", "C-7", "2024-01-05", "3.20", "note two"),
    ("INV-1002", "C-9", "2024-01-06", "99.00", "note"),
    ("INV-1003", "C-7", "2024-01-07", "8.75", "note"),
]
NAMES = ["Column1", "Column2", "Column3", "Column4", "Column5"]


def guessed(kind: str, columns: list[str], rows: list[tuple[str, ...]], **given: str) -> Match:
    return match_columns(kind, columns, given=given, sample=rows)


def test_a_sales_file_without_headings_that_tell_is_understood() -> None:
    match = guessed("sales", NAMES, ROWS)
    assert match.fields == {"document": "Column1", "date": "Column3", "account": "Column2", "amount": "Column4"}
    assert match.by_content == {"document", "date", "account", "amount"}
    assert {note[1]["field"] for note in match.notes} == match.by_content
    assert "by what it holds" in match.notes[0][0]


def test_headings_and_what_is_given_are_never_overridden() -> None:
    match = guessed("sales", ["Column1", "Column2", "date", "Column4", "Column5"], ROWS, document="Column5", account="")
    assert match.fields == {"document": "Column5", "date": "date", "amount": "Column4"}
    assert match.by_content == {"amount"}


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ([(*row[:2], row[2], row[2], row[3]) for row in ROWS], "document, date"),  # two columns of dates
        ([(*row[:2], row[2], row[3], row[3]) for row in ROWS], "amount"),  # two of money
        ([(row[0], row[0], *row[2:]) for row in ROWS], "document"),  # two that may be the document
        (ROWS[:2], "document, date, amount"),  # too few to conclude from
        ([(row[0], row[1], row[2], str(n), row[4]) for n, row in enumerate(ROWS)], "amount"),  # whole numbers
        ([(*row[:2], "soon", *row[3:]) for row in ROWS[:1]] + ROWS[1:], "document, date"),  # not all of them dates
    ],
)
def test_where_more_than_one_could_be_meant_nothing_is_guessed(rows: list[tuple[str, ...]], missing: str) -> None:
    with pytest.raises(Refused, match=f"No column was found for: {missing}") as refused:
        guessed("sales", NAMES, rows)
    assert "The columns are: Column1, Column2, Column3, Column4, Column5" in str(refused.value)


def test_a_column_of_addresses_is_the_e_mail() -> None:
    rows = [(f"C-{n}", f"p{n}@example.com", "Berlin") for n in range(4)]
    match = guessed("accounts", ["Column1", "Column2", "Column3"], rows)
    assert match.fields == {"code": "Column1", "email": "Column2"}
    both = [(row[0], row[1], row[1]) for row in rows]
    assert "email" not in guessed("accounts", ["Column1", "Column2", "Column3"], both).fields


def test_a_column_of_cost_kinds_is_the_kind() -> None:
    rows = [("2024-01-05", "service", "5.00"), ("2024-01-06", "运输", "7.50"), ("2024-01-07", "Goods", "1.25")]
    match = guessed("costs", ["A", "B", "C"], rows)
    assert match.fields == {"date": "A", "kind": "B", "amount": "C"}


def test_a_column_without_a_heading_is_named_by_its_place(tmp_path: Path) -> None:
    text = "document,,amount\n" + "".join(f"D{n},2024-01-0{n},5.50\n" for n in range(1, 5))
    source = recognise(write(tmp_path / "a.csv", text), kind="sales")
    assert source.columns == ("document", "column 2", "amount")
    assert source.heading == ("document", "", "amount")
    match = match_columns("sales", source.columns, sample=source.sample)
    assert match.fields["date"] == "column 2"


def test_without_rows_nothing_is_guessed() -> None:
    with pytest.raises(Refused):
        match_columns("sales", NAMES)
