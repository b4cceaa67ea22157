"""What a dry run tells beside its counts: sums by month, and what differs from the ledger."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from mainstay.ledger.models import Batch
from mainstay.ledger.orders import Difference, MonthSum
from tests.ledger.files import TINY, bring, bring_text

pytestmark = pytest.mark.django_db

LINES = """document,line,date,account,amount,currency
D1,1,2024-01-31,A1,10.00,eur
D1,2,2024-01-31,A1,2.50,eur
D2,1,2024-02-01,A1,-4.00,eur
D3,1,2024-02-29,A2,7.00,usd
"""
WHOLE = "document,date,amount\nD1,2024-01-05,10\nD1,2024-01-05,5\nD2,2024-01-06,1\n"


def test_the_months_of_what_comes_in(tmp_path: Path) -> None:
    """By hand."""
    found = bring_text(tmp_path, "sales", LINES, dry_run=True)
    assert list(found.months) == [
        MonthSum(date(2024, 2, 1), "EUR", 1, Decimal("-4.0000")),
        MonthSum(date(2024, 2, 1), "USD", 1, Decimal("7.0000")),
        MonthSum(date(2024, 1, 1), "EUR", 2, Decimal("12.5000")),
    ]


def test_the_months_agree_with_plain_sql() -> None:
    found = bring("sales", TINY / "sales.csv", dry_run=True)
    plain = duckdb.sql(
        f"SELECT date_trunc('month', date)::DATE, count(*), sum(amount::DECIMAL(18, 4)) "
        f"FROM read_csv('{TINY / 'sales.csv'}') GROUP BY ALL ORDER BY ALL DESC"
    ).fetchall()
    assert [(one.month, one.lines, one.amount) for one in found.months] == plain


def test_known_lines_do_not_come_in_and_changed_ones_where_they_replace(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", LINES)
    changed = LINES.replace("-4.00", "-5.00") + "D4,1,2024-03-01,A2,1.00,eur\n"
    kept = bring_text(tmp_path, "sales", changed, dry_run=True)
    assert [(one.month.month, one.amount) for one in kept.months] == [(3, Decimal("1.0000"))]
    replaced = bring_text(tmp_path, "sales", changed, dry_run=True, on_conflict="replace")
    assert [(one.month.month, one.amount) for one in replaced.months] == [(3, Decimal("1.0000")), (2, Decimal("-5.0000"))]


def test_a_line_that_differs_is_shown_old_and_new(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", LINES)
    found = bring_text(tmp_path, "sales", LINES.replace("-4.00", "-5.00"), name="again.csv", dry_run=True)
    batch = Batch.objects.get().pk
    assert list(found.differences) == [
        Difference("D2 / 1", "again.csv", 4, batch, 1, Decimal("-4.0000"), 1, Decimal("-5.0000"))
    ]


def test_a_document_as_a_whole_and_one_stated_by_line_are_shown(tmp_path: Path) -> None:
    """D1 held 10 + 5; stated anew as 10 + 5 + 1, and D2 line by line: both differ."""
    bring_text(tmp_path, "sales", WHOLE)
    found = bring_text(tmp_path, "sales", WHOLE + "D1,2024-01-05,1\n", dry_run=True)
    (one,) = found.differences
    assert (one.unit, one.old_lines, one.old_amount, one.new_lines, one.new_amount) == ("D1", 2, 15, 3, 16)
    lines = "document,line,date,amount\nD2,1,2024-01-06,1\n"
    (two,) = bring_text(tmp_path, "sales", lines, dry_run=True).differences
    assert (two.unit, two.old_lines, two.new_lines) == ("D2 / 1", 1, 1)


def test_what_was_replaced_before_is_no_longer_the_old(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", LINES)
    bring_text(tmp_path, "sales", LINES.replace("-4.00", "-5.00"), on_conflict="replace")
    (one,) = bring_text(tmp_path, "sales", LINES, dry_run=True).differences
    assert (one.old_amount, one.new_amount, one.batch) == (-5, -4, Batch.objects.latest("pk").pk)


def test_only_the_first_few_are_shown(tmp_path: Path) -> None:
    many = "document,date,amount\n" + "".join(f"D{n:02},2024-01-01,1\n" for n in range(20))
    bring_text(tmp_path, "sales", many)
    found = bring_text(tmp_path, "sales", many.replace(",1\n", ",2\n"), dry_run=True)
    assert [one.unit for one in found.differences] == ["D00", "D01", "D02", "D03", "D04"]
    assert found.counts["conflicts"] == 20


def test_costs_have_months_too(tmp_path: Path) -> None:
    found = bring_text(tmp_path, "costs", "date,kind,amount\n2024-01-05,service,3\n2024-01-06,service,4\n", dry_run=True)
    assert [(one.lines, one.amount) for one in found.months] == [(2, 7)]
