"""Parquet: typed columns go through the same text form as everything else."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from mainstay.core.errors import Refused
from mainstay.ledger.reading import Hints, match_columns, recognise
from tests.ledger.reading.reading import read


def parquet(path: Path, query: str) -> Path:
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")
    return path


def test_columns_of_every_type_are_read(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "a.parquet",
        "SELECT 536365::BIGINT AS document, TIMESTAMP '2024-01-05 23:59:00' AS date, 0.1::DOUBLE + 0.2 AS amount, "
        "17850.0::DOUBLE AS account, 5e-5::DOUBLE AS cost, 3::UTINYINT AS line, 2.55::FLOAT AS unit_price",
    )
    (row,) = read(path).rows
    assert (row["document"], row["line"], row["account"], row["row"]) == ("536365", "3", "17850", 2)
    assert row["date"] == date(2024, 1, 5)
    assert (row["amount"], row["cost"], row["unit_price"]) == (Decimal("0.3"), Decimal("0.0001"), Decimal("2.55"))


def test_dates_with_and_without_time_zone(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "a.parquet",
        "SELECT 'a' AS document, TIMESTAMPTZ '2024-01-05 23:30:00+00' AS date, 1 AS amount "
        "UNION ALL SELECT 'b', TIMESTAMPTZ '2024-01-05 00:30:00+00', 2",
    )
    assert read(path).column("date") == [date(2024, 1, 5)] * 2
    assert read(parquet(tmp_path / "b.parquet", "SELECT 'a' document, DATE '2024-01-05' date, 1 amount")).rows
    far = read(parquet(tmp_path / "c.parquet", "SELECT 'a' document, DATE '9999-01-05' date, 1 amount"))
    assert [one["value"] for one in far.refusals] == ["9999-01-05"]


def test_no_number_is_no_value_and_infinity_is_a_problem(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "a.parquet",
        "SELECT 'a' document, DATE '2024-01-05' date, 'nan'::DOUBLE amount, 1 quantity, 2 unit_price, "
        "'nan'::DOUBLE AS cost "
        "UNION ALL SELECT 'b', DATE '2024-01-05', 1, 1, 1, 'inf'::DOUBLE",
    )
    found = read(path)
    assert [(row["amount"], row["cost"]) for row in found.rows] == [(2, None)]
    assert [(one["row"], one["column"], one["value"]) for one in found.refusals] == [(3, "cost", "inf")]


def test_texts_follow_their_own_style_beside_typed_numbers(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "a.parquet",
        "SELECT 'a' document, '5.1.2024' date, '1.234,5' amount, 1.5::DOUBLE AS quantity, 1 AS unit_price",
    )
    (row,) = read(path).rows
    assert (row["amount"], row["quantity"], row["date"]) == (Decimal("1234.5"), Decimal("1.5"), date(2024, 1, 5))


def test_a_parquet_file_without_its_end_is_refused(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "a.parquet", "SELECT i::VARCHAR document, DATE '2024-01-05' date, i amount FROM range(10000) t(i)"
    )
    data = path.read_bytes()
    path.write_bytes(data[:-100])
    with pytest.raises(Refused, match=r"“a.parquet” is cut off: its end is missing"):
        recognise(path)
    path.write_bytes(data[:1000] + b"PAR1")
    with pytest.raises(Refused, match=r"damaged and cannot be read as Parquet"):
        recognise(path)
    path.write_bytes(data[:100] + bytes(2000) + data[2100:])
    with pytest.raises(Refused, match=r"damaged and cannot be read as Parquet"):
        read(path)


def test_nested_columns_are_left_out_unless_mapped(tmp_path: Path) -> None:
    path = parquet(
        tmp_path / "a.parquet",
        "SELECT 'a' document, DATE '2024-01-05' date, 1 amount, [1, 2] AS tags, {'x': 1} AS more",
    )
    source = recognise(path)
    assert match_columns("sales", source.columns).left_out == ("tags", "more")
    assert read(path).staged.row_count == 1
    with pytest.raises(Refused, match=r"The column “tags” of “a.parquet” holds lists"):
        read(path, given={"product": "tags"})


def test_column_names_are_never_part_of_a_query(tmp_path: Path) -> None:
    """quality 21"""
    name = "x\"); DROP TABLE a; --'"
    quoted = name.replace('"', '""')
    path = parquet(tmp_path / "a.parquet", f"SELECT 'a' AS document, DATE '2024-01-05' AS date, 1 AS \"{quoted}\"")
    assert read(path, given={"amount": name}).column("amount") == [1]


def test_an_empty_parquet_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"has a heading but no rows"):
        read(parquet(tmp_path / "a.parquet", "SELECT 'a' document, DATE '2024-01-05' date, 1 amount WHERE false"))


def test_hints_for_text_do_not_change_typed_columns(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", "SELECT 'a' document, DATE '2024-01-05' date, 1.5::DOUBLE AS amount")
    assert read(path, hints=Hints(decimal=",", date_order="mdy")).column("amount") == [Decimal("1.5")]
