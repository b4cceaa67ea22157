"""Sales files: what comes in, and what comes in twice."""

import csv
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from mainstay.accounts.models import Account
from mainstay.core.errors import NotAllowed, Refused
from mainstay.ledger.models import Batch, LedgerFile, Product, State
from mainstay.ledger.reading import Hints
from mainstay.ledger.reading.encoding import scan
from mainstay.people.roles import Role
from tests.factories import make_user
from tests.ledger.files import HEAD, TINY, WHOLE, amounts, bring, bring_text, bring_tiny, held, line

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_every_line_of_the_set_comes_in() -> None:
    outcome = bring("sales", TINY / "sales.csv")
    with (TINY / "sales.csv").open() as file:
        written = [(row["document"], Decimal(row["amount"]), row["account"] or None) for row in csv.DictReader(file)]
    assert sorted((row[1], row[5], row[4] or "") for row in held().elements()) == sorted(
        (document, amount, account or "") for document, amount, account in written
    )
    assert outcome.counts["new"] == outcome.counts["rows"] == 14
    assert outcome.batch is not None
    assert (str(outcome.batch.first_day), str(outcome.batch.last_day)) == ("2022-01-15", "2024-07-01")


def test_unknown_accounts_and_products_are_made_from_the_file(tmp_path: Path) -> None:
    text = (
        "document,date,account,account_name,country,product,product_name,amount\n"
        "S1,2024-01-02,N1,Old name,France,P1,Bolt,1\nS2,2024-02-02,N1,New name,,P1,,2\n"
    )
    counts = bring_text(tmp_path, "sales", text).counts
    assert (counts["accounts"], counts["products"]) == (1, 1)
    account = Account.objects.get(code="N1")
    assert (account.name, account.country) == ("New name", "France")
    assert Product.objects.get(code="P1").name == "Bolt"


def test_the_same_file_twice_adds_nothing() -> None:
    """quality 38"""
    bring_tiny()
    before = held(), held("costs"), Account.objects.count()
    again = bring_tiny()
    assert (held(), held("costs"), Account.objects.count()) == before
    assert [outcome.counts["new"] for outcome in again] == [0, 0, 0]
    assert [outcome.counts["known"] for outcome in again] == [7, 14, 8]


def test_the_same_file_twice_in_one_command_adds_nothing(tmp_path: Path) -> None:
    """quality 38"""
    copy = tmp_path / "copy.csv"
    copy.write_bytes((TINY / "sales.csv").read_bytes())
    outcome = bring("sales", TINY / "sales.csv", copy)
    assert (outcome.counts["new"], outcome.counts["known"]) == (14, 14)
    assert sum(held().values()) == 14


def test_rows_in_another_order_are_the_same(tmp_path: Path) -> None:
    text = WHOLE + "S1,2024-01-02,A,5\nS1,2024-01-02,A,7\nS2,2024-01-03,B,1\n"
    bring_text(tmp_path, "sales", text)
    lines = text.splitlines()
    again = bring_text(tmp_path, "sales", "\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    assert again.counts["new"] == 0
    assert amounts() == [1, 5, 7]


def test_equal_lines_of_one_document_are_separate_lines(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\nS1,2024-01-02,A,5\n")
    assert held() == {line("S1", None, "2024-01-02", "A", "5"): 2}


def test_the_documents_of_two_sources_are_two(tmp_path: Path) -> None:
    text = WHOLE + "S1,2024-01-02,A,5\n"
    bring_text(tmp_path, "sales", text, source="north")
    bring_text(tmp_path, "sales", text, source="south")
    assert amounts() == [5, 5]


def test_a_line_without_an_account_is_kept_unattributed(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,,5\n")
    assert held() == {line("S1", None, "2024-01-02", None, "5"): 1}
    assert not Account.objects.exists()


def test_codes_that_a_spreadsheet_made_decimal_are_whole_again(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", WHOLE + "536365.0,2024-01-02, 17850.0 ,5\n")
    assert held() == {line("536365", None, "2024-01-02", "17850", "5"): 1}


def test_without_an_amount_it_is_quantity_times_price_rounded_half_away_from_zero(tmp_path: Path) -> None:
    text = "document,date,quantity,unit_price\nS1,2024-01-02,3,0.00005\nS2,2024-01-02,-3,0.00005\n"
    bring_text(tmp_path, "sales", text)
    assert amounts() == [Decimal("-0.0002"), Decimal("0.0002")]


def test_columns_that_map_to_nothing_are_named(tmp_path: Path) -> None:
    outcome = bring_text(tmp_path, "sales", "document,date,amount,colour\nS1,2024-01-02,1,red\n")
    assert outcome.left_out == ("colour",)


def test_a_dry_run_tells_the_same_and_changes_nothing(home: Path) -> None:
    told = bring("sales", TINY / "sales.csv", dry_run=True)
    assert told.batch is None
    assert not Account.objects.exists()
    assert not Batch.objects.exists()
    assert not list(home.glob("ledger/*/*"))
    assert told.counts == bring("sales", TINY / "sales.csv").counts


def test_one_who_may_not_import_writes_nothing(home: Path) -> None:
    """quality 2, 4"""
    person = make_user(role=Role.SALES_REPRESENTATIVE)
    with pytest.raises(NotAllowed):
        bring("sales", TINY / "sales.csv", by=person)
    assert not Batch.objects.exists()
    assert not list(home.glob("ledger/*/*"))


def test_online_retail_comes_in_whole() -> None:
    path = TINY.parent / "online_retail.parquet"
    outcome = bring("sales", path)
    by_hand = duckdb.execute(
        f"""SELECT count(*), sum(round((Quantity * UnitPrice::DECIMAL(18, 6)), 4)::DECIMAL(38, 4)),
        count(DISTINCT CustomerID) FROM '{path}'"""
    ).fetchall()
    rows, total, customers = by_hand[0]
    assert (outcome.counts["new"], outcome.counts["accounts"]) == (rows, customers) == (541_909, 4_372)
    assert sum(amounts()) == total


def test_a_document_stands_in_two_files_with_other_lines(tmp_path: Path, home: Path) -> None:
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text(WHOLE + "S1,2024-01-02,A,5\n")
    two.write_text(WHOLE + "S0,2024-01-02,A,1\nS1,2024-01-02,A,6\n")
    with pytest.raises(Refused, match=r"S1 stands in one.csv \(row 2\) and, with other lines, in two.csv \(row 3\)"):
        bring("sales", one, two)
    assert not held()
    assert not list(home.glob("ledger/*/*"))


def test_a_changed_document_is_replaced_or_kept_as_said(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\nS2,2024-01-02,A,1\n")
    changed = WHOLE + "S1,2024-01-02,A,6\nS1,2024-01-02,A,1\nS2,2024-01-02,A,1\n"
    with pytest.raises(Refused, match="first S1"):
        bring_text(tmp_path, "sales", changed)
    assert amounts() == [1, 5]
    kept = bring_text(tmp_path, "sales", changed, on_conflict="keep")
    assert (kept.counts["kept"], kept.counts["new"], amounts()) == (2, 0, [1, 5])
    replaced = bring_text(tmp_path, "sales", changed, on_conflict="replace")
    assert (replaced.counts["replaced"], replaced.counts["known"], amounts()) == (2, 1, [1, 1, 6])


def test_the_line_number_may_be_left_out(tmp_path: Path) -> None:
    text = HEAD + "S1,1,2024-01-02,A,P,1,5,\nS1,1,2024-01-02,A,P,1,5,\n"
    with pytest.raises(Refused, match="more than once"):
        bring_text(tmp_path, "sales", text)
    bring_text(tmp_path, "sales", text, mapping={"line": ""})
    assert amounts() == [5, 5]


def test_a_live_batch_lists_files_that_are_there(home: Path) -> None:
    bring("sales", TINY / "sales.csv")
    assert Batch.objects.get().state == State.LIVE
    assert {str(home / path) for path in LedgerFile.objects.values_list("path", flat=True)} == {
        str(path) for path in home.glob("ledger/*/*")
    }


def test_what_gives_way_to_the_ledger_makes_nothing(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", HEAD + "S1,1,2024-01-02,A,P,1,5,\n")
    kept = bring_text(
        tmp_path, "sales", HEAD + "S1,1,2024-01-02,NEW,Q,1,6,\nS2,1,2024-01-02,B,P,1,1,\n", on_conflict="keep"
    )
    assert (kept.counts["kept"], kept.counts["accounts"], kept.counts["products"]) == (1, 1, 0)
    assert list(Account.objects.order_by("code").values_list("code", flat=True)) == ["A", "B"]


def test_currencies_are_one_in_any_case(tmp_path: Path) -> None:
    head = "document,date,account,amount,currency\n"
    bring_text(tmp_path, "sales", head + "S1,2024-01-02,A,5,eur\n")
    assert bring_text(tmp_path, "sales", head + "S1,2024-01-02,A,5,EUR\n").counts["known"] == 1


def test_a_dry_run_warns_as_the_import_does(tmp_path: Path) -> None:
    text = "document,date,account,amount,owner,parent\nS1,2024-01-02,A,5,Nobody Here,\nS2,2024-01-02,B,5,,Z9\n"
    told = bring_text(tmp_path, "sales", text, dry_run=True).warnings
    assert [params["count"] for _message, params in told] == [1, 1]
    assert told == bring_text(tmp_path, "sales", text).warnings


@pytest.mark.parametrize("mark", ["\ufeff", "\u200b", "\u200c", "\u200d", "\u3000\u200b ", "\t\ufeff"])
@pytest.mark.parametrize("rest", ["", "\u00fc", "客户"])
def test_marks_that_show_nothing_make_no_other_document_or_account(mark: str, rest: str, tmp_path: Path) -> None:
    text = f"document,date,account,amount\nS1{rest},2024-01-02,A{rest},5\nS2{rest},2024-01-03,B,7\n"
    bring_text(tmp_path, "sales", text)
    marked = text.replace(f"S1{rest},", f"{mark}S1{rest}{mark},").replace(
        f",A{rest},5", f",{mark}A{rest}{mark},{mark}5"
    )
    again = bring_text(tmp_path, "sales", marked)
    assert (again.counts["new"], again.counts["known"]) == (0, 2)


def test_a_byte_order_mark_at_the_beginning_alone_makes_no_file_strange(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xef\xbb\xbfdocument,date,amount\nS1,2024-01-02,5\n")
    assert not scan(path, "a.csv").strange
    path.write_bytes(b"\xef\xbb\xbfdocument,date,amount\n\xef\xbb\xbfS1,2024-01-02,5\n")
    assert scan(path, "a.csv").strange


@pytest.mark.parametrize(
    ("separator", "texts", "sign"),
    [
        ("\t", ["1,234", "2.345"], "point"),
        (";", ["1,234", "2,345"], "comma"),
        (";", ["7"] * 1500 + ["1.234"], "comma"),
    ],
)
def test_a_decimal_sign_that_nothing_tells_is_told(separator: str, texts: list[str], sign: str, tmp_path: Path) -> None:
    lines = [WHOLE, *(f"S{place},2024-01-02,A,@{place}\n" for place in range(len(texts)))]
    text = "".join(lines).replace(",", separator)
    for place, number in reversed(list(enumerate(texts))):
        text = text.replace(f"@{place}\n", f"{number}\n")
    dry = bring_text(tmp_path, "sales", text, dry_run=True)
    ((message, params),) = dry.warnings
    assert f"A {sign} was taken" in message
    assert params["file"] == "file.csv"
    assert bring_text(tmp_path, "sales", text).warnings == dry.warnings
    told = bring_text(tmp_path, "sales", text, source="b", hints=Hints(decimal="." if sign == "point" else ","))
    assert not told.warnings
    assert not bring_text(
        tmp_path, "sales", text + separator.join(["X", "2024-01-02", "A", "1,5"]), source="c"
    ).warnings
