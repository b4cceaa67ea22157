"""Separated text that is not as it should be: no row is lost, and each fault names its row."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mainstay.core.codes import clean_code
from mainstay.core.errors import Refused
from mainstay.ledger.reading import KINDS, Hints, Style, match_columns, recognise, stage
from mainstay.ledger.reading.parsing import Parsing
from mainstay.ledger.reading.relation import quick_relation, write_cells, written_relation
from mainstay.ledger.reading.source import Format
from tests.ledger.reading.reading import Read, read, sales_file, write


def faults(found: Read) -> list[tuple[int, str]]:
    return [(one["row"], one["message"].split(";")[0].split(".")[0]) for one in found.refusals]


FEW = "This row has fewer cells than the heading"
MANY = "This row has more cells than the heading"
QUOTES = "The quotes in this row do not pair up"


def test_rows_with_too_few_or_too_many_cells_are_refused(tmp_path: Path) -> None:
    found = read(
        sales_file(tmp_path / "a.csv", ["1,2024-01-05,1", "2,2024-01-05", "3,2024-01-05,1,x", "4,2024-01-05,4"])
    )
    assert [(row["document"], row["row"]) for row in found.rows] == [("1", 2), ("4", 5)]
    assert faults(found) == [(3, FEW), (4, MANY)]
    assert found.refusals[0]["column"] is None


def test_a_file_cut_off_within_a_row_names_that_row(tmp_path: Path) -> None:
    found = read(write(tmp_path / "a.csv", "document,date,amount\n1,2024-01-05,1\n2,2024-"))
    assert (found.staged.row_count, faults(found)) == (1, [(3, FEW)])


@pytest.mark.parametrize("tail", ['2,"2024-', '2,"2024-01-05,7\n3,2024-01-05,8\n'])
def test_a_quote_that_is_never_closed_is_refused_with_its_row(tmp_path: Path, tail: str) -> None:
    with pytest.raises(Refused, match=r"Row 3 of “a.csv” opens a quote that is never closed"):
        read(write(tmp_path / "a.csv", "document,date,amount\n1,2024-01-05,1\n" + tail))


def test_quotes_that_do_not_pair_up_are_refused(tmp_path: Path) -> None:
    found = read(
        sales_file(tmp_path / "a.csv", ['1,"2024"-01-05,1', "2,2024-01-05,2", '3, "2024-01-05" ,3', '4"x,2024-01-05,4'])
    )
    assert found.column("document") == ["2", "3", '4"x']
    assert faults(found) == [(2, QUOTES)]


def test_cells_beyond_the_heading_may_be_empty(tmp_path: Path) -> None:
    found = read(sales_file(tmp_path / "a.csv", ["1,2024-01-05,1,,", "2,2024-01-05,2"]))
    assert found.column("amount") == [1, 2]
    found = read(sales_file(tmp_path / "b.csv", ["1,2024-01-05,1,", "2,2024-01-05,2"], "document,date,amount,"))
    assert found.column("amount") == [1, 2]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("fault", ["", "x"])
def test_line_ends_blank_lines_and_quoted_line_ends(tmp_path: Path, end: str, fault: str) -> None:
    """Blank lines are no rows, but count where rows are numbered; a line end within quotes does not."""
    lines = [
        "document,date,amount,product_name",
        '1,2024-01-05,1,"a' + end + end + 'b"',
        "",
        ",,,",
        "2,2024-01-05,2,c",
        " , ,,",
    ]
    found = read(write(tmp_path / "a.csv", end.join([*lines, fault, ""])))
    assert [(row["row"], row["document"]) for row in found.rows] == [(2, "1"), (5, "2")]
    assert found.column("product_name")[0] == f"a{end}{end}b"
    assert [one["row"] for one in found.refusals] == ([7] if fault else [])


def test_mixed_line_ends_are_read(tmp_path: Path) -> None:
    found = read(
        write(tmp_path / "a.csv", "document,date,amount\r\n1,2024-01-05,1\n2,2024-01-05,2\r3,2024-01-05,3\r\n")
    )
    assert [(row["row"], row["amount"]) for row in found.rows] == [(2, 1), (3, 2), (4, 3)]


@pytest.mark.parametrize("rows", [[], ["", ""], [",,"], [" , ,"]])
def test_a_heading_without_rows_is_refused(tmp_path: Path, rows: list[str]) -> None:
    with pytest.raises(Refused, match=r"“a.csv” has a heading but no rows"):
        read(sales_file(tmp_path / "a.csv", rows))


@pytest.mark.parametrize("size", [1_000_000, 3_000_000])
def test_a_cell_of_a_million_characters_is_a_problem_of_its_row(tmp_path: Path, size: int) -> None:
    rows = ["1,2024-01-05,1,a", f"2,2024-01-05,2,{'x' * size}", "3,2024-01-05,3,c"]
    found = read(sales_file(tmp_path / "a.csv", rows, "document,date,amount,product_name"))
    assert found.column("document") == ["1", "3"]
    (told,) = found.refusals
    assert (told["file"], told["row"], told["column"]) == ("a.csv", 3, "product_name")
    assert told["message"].startswith("The text under “product_name” is longer than 10,000 characters (“xxx")
    assert len(told["value"]) == 60


def test_a_long_cell_in_a_column_that_is_left_out_does_no_harm(tmp_path: Path) -> None:
    found = read(sales_file(tmp_path / "a.csv", [f"1,2024-01-05,1,{'é' * 2_000_000}"], "document,date,amount,junk"))
    assert found.column("document") == ["1"]


def test_a_cell_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"Row 2 of “a.csv” has a cell or line without end"):
        read(sales_file(tmp_path / "a.csv", [f'1,2024-01-05,"{"x,1" * 6_000_000}"', "2,2024-01-05,3"]))


def test_texts_and_codes_have_a_longest_length(tmp_path: Path) -> None:
    rows = [f"{'d' * 200},2024-01-05,1,{'é' * 10_000}", f"{'d' * 201},2024-01-05,1,{'é' * 10_001}"]
    found = read(sales_file(tmp_path / "a.csv", rows, "document,date,amount,product_name"))
    assert [row["row"] for row in found.rows] == [2]
    assert [(one["row"], one["column"]) for one in found.refusals] == [(3, "document"), (3, "product_name")]
    assert found.staged.refused_count == 1


def test_required_cells_must_be_filled_and_lines_need_not(tmp_path: Path) -> None:
    rows = ["1,,2024-01-05,1,A", ",2,2024-01-05,1,A", "3,3,,1,A", "4,4,2024-01-05, ,A", "5,5,2024-01-05,1,"]
    found = read(sales_file(tmp_path / "a.csv", rows, "document,line,date,amount,account"))
    assert [(row["document"], row["line"], row["account"]) for row in found.rows] == [
        ("1", None, "A"),
        ("5", "5", None),
    ]
    assert [(one["row"], one["column"]) for one in found.refusals] == [(3, "document"), (4, "date"), (5, "amount")]
    assert found.refusals[0]["message"] == "“document” is empty, but every row needs it. Fill it in."


def test_codes_are_cleaned_and_texts_trimmed(tmp_path: Path) -> None:
    rows = [
        "17850.0,2024-01-05,1,12345.000,  a  b\u3000",
        "\u00a0D 1 ,2024-01-05,1,NULL,\u3000",
        "1.50,2024-01-05,1,N/A,x\t",
    ]
    found = read(sales_file(tmp_path / "a.csv", rows, "document,date,amount,account,account_name"))
    assert found.column("document") == ["17850", "D 1", "1.50"]
    assert found.column("account") == ["12345", "NULL", "N/A"]
    assert found.column("account_name") == ["a  b", None, "x"]


def test_kinds_of_cost_are_known_in_any_case_and_in_chinese(tmp_path: Path) -> None:
    rows = [f"2024-01-05,1,{kind}" for kind in ("GOODS", " Service ", "返利", "销售费用", "other", "bribe", "")]
    found = read(sales_file(tmp_path / "a.csv", rows, "date,amount,kind"), kind="costs")
    assert found.column("kind") == ["goods", "service", "rebate", "selling", "other"]
    assert [one["row"] for one in found.refusals] == [7, 8]
    assert "“bribe” under “kind” is none of: goods, service" in found.refusals[0]["message"]


def test_several_files_are_staged_in_their_order(tmp_path: Path) -> None:
    first = sales_file(tmp_path / "a.csv", ["1,2024-01-05,1", "2,x,1"])
    second = sales_file(tmp_path / "b.csv", ["3;05.01.2024;1,5", "4;06.01.2024;x"], "Beleg;Date;amount")
    files = read(first, write(tmp_path / "c.csv", second.read_text().replace("Beleg", "Invoice No")))
    assert [(row["file"], row["row"], row["document"], str(row["amount"])) for row in files.rows] == [
        (0, 2, "1", "1.0000"),
        (1, 2, "3", "1.5000"),
    ]
    assert [(one["file"], one["row"], one["column"]) for one in files.refusals] == [
        ("a.csv", 3, "date"),
        ("c.csv", 3, "amount"),
    ]
    assert files.staged.mapped == {"document", "date", "amount"}


def test_columns_of_the_staged_rows_are_the_fields_with_their_types(tmp_path: Path) -> None:
    (row,) = read(sales_file(tmp_path / "a.csv", ["1,2024-01-05,1"])).rows
    assert list(row)[:5] == ["file", "row", "document", "line", "date"]
    assert row["date"] == date(2024, 1, 5)
    assert row["line"] is None


def test_many_rows_keep_their_order_and_number(tmp_path: Path) -> None:
    count = 300_000
    rows = [f"{number},2024-01-05,{'x' if number % 70_000 == 0 else number}" for number in range(count)]
    found = read(sales_file(tmp_path / "a.csv", rows))
    assert [one["row"] for one in found.refusals] == [2, 70_002, 140_002, 210_002, 280_002]
    assert found.staged.row_count == count - 5
    assert all(int(row["document"]) == row["row"] - 2 == row["amount"] for row in found.rows)
    assert found.column("row") == sorted(found.column("row"))


CELL = st.text(st.sampled_from(list("ab1.,;\"'\n\r =-+\t|é中\u00a0")), max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=12), faulty=st.booleans())
@example(rows=[("'=x", "'")], faulty=False)
def test_every_cell_that_was_written_is_read(tmp_path: Path, rows: list[tuple[str, str]], faulty: bool) -> None:
    """With a fault in its last row a file is read row by row, else by DuckDB: both agree with what was written."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows(
        [("document", "date", "amount", "account", "product_name"), *(("d", "2024-01-05", "1", *row) for row in rows)]
    )
    path = write(tmp_path / "p.csv", out.getvalue() + ("short\n" if faulty else ""))
    found = read(path, hints=Hints(separator=","))
    assert found.column("account") == [clean_code(bare(code)) for code, _ in rows]
    assert found.column("product_name") == [bare(text).strip() or None for _, text in rows]
    assert found.staged.refused_count == faulty
    assert [row["row"] for row in found.rows] == list(range(2, len(rows) + 2))


def bare(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "-", "+", "@", "\t", "\r") else cell


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from(list('12,",\n\n x')), max_size=80))
def test_no_row_of_any_text_is_lost(tmp_path: Path, body: str) -> None:
    """As many rows as an independent reader counts, unless the file is refused as a whole."""
    path = write(tmp_path / "p.csv", "document,date,amount\nd,2024-01-05,1\n" + body)
    try:
        found = read(path, hints=Hints(separator=","))
    except Refused as refused:
        if "never closed" not in str(refused):
            raise
        return
    if not any(one["message"].startswith(QUOTES) for one in found.refusals):
        plain = list(csv.reader(io.StringIO(path.read_text(), newline=""), skipinitialspace=True))[1:]
        assert found.staged.row_count + found.staged.refused_count == sum(any(map(str.strip, row)) for row in plain)


def test_progress_hears_the_name_and_the_rows(tmp_path: Path) -> None:
    path = sales_file(tmp_path / "a.csv", [f"{number},2024-01-05,1" for number in range(50_000)] + ["short"])
    source = recognise(path)
    heard: list[tuple[str, int]] = []
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
        match = match_columns("sales", source.columns)
        stage(
            [(source, match)],
            "sales",
            folder=tmp_path / "s",
            connection=connection,
            progress=lambda name, rows: heard.append((name, rows)),
        )
    assert heard[-1] == ("a.csv", 50_001)
    assert {name for name, _ in heard} == {"a.csv"}
    assert [rows for _, rows in heard[-4:]] == [20_000, 40_000, 50_001, 50_001]


def test_rows_are_numbered_only_where_their_order_is_kept(tmp_path: Path) -> None:
    source = recognise(sales_file(tmp_path / "a.csv", ["1,2024-01-05,1"]))
    files = [(source, match_columns("sales", source.columns))]
    with (
        duckdb.connect(config={"preserve_insertion_order": "false"}) as connection,
        pytest.raises(ValueError, match="order"),
    ):
        stage(files, "sales", folder=tmp_path / "s", connection=connection)


def test_trailing_separators_in_every_row_keep_the_quick_way(tmp_path: Path) -> None:
    path = sales_file(tmp_path / "a.csv", ["1,2024-01-05,1,,", "2,2024-01-05,2,,"])
    source = recognise(path)
    assert source.quick
    assert source.columns == ("document", "date", "amount", "", "")
    assert read(path).column("amount") == [1, 2]


@pytest.mark.parametrize("numbered", [False, True])
@pytest.mark.parametrize("format_", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_query_keeps_the_order_of_rows(tmp_path: Path, kind: str, format_: Format, numbered: bool) -> None:
    """DuckDB makes joins of lists of constants, and a join loses the order by which rows are numbered."""
    source = recognise(sales_file(tmp_path / "a.csv", [], ",".join(KINDS[kind].names)))
    source = replace(source, format=format_)
    match = match_columns(kind, source.columns)
    cells = tmp_path / "cells.parquet"
    write_cells(iter(()), len(source.columns), cells, lambda _rows: None)
    relation = written_relation(cells) if numbered else quick_relation(source)
    with duckdb.connect() as connection:
        style = Style(".", {field.name: "dmy" for field in KINDS[kind].fields if field.type == "date"})
        query = Parsing(KINDS[kind], source, match, style, relation).query()
        assert "JOIN" not in plan(connection, query, relation.params)
        assert "JOIN" in plan(
            connection, "SELECT x IN ('1', '2', '3', '4', '5', '6') FROM (SELECT unnest(?) AS x)", [["a"]]
        )


def plan(connection: duckdb.DuckDBPyConnection, query: str, params: Sequence[Any]) -> str:
    return str(connection.execute(f"EXPLAIN {query}", list(params)).fetchall()[0][1]).upper()
