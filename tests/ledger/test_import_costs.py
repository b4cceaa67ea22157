"""Files of costs: what makes two of their rows the same, and whose they are."""

from decimal import Decimal
from pathlib import Path

import pytest

from mainstay.accounts.models import Account
from mainstay.core.errors import Refused
from mainstay.ledger.services import undo_batch
from tests.ledger.files import TINY, bring, bring_text, held

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]

REFERRED = "reference,date,account,kind,amount\n"
ROWS = "date,account,kind,amount,note\n"


def amounts() -> list[Decimal]:
    return sorted(row[-1] for row in held("costs").elements())


def test_every_cost_of_the_set_comes_in() -> None:
    outcome = bring("costs", TINY / "costs.csv")
    assert outcome.counts["new"] == outcome.counts["rows"] == 8
    assert sum(held("costs").values()) == 8


def test_a_cost_without_reference_is_known_by_its_whole_row(tmp_path: Path) -> None:
    bring_text(tmp_path, "costs", ROWS + "2024-01-02,C1,delivery,5,van\n2024-01-02,C1,delivery,5,rail\n")
    again = bring_text(tmp_path, "costs", ROWS + "2024-01-02,C1,delivery,5,rail\n2024-01-02,C1,delivery,6,rail\n")
    assert (again.counts["known"], again.counts["new"]) == (1, 1)
    assert amounts() == [5, 5, 6]


def test_equal_rows_without_reference_in_one_file_are_separate_costs(tmp_path: Path) -> None:
    text = ROWS + "2024-01-02,C1,delivery,5,van\n2024-01-02,C1,delivery,5,van\n"
    bring_text(tmp_path, "costs", text)
    assert amounts() == [5, 5]
    assert bring_text(tmp_path, "costs", text).counts["new"] == 0
    assert amounts() == [5, 5]


def test_a_reference_with_several_rows_counts_as_a_whole(tmp_path: Path) -> None:
    bring_text(tmp_path, "costs", REFERRED + "K1,2024-01-02,C1,delivery,5\nK1,2024-01-02,C1,rebate,2\n")
    with pytest.raises(Refused, match="K1"):
        bring_text(tmp_path, "costs", REFERRED + "K1,2024-01-02,C1,delivery,6\n")
    changed = bring_text(tmp_path, "costs", REFERRED + "K1,2024-01-02,C1,delivery,6\n", on_conflict="replace")
    assert amounts() == [6]
    assert changed.batch is not None
    undo_batch(batch=changed.batch.pk)
    assert amounts() == [2, 5]


def test_costs_with_and_without_reference_stand_side_by_side(tmp_path: Path) -> None:
    text = REFERRED + "K1,2024-01-02,C1,delivery,5\n,2024-01-02,C1,delivery,5\n"
    bring_text(tmp_path, "costs", text)
    assert amounts() == [5, 5]
    assert bring_text(tmp_path, "costs", text).counts["new"] == 0


def test_a_cost_of_an_unknown_account_makes_it_and_undo_takes_it_back(tmp_path: Path) -> None:
    outcome = bring_text(tmp_path, "costs", REFERRED + "K1,2024-01-02,N1,selling,5\nK2,2024-01-02,,other,7\n")
    assert outcome.counts["accounts"] == 1
    assert list(Account.objects.values_list("code", flat=True)) == ["N1"]
    assert outcome.batch is not None
    undo_batch(batch=outcome.batch.pk)
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("K1,2024-01-02,C1,bribe,5", "kind"),
        ("K1,2024-01-02,C1,,5", "kind"),
        ("K1,,C1,delivery,5", "date"),
        ("K1,2024-01-02,C1,delivery,", "amount"),
        ("K1,2024-01-02,C1,delivery,five", "amount"),
    ],
)
def test_a_cost_that_cannot_be_used_is_named(row: str, column: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=rf"row 3, column {column}"):
        bring_text(tmp_path, "costs", REFERRED + "K0,2024-01-02,C1,delivery,5\n" + row + "\n")
    assert not held("costs")


def test_kinds_may_be_named_in_chinese(tmp_path: Path) -> None:
    text = "单据号,日期,客户编码,类别,金额\nK1,2024-01-02,C1,物流,5\nK2,2024-01-02,C1,返利,2\n"
    bring_text(tmp_path, "costs", text)
    assert {(row[0], row[2]) for row in held("costs")} == {("K1", "delivery"), ("K2", "rebate")}
