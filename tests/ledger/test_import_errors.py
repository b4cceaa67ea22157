"""Files and rows that cannot be used: said clearly, and nothing changed."""

import csv
import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from mainstay.core.errors import Refused
from mainstay.ledger import imports
from mainstay.ledger.engine import scratch
from mainstay.ledger.models import Batch
from tests.ledger.files import HEAD, TINY, WHOLE, amounts, bring, bring_text, held

pytestmark = pytest.mark.django_db(transaction=True)

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8


def parquet_cut(_folder: Path) -> bytes:
    return (TINY.parent / "online_retail.parquet").read_bytes()[:50_000]


CASES: dict[str, tuple[str, bytes | Callable[[Path], bytes], str]] = {
    "empty": ("sales.csv", b"", "sales.csv"),
    "only a heading": ("sales.csv", b"document,date,amount\n", "sales.csv"),
    "binary": ("sales.csv", PNG, "sales.csv"),
    "mislabelled": ("sales.xlsx", b"document,date,amount\nS1,2024-01-02,1\n", "sales.xlsx"),
    "a Parquet file cut off": ("sales.parquet", parquet_cut, "sales.parquet"),
    "a workbook cut off": ("sales.xlsx", b"PK\x03\x04" + b"\x00" * 200, "sales.xlsx"),
    "cut off in a row": ("sales.csv", b"document,date,amount\nS1,2024-01-02,1\nS2,2024", "row 3"),
    "a needed column lacks": ("sales.csv", b"document,amount\nS1,1\n", "date"),
    "a cell of a million characters": (
        "sales.csv",
        b"document,date,amount,product\nS1,2024-01-02,1," + b"x" * 1_000_000 + b"\n",
        "row 2, column product",
    ),
    "the year 9999": ("sales.csv", b"document,date,amount\nS1,9999-12-31,1\n", "row 2, column date"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_file_that_cannot_be_used_is_named_and_nothing_changes(case: str, tmp_path: Path, home: Path) -> None:
    name, content, hint = CASES[case]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content(tmp_path))
    with pytest.raises(Refused) as refused:
        bring("sales", path)
    assert hint in str(refused.value)
    assert not Batch.objects.exists()
    assert not list(home.glob("ledger/*/*"))
    assert not list(home.glob("scratch/*"))


def test_a_refused_row_takes_its_document_along_and_comes_back_as_it_was(tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    text = WHOLE + "S1,2024-01-02,A,5\nS1,soon,A,7\nS2,2024-01-03,B,1\n"
    outcome = bring_text(tmp_path, "sales", text, allow_errors=True, errors_to=errors)
    assert (outcome.counts["new"], outcome.counts["refused"], amounts()) == (1, 2, [1])
    with errors.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(row["document"], row["date"], row["amount"]) for row in rows] == [
        ("S1", "2024-01-02", "5"),
        ("S1", "soon", "7"),
    ]
    assert all(row["reason"] for row in rows)
    mended = errors.read_text(encoding="utf-8-sig").replace("soon", "2024-01-02")
    again = bring_text(tmp_path, "sales", mended)
    assert (again.counts["new"], amounts()) == (2, [1, 5, 7])


def test_with_line_numbers_only_the_row_itself_is_refused(tmp_path: Path) -> None:
    text = HEAD + "S1,1,2024-01-02,A,P,1,5,\nS1,2,soon,A,P,1,7,\n"
    outcome = bring_text(tmp_path, "sales", text, allow_errors=True)
    assert (outcome.counts["new"], outcome.counts["refused"], amounts()) == (1, 1, [5])


def test_without_leave_one_bad_row_stops_all(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"1 of 2 rows cannot be used. First: file.csv, row 3, column date"):
        bring_text(tmp_path, "sales", HEAD + "S1,1,2024-01-02,A,P,1,5,\nS2,1,soon,A,P,1,7,\n")
    assert not held()


def test_a_full_disk_is_told_and_nothing_changes(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Refused, match="No space left on device"):
        bring("sales", TINY / "sales.csv")
    monkeypatch.undo()
    assert not held()
    assert bring("sales", TINY / "sales.csv").counts["new"] == 14
    assert len(list(home.glob("ledger/*/*"))) == 2


def test_what_broke_off_is_swept_by_the_next_import(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(imports, "_commit", breaks)
    with pytest.raises(RuntimeError):
        bring("sales", TINY / "sales.csv")
    assert list(home.glob("ledger/*/*"))
    assert not held()
    monkeypatch.undo()
    bring("costs", TINY / "costs.csv")
    assert not list(home.glob("ledger/sales/*"))
    assert Batch.objects.count() == 1


def test_a_nul_in_a_parquet_text_is_a_row_that_cannot_be_used(tmp_path: Path) -> None:
    path = tmp_path / "nul.parquet"
    with duckdb.connect() as connection:
        rows = "SELECT 'D' || chr(0) AS document, DATE '2024-01-02' AS date, 'A' AS account, 5 AS amount"
        connection.execute(
            f"COPY ({rows} UNION ALL SELECT 'D2', DATE '2024-01-02', 'B', 1) TO '{path}' (FORMAT parquet)"
        )
    with pytest.raises(Refused, match=r"row \d, column document: .*D␀"):
        bring("sales", path)
    assert bring("sales", path, allow_errors=True).counts["new"] == 1


def test_the_scratch_of_a_dead_process_is_swept_and_a_living_ones_stays(home: Path) -> None:
    dead = home / "scratch" / "import-dead"
    dead.mkdir(parents=True)
    (dead / "staged.parquet").write_bytes(b"rows")
    os.utime(dead, (0, 0))
    with scratch("living") as living:
        os.utime(living, (0, 0))
        bring("sales", TINY / "sales.csv")
        assert living.is_dir()
    assert not dead.exists()


@pytest.mark.parametrize("link", ["itself", "symlink", "hard link"])
@pytest.mark.parametrize("dry_run", [True, False])
def test_refused_rows_never_go_over_a_file_that_is_imported(link: str, dry_run: bool, tmp_path: Path) -> None:
    path, errors = tmp_path / "sales.csv", tmp_path / "errors.csv"
    path.write_text(WHOLE + "S1,soon,A,5\nS2,2024-01-03,B,1\n", encoding="utf-8")
    before = path.read_bytes()
    if link == "itself":
        errors = tmp_path / "." / "sales.csv"
    elif link == "symlink":
        errors.symlink_to(path)
    else:
        errors.hardlink_to(path)
    with pytest.raises(Refused, match="Choose another file for the refused rows"):
        bring("sales", path, errors_to=errors, allow_errors=True, dry_run=dry_run)
    assert path.read_bytes() == before
    assert not held()


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "zip"])
def test_refused_rows_take_the_place_of_a_file_when_all_are_written(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = tmp_path / f"errors.{ending}"
    errors.write_text("what was there", encoding="utf-8")
    text = WHOLE + "S1,soon,A,5\nS2,2024-01-03,B,1\n"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("mainstay.ledger.reading.refusals._Refusals._rows", full)
        with pytest.raises(Refused, match=r"errors\..* \(No space left on device\)"):
            bring_text(tmp_path, "sales", text, errors_to=errors, dry_run=True)
    assert errors.read_text(encoding="utf-8") == "what was there"
    bring_text(tmp_path, "sales", text, errors_to=errors, dry_run=True)
    assert errors.read_bytes() != b"what was there"
    assert sorted(path.name for path in tmp_path.iterdir()) == [errors.name, "file.csv", "home"]


@pytest.mark.parametrize("place", ["no/such/folder/errors.csv", "no/such/folder/errors.xlsx", "."])
def test_a_place_where_refused_rows_cannot_be_written_is_named(place: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"The refused rows could not be written to .* \("):
        bring_text(tmp_path, "sales", WHOLE + "S1,soon,A,5\n", errors_to=tmp_path / place, dry_run=True)


@pytest.mark.parametrize("kind", ["sales", "costs"])
def test_a_row_whose_currency_is_none_is_refused_and_signs_of_currencies_are_understood(
    kind: str, tmp_path: Path
) -> None:
    known = ["EUR", "usd", "€", "£", "¥", "￥", "hk$", "人民币", "", "USDT", "SEK"]
    unknown = ["<b>", "$", "E", "euro zone", "EUR/USD", "ABCDEFGHIJKLM"]
    lines = [f"S{place},2024-01-02,goods,5,{text}\n" for place, text in enumerate([*known, *unknown])]
    heading = "document,date,kind,amount,currency\n"
    outcome = bring_text(tmp_path, kind, heading + "".join(lines), allow_errors=True, mapping={"currency": "currency"})
    assert (outcome.counts["new"], outcome.counts["refused"]) == (len(known), len(unknown))
    assert [one["value"] for one in outcome.refusals] == unknown
    assert {one["column"] for one in outcome.refusals} == {"currency"}


def test_a_document_without_numbers_is_known_whole_in_a_file_with_a_column_of_them(tmp_path: Path) -> None:
    text = (
        HEAD + "S1,,2024-01-02,A,P,1,5,\nS1,,2024-01-02,A,P,1,5,\nS2,1,2024-01-02,A,P,1,7,\nS2,2,2024-01-02,A,P,1,8,\n"
    )
    assert bring_text(tmp_path, "sales", text).counts["new"] == 4
    again = bring_text(tmp_path, "sales", text)
    assert (again.counts["new"], again.counts["known"]) == (0, 4)
    whole = WHOLE.replace("account", "account,product,quantity") + "S1,2024-01-02,A,P,1,5\nS1,2024-01-02,A,P,1,5\n"
    assert bring_text(tmp_path, "sales", whole).counts["known"] == 2
    broken = text.replace("S1,,2024-01-02,A,P,1,5,\n", "S1,,soon,A,P,1,5,\n", 1).replace("S1", "S3").replace("S2", "S4")
    outcome = bring_text(tmp_path, "sales", broken, allow_errors=True)
    assert (outcome.counts["new"], outcome.counts["refused"]) == (2, 2)
    assert [one["row"] for one in outcome.refusals] == [2, 3]


def test_a_column_of_line_numbers_that_is_empty_throughout_counts_as_none(tmp_path: Path) -> None:
    text = HEAD + "S1,,2024-01-02,A,P,1,5,\nS1,,2024-01-02,A,P,1,7,\n"
    assert bring_text(tmp_path, "sales", text).counts["new"] == 2
    assert {row[2] for row in held()} == {None}
    assert bring_text(tmp_path, "sales", text, mapping={"line": ""}).counts["known"] == 2


def test_a_document_of_which_some_rows_are_numbered_is_refused_whole(tmp_path: Path) -> None:
    text = HEAD + "S1,1,2024-01-02,A,P,1,5,\nS1,,2024-01-02,A,P,1,7,\nS2,1,2024-01-02,A,P,1,9,\n"
    with pytest.raises(Refused, match=r"2 of 3 rows cannot be used.*row 2.*“S1” some rows have .*--map line="):
        bring_text(tmp_path, "sales", text)
    outcome = bring_text(tmp_path, "sales", text, allow_errors=True)
    assert (outcome.counts["new"], outcome.counts["refused"], amounts()) == (1, 2, [9])
    assert bring_text(tmp_path, "sales", text, name="b.csv", mapping={"line": ""}, source="b").counts["new"] == 3
