"""What a dry run tells beside its counts: sums by month."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from mainstay.ledger.orders import MonthSum
from tests.ledger.files import TINY, bring, bring_text

pytestmark = pytest.mark.django_db

LINES = """document,line,date,account,amount,currency
D1,1,2024-01-31,A1,10.00,eur
D1,2,2024-01-31,A1,2.50,eur
D2,1,2024-02-01,A1,-4.00,eur
D3,1,2024-02-29,A2,7.00,usd
"""


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
    assert [(one.month.month, one.amount) for one in replaced.months] == [
        (3, Decimal("1.0000")),
        (2, Decimal("-5.0000")),
    ]


def test_costs_have_months_too(tmp_path: Path) -> None:
    found = bring_text(
        tmp_path, "costs", "date,kind,amount\n2024-01-05,service,3\n2024-01-06,service,4\n", dry_run=True
    )
    assert [(one.lines, one.amount) for one in found.months] == [(2, 7)]
