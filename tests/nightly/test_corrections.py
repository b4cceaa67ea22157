"""Corrections through import, refresh and figures: each sum worked out by hand from the lines that should count."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from mainstay.accounts.models import Account
from mainstay.accounts.services import alias_add
from mainstay.core.errors import Refused
from mainstay.grading.models import Refresh, Standing
from mainstay.ledger.services import alias_remove, undo_batch
from mainstay.nightly.refresh import refresh
from tests.factories import make_account, make_contact, make_user
from tests.ledger.files import WHOLE, bring, bring_text

pytestmark = pytest.mark.django_db

DAY = date(2024, 6, 30)
BASE = WHOLE + "S1,2024-03-01,A,100\nS1,2024-03-01,A,50\nS2,2024-04-01,B,40\n"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    bring_text(tmp_path, "sales", BASE)
    return tmp_path


def graded() -> Refresh:
    return refresh(as_of=DAY)


def sales() -> dict[str, Decimal]:
    standings = Standing.objects.filter(refresh__current=True)
    return dict(standings.values_list("account__code", "sales"))


def orders() -> dict[str, int]:
    return dict(Standing.objects.filter(refresh__current=True).values_list("account__code", "orders"))


def test_a_return_lowers_sales_and_is_no_order(base: Path) -> None:
    bring_text(base, "sales", WHOLE + "R1,2024-05-01,A,-30\n")
    assert graded().summary["sales"] == "160.0000"
    assert sales() == {"A": 120, "B": 40}
    assert orders() == {"A": 1, "B": 1}


def test_a_credit_note_without_an_order_counts_for_its_account(base: Path) -> None:
    bring_text(base, "sales", WHOLE + "C1,2024-05-01,C,-25\n")
    done = graded()
    assert (done.summary["sales"], done.summary["active"]) == ("165.0000", 3)
    assert sales()["C"] == -25
    standing = Standing.objects.get(refresh=done, account__code="C")
    assert (standing.orders, standing.first_order, standing.active) == (0, None, True)


def test_a_late_line_counts_at_the_next_refresh_and_in_earlier_days_asked_anew(base: Path) -> None:
    """The line is of February, imported after the day of June was graded; what was published stays as it was."""
    before = graded()
    bring_text(base, "sales", WHOLE + "S0,2024-02-01,B,60\n")
    assert Refresh.objects.get(pk=before.pk).summary["sales"] == "190.0000"
    assert sales()["B"] == 40
    assert graded().summary["sales"] == "250.0000"
    assert sales() == {"A": 150, "B": 100}
    assert refresh(as_of=date(2024, 3, 15)).summary["sales"] == "210.0000"
    assert Refresh.objects.get(pk=before.pk).summary["sales"] == "190.0000"


def test_lines_move_to_another_account(base: Path) -> None:
    graded()
    bring_text(base, "sales", WHOLE + "S1,2024-03-01,B,100\nS1,2024-03-01,A,50\n", on_conflict="replace")
    assert graded().summary["sales"] == "190.0000"
    assert sales() == {"A": 50, "B": 140}
    assert orders() == {"A": 1, "B": 2}


def test_lines_move_to_another_day_and_out_of_the_window(base: Path) -> None:
    bring_text(base, "sales", WHOLE + "S2,2022-04-01,B,40\n", on_conflict="replace")
    done = graded()
    assert (done.summary["sales"], done.summary["active"]) == ("150.0000", 1)
    standing = Standing.objects.get(refresh=done, account__code="B")
    assert (standing.sales, standing.first_order) == (0, date(2022, 4, 1))


@pytest.mark.parametrize(
    ("lines", "a"),
    [
        ("S1,2024-03-01,A,100\n", 100),
        ("S1,2024-03-01,A,100\nS1,2024-03-01,A,50\nS1,2024-03-01,A,50\n", 200),
        ("S1,2024-03-01,A,-150\n", -150),
    ],
)
def test_a_document_with_fewer_or_more_lines(lines: str, a: int, base: Path) -> None:
    first = bring_text(base, "sales", WHOLE + lines, on_conflict="replace").batch
    graded()
    assert sales() == {"A": a, "B": 40}
    undo_batch(batch=first.pk)
    graded()
    assert sales() == {"A": 150, "B": 40}


def test_kept_lines_never_count(base: Path) -> None:
    bring_text(base, "sales", WHOLE + "S1,2024-03-01,A,999\nS9,2024-03-01,A,1\n", on_conflict="keep")
    graded()
    assert sales() == {"A": 151, "B": 40}


def test_a_corrected_cost_counts_once(base: Path) -> None:
    head = "reference,date,kind,account,amount\n"
    bring_text(base, "costs", head + "K1,2024-03-01,delivery,A,10\nK2,2024-03-01,delivery,A,5\n")
    bring_text(base, "costs", head + "K1,2024-03-01,delivery,B,12\n", on_conflict="replace")
    assert graded().summary["purchaser_cost"] == "17.0000"
    profits = dict(Standing.objects.filter(refresh__current=True).values_list("account__code", "profit"))
    assert profits == {"A": 145, "B": 28}


def test_a_merged_account_counts_for_the_other_in_everything(base: Path) -> None:
    """By hand: A 100 + 50 and B 40 make 190 of two orders; B's cost of 4 goes with it. B's own stays B's."""
    head = "reference,date,kind,account,amount\n"
    bring_text(base, "costs", head + "K1,2024-03-01,delivery,B,4\n")
    bring_text(base, "sales", WHOLE + "S0,2021-01-01,B,1\n")
    merged, owner = Account.objects.get(code="B"), make_user("Olga")
    make_contact(merged)
    Account.objects.filter(code="B").update(owner=owner)
    before = graded()
    assert before.summary["accounts"] == 2
    target = Account.objects.get(code="A")
    alias_add(code="B", account=target, by=None)
    done = graded()
    assert {name: done.summary[name] for name in ("accounts", "active", "sales", "purchaser_cost", "lines")} == {
        "accounts": 1, "active": 1, "sales": "190.0000", "purchaser_cost": "4.0000", "lines": 3,
    }  # fmt: skip
    standing = Standing.objects.get(refresh=done)
    assert (standing.account, standing.sales, standing.profit, standing.orders) == (target, 190, 186, 2)
    assert standing.first_order == date(2021, 1, 1)
    merged.refresh_from_db()
    assert (merged.owner, merged.contacts.count()) == (owner, 1)
    alias_remove(code="B", account=target, by=None)
    assert graded().summary == before.summary
    assert sales() == {"A": 150, "B": 40}


def test_codes_that_never_were_accounts_count_for_theirs(base: Path) -> None:
    alias_add(code="X", account=Account.objects.get(code="A"), by=None)
    bring_text(base, "sales", WHOLE + "S7,2024-05-05,X,7\nS8,2024-05-05,,3\n")
    done = graded()
    assert (done.summary["accounts"], done.summary["sales"], done.summary["unattributed_sales"]) == (
        2,
        "200.0000",
        "3.0000",
    )
    assert sales() == {"A": 157, "B": 40}


def test_a_chain_of_aliases_counts_at_its_end(base: Path) -> None:
    a, b = Account.objects.get(code="A"), Account.objects.get(code="B")
    alias_add(code="X", account=b, by=None)
    alias_add(code="B", account=a, by=None)
    bring_text(base, "sales", WHOLE + "S7,2024-05-05,X,7\n")
    graded()
    assert sales() == {"A": 197}


def test_an_alias_of_an_account_without_lines(base: Path) -> None:
    alias_add(code="A", account=make_account("N"), by=None)
    graded()
    assert sales() == {"N": 150, "B": 40}


def test_one_document_under_two_codes_is_one_order(base: Path) -> None:
    alias_add(code="B", account=Account.objects.get(code="A"), by=None)
    bring_text(base, "sales", WHOLE + "S5,2024-05-05,A,7\nS5,2024-05-05,B,7\n")
    graded()
    assert orders() == {"A": 3}


def shared(folder: Path, first: str, second: str, head: str = WHOLE, kind: str = "sales") -> None:
    (folder / "one.csv").write_text(head + first)
    (folder / "two.csv").write_text(head + second)
    bring(kind, folder / "one.csv", folder / "two.csv")


LINED = "document,line,date,account,amount\n"
COSTS = "date,kind,account,amount\n"


@pytest.mark.parametrize(
    ("head", "kind", "first", "second", "why"),
    [
        (WHOLE, "sales", "S1,2024-03-01,A,1\n", "S1,2024-03-01,A,2\n", "S1 stands in one.csv .row 2. and, with"),
        (WHOLE, "sales", "S1,2024-03-01,A,1\nS1,2024-03-01,A,2\n", "S1,2024-03-01,A,1\n", "S1 stands in one.csv"),
        (LINED, "sales", "S1,1,2024-03-01,A,1\n", "S1,2,2024-03-01,A,3\nS1,1,2024-03-01,A,2\n",
         "Line 1 of S1 stands in one.csv .row 2. and, with other content, in two.csv .row 3."),
        (COSTS, "costs", "2024-03-01,goods,A,1\n", "2024-03-01,goods,A,1\n2024-03-01,goods,A,1\n", "2024-03-01 · A"),
    ],
)  # fmt: skip
def test_what_two_files_share_and_say_differently_is_refused_with_both_places(
    head: str, kind: str, first: str, second: str, why: str, tmp_path: Path
) -> None:
    with pytest.raises(Refused, match=why):
        shared(tmp_path, first, second, head, kind)
    assert not Account.objects.exists()


def test_a_document_with_line_numbers_in_one_file_only_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text(LINED + "S1,1,2024-03-01,A,1\n")
    (tmp_path / "two.csv").write_text(WHOLE + "S0,2024-03-01,A,1\nS1,2024-03-01,A,1\n")
    with pytest.raises(
        Refused, match=r"in one.csv \(row 2\) and in two.csv \(row 3\), in one of them with line numbers"
    ):
        bring("sales", tmp_path / "one.csv", tmp_path / "two.csv")


@pytest.mark.parametrize(
    ("head", "kind", "first", "second", "total"),
    [
        (WHOLE, "sales", "S1,2024-03-01,A,1\nS1,2024-03-01,A,1\n", "S1,2024-03-01,A,1\nS1,2024-03-01,A,1\n", "2.0000"),
        (LINED, "sales", "S1,1,2024-03-01,A,1\nS1,2,2024-03-01,A,2\n", "S1,2,2024-03-01,A,2\nS1,3,2024-03-01,A,4\n",
         "7.0000"),
        (LINED, "sales", "S1,1,2024-03-01,A,1\n", "S1,2,2024-03-01,A,2\n", "3.0000"),
    ],
)  # fmt: skip
def test_what_two_files_share_and_say_alike_counts_once(
    head: str, kind: str, first: str, second: str, total: str, tmp_path: Path
) -> None:
    shared(tmp_path, first, second, head, kind)
    assert graded().summary["sales"] == total
