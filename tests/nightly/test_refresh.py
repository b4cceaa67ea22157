"""mainstay.nightly.refresh: the whole flow, on the set worked out by hand and on the demonstration company."""

import hashlib
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from django.conf import settings as django_settings

from mainstay.accounts.models import Account
from mainstay.core import clock
from mainstay.core.errors import Refused
from mainstay.grading.marts import costing
from mainstay.grading.marts.files import folder_of
from mainstay.grading.models import CellChange, Refresh, RefreshState, Standing
from mainstay.insight import profit
from mainstay.ledger.models import LedgerFile
from mainstay.nightly.refresh import refresh
from tests.factories import make_account
from tests.ledgers import (
    DEMO,
    DEMO_DAY,
    TINY_DAY,
    adventureworks_ledger,
    costs_batch,
    sales_batch,
    tiny_ledger,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_the_summary_of_the_set_worked_out_by_hand() -> None:
    tiny_ledger()
    done = refresh(as_of=TINY_DAY)
    kinds = dict.fromkeys(profit.KINDS, "0.0000")
    assert done.summary == {
        "as_of": "2024-06-30",
        "window_start": "2023-07-01",
        "lines": 11,
        "accounts": 7,
        "active": 5,
        "sales": "1370.3333",
        "goods_cost": "1020.0000",
        "purchaser_cost": "1085.0000",
        "non_purchaser_cost": "60.0000",
        "profit": "225.3333",
        "overhead": "100.0000",
        "profit_after_overhead": "125.3333",
        "unattributed_sales": "60.0000",
        "currency": "",
        "booked_cost": "125.0000",
        "costs": {**kinds, "service": "30.0000", "delivery": "25.0000", "rebate": "10.0000", "selling": "60.0000"},
        "overhead_costs": {**kinds, "other": "100.0000"},
        "difference": "0.0000",
        **dict.fromkeys(costing.SUMMARY),
    }


def test_the_shares_of_the_set_worked_out_by_hand() -> None:
    tiny_ledger()
    told = refresh(as_of=TINY_DAY).pareto
    assert told["top20_accounts"] == 1
    assert told["top20_sales_share"] == pytest.approx(0.57263, abs=5e-6)
    assert told["top20_profit_share"] == pytest.approx(195.3333 / 265.3333)
    assert (told["head_accounts"], told["head_share"], told["unprofitable_accounts"]) == (2, 0.4, 0)
    assert (told["peak_profit"], told["peak_accounts"]) == ("265.3333", 5)
    # Worked by hand: sales 40, 60, 160, 300, 750.3333 ascending, n = 5, in all 1,310.3333.
    weighted = 1 * 40 + 2 * 60 + 3 * 160 + 4 * 300 + 5 * 750.3333
    assert told["gini"] == pytest.approx((2 * weighted - 6 * 1310.3333) / (5 * 1310.3333))
    squares = 40**2 + 60**2 + 160**2 + 300**2 + 750.3333**2
    assert told["hhi"] == pytest.approx(squares / 1310.3333**2)
    assert "curve" not in told


def test_every_account_is_graded_as_worked_out_by_hand() -> None:
    tiny_ledger()
    done = refresh(as_of=TINY_DAY)
    found = {standing.account.code: standing for standing in Standing.objects.select_related("account")}
    cells = {"A1": "A1", "B1": "B2", "C1": "C3", "D1": "C3", "E1": "B3", "F1": "B4", "G1": "C6"}
    assert {code: standing.cell for code, standing in found.items()} == cells
    sales = {"A1": "750.3333", "B1": "300", "C1": "160", "D1": "40", "E1": "60", "F1": "0", "G1": "0"}
    assert {code: standing.sales for code, standing in found.items()} == {
        code: Decimal(value) for code, value in sales.items()
    }
    profit = {"A1": "195.3333", "B1": "40", "C1": "6", "D1": "4", "E1": "20", "F1": "-45", "G1": "-15"}
    assert {code: standing.profit for code, standing in found.items()} == {
        code: Decimal(value) for code, value in profit.items()
    }
    assert {code: standing.rank for code, standing in found.items() if standing.rank} == {
        "A1": 1,
        "B1": 2,
        "C1": 3,
        "E1": 4,
        "D1": 5,
    }
    assert (found["A1"].first_order, found["A1"].last_order) == (date(2023, 6, 30), TINY_DAY)
    assert found["F1"].letter_basis == "unassessed"
    assert found["F1"].score is None
    assert all(standing.refresh_id == done.pk for standing in found.values())
    assert done.matrix["C3"] == {"accounts": 2, "sales": "200.0000", "profit": "10.0000"}
    assert sum(cell["accounts"] for cell in done.matrix.values()) == 7
    assert len(done.matrix) == 18


def test_a_first_grading_is_a_change_from_nothing() -> None:
    tiny_ledger()
    done = refresh(as_of=TINY_DAY)
    changes = {change.account.code: change for change in CellChange.objects.select_related("account")}
    assert {code: (change.before, change.after) for code, change in changes.items()} == {
        "A1": ("", "A1"),
        "B1": ("", "B2"),
        "C1": ("", "C3"),
        "D1": ("", "C3"),
        "E1": ("", "B3"),
        "F1": ("", "B4"),
        "G1": ("", "C6"),
    }
    assert {(change.as_of, change.refresh_id) for change in changes.values()} == {(TINY_DAY, done.pk)}


def test_only_changed_cells_make_history() -> None:
    tiny_ledger()
    refresh(as_of=TINY_DAY)
    before = dict(Standing.objects.values_list("account", "cell"))
    sales_batch("SELECT 'S90' AS document, DATE '2024-06-30' AS date, 'G1' AS account, 30 AS amount")
    done = refresh(as_of=TINY_DAY)
    after = dict(Standing.objects.filter(refresh=done).values_list("account", "cell"))
    moved = {account: (before[account], cell) for account, cell in after.items() if cell != before[account]}
    changes = CellChange.objects.filter(refresh=done)
    assert {change.account_id: (change.before, change.after) for change in changes} == moved
    # All sales are 1,340.3333 now: C1 is needed to reach 80% of them, and G1 bought.
    assert {Account.objects.get(pk=account).code for account in moved} >= {"C1", "G1"}
    assert "A1" not in {Account.objects.get(pk=account).code for account in moved}


def test_the_demonstration_company_comes_out_to_the_cent() -> None:
    """Figures of the issue, and the same by SQL of its own."""
    adventureworks_ledger()
    done = refresh()
    assert done.as_of == DEMO_DAY
    told = done.summary
    assert (told["lines"], told["active"], told["accounts"]) == (30_726, 493, 701)
    assert told["sales"] == "36240484.6966"
    assert told["purchaser_cost"] == "37820224.5515"
    assert told["profit"] == "-1579739.8549"
    assert told["currency"] == "USD"
    shares = done.pareto
    assert (shares["top20_accounts"], shares["head_accounts"], shares["unprofitable_accounts"]) == (99, 148, 316)
    assert shares["top20_sales_share"] == pytest.approx(0.62536, abs=5e-6)
    assert (shares["peak_profit"], shares["peak_accounts"]) == ("790548.1772", 177)
    by_class = Counter(Standing.objects.values_list("account_class", flat=True))
    assert [by_class[number] for number in range(1, 7)] == [38, 110, 345, 0, 66, 142]
    assert set(Standing.objects.filter(account_class=1).values_list("letter", flat=True)) <= {"A", "B"}
    with duckdb.connect() as connection:
        ((sales, goods),) = connection.execute(
            "SELECT sum(amount)::DECIMAL(18,4), sum(cost)::DECIMAL(18,4) FROM read_parquet(?) "
            "WHERE date > DATE '2012-11-29' AND date <= DATE '2013-11-29'",
            [str(DEMO / "sales.parquet")],
        ).fetchall()
    assert (Decimal(told["sales"]), Decimal(told["goods_cost"])) == (sales, goods)
    assert sum(standing.sales for standing in Standing.objects.all()) == sales


def test_two_refreshes_of_the_same_facts_give_the_same_bytes() -> None:
    adventureworks_ledger()
    first, second = refresh(), refresh()
    assert first.pk != second.pk
    assert _hashes(first) == _hashes(second)
    assert len(_hashes(first)) == 7


def _hashes(done: Refresh) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder_of(done).iterdir()}


def test_it_records_what_it_used() -> None:
    accounts = tiny_ledger()
    done = refresh(as_of=TINY_DAY, months=6)
    assert len(done.batches) == 2
    assert done.scheme["growth_potential"] == 90.0
    assert (done.months, done.state, done.current) == (6, RefreshState.PUBLISHED, True)
    assert done.summary["window_start"] == "2023-12-31"
    assert done.published_at is not None
    assert len(accounts) == Standing.objects.count()


def test_the_day_is_the_last_one_with_sales_not_after_today() -> None:
    tiny_ledger()
    with clock.frozen(date(2024, 6, 30)):
        assert refresh().as_of == TINY_DAY
    with clock.frozen(date(2024, 8, 1)):
        assert refresh().as_of == date(2024, 7, 1)


def test_a_day_to_come_is_refused() -> None:
    tiny_ledger()
    with clock.frozen(date(2024, 6, 30)), pytest.raises(Refused, match="2024-07-01 is yet to come"):
        refresh(as_of=date(2024, 7, 1))
    assert not Refresh.objects.exists()


def test_a_day_before_all_days_is_refused() -> None:
    tiny_ledger()
    with pytest.raises(Refused, match="from 1900-01-01 on"):
        refresh(as_of=date(1, 1, 1))


def test_a_day_before_the_first_sale_has_no_active_account() -> None:
    tiny_ledger()
    done = refresh(as_of=date(1900, 1, 1))
    assert (done.summary["active"], done.summary["sales"], done.pareto["head_accounts"]) == (0, "0.0000", 0)
    assert set(Standing.objects.values_list("letter_basis", flat=True)) == {"unassessed"}


def test_without_sales_it_says_to_import_some() -> None:
    make_account("A1")
    with pytest.raises(Refused, match="Import sales first"):
        refresh()


def test_a_window_of_no_months_is_refused() -> None:
    tiny_ledger()
    with pytest.raises(Refused, match="from 1 to 120 months"):
        refresh(months=0)


def test_several_currencies_are_refused_by_name() -> None:
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 5 AS amount, 'USD' AS currency")
    costs_batch("SELECT DATE '2024-01-10' AS date, 'other' AS kind, 5 AS amount, 'EUR' AS currency")
    with pytest.raises(Refused, match="EUR, USD"):
        refresh()
    assert not Refresh.objects.exists()


def test_a_line_without_currency_is_of_the_only_one_there_is() -> None:
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 5 AS amount")
    assert refresh().summary["currency"] == ""
    sales_batch("SELECT 'S2' AS document, DATE '2024-01-11' AS date, 5 AS amount, 'USD' AS currency")
    done = refresh()
    assert (done.summary["currency"], done.summary["sales"]) == ("USD", "10.0000")


def test_the_setting_names_the_currency_of_a_ledger_that_names_none(settings: object) -> None:
    settings.MAINSTAY_CURRENCY = "CNY"  # type: ignore[attr-defined]
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 5 AS amount")
    assert refresh().summary["currency"] == "CNY"


def test_currencies_after_the_day_do_not_count() -> None:
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 5 AS amount, 'USD' AS currency")
    sales_batch("SELECT 'S2' AS document, DATE '2024-01-11' AS date, 5 AS amount, 'EUR' AS currency")
    assert refresh(as_of=date(2024, 1, 10)).summary["currency"] == "USD"


def test_an_earlier_day_is_published_beside_the_current_one() -> None:
    tiny_ledger()
    newest = refresh(as_of=TINY_DAY)
    changes = CellChange.objects.count()
    earlier = refresh(as_of=date(2024, 3, 31))
    assert (earlier.state, earlier.current) == (RefreshState.PUBLISHED, False)
    assert Refresh.objects.get(current=True) == newest
    assert set(Standing.objects.values_list("refresh", flat=True)) == {newest.pk}
    assert CellChange.objects.count() == changes
    assert earlier.summary["as_of"] == "2024-03-31"
    assert (folder_of(earlier) / "accounts.parquet").exists()


def test_a_later_or_equal_day_becomes_current() -> None:
    tiny_ledger()
    refresh(as_of=date(2024, 3, 31))
    assert refresh(as_of=date(2024, 3, 31)).current
    assert refresh(as_of=TINY_DAY).current
    assert Refresh.objects.filter(current=True).count() == 1


def test_without_a_day_it_becomes_current_even_where_the_ledger_went_back() -> None:
    tiny_ledger()
    refresh(as_of=date(2024, 7, 1))
    LedgerFile.objects.filter(kind="sales").delete()
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 'A1' AS account, 5 AS amount")
    done = refresh()
    assert done.current
    assert done.as_of == date(2024, 1, 10)


def test_old_standings_go_with_the_next_refresh_and_old_marts_stay() -> None:
    tiny_ledger()
    first, second, third = (refresh(as_of=TINY_DAY) for _ in range(3))
    assert set(Standing.objects.values_list("refresh", flat=True)) == {second.pk, third.pk}
    assert all((folder_of(done) / "accounts.parquet").exists() for done in (first, second, third))


def test_an_account_that_came_after_its_lines_is_graded_the_next_time() -> None:
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 'N1' AS account, 5 AS amount")
    refresh()
    assert not Standing.objects.exists()
    make_account("N1")
    refresh()
    assert Standing.objects.get().account == Account.objects.get()


def test_progress_is_told() -> None:
    tiny_ledger()
    heard: list[tuple[str, int]] = []
    refresh(as_of=TINY_DAY, progress=lambda step, rows: heard.append((step, rows)))
    assert heard[0] == ("reading the ledger", 0)
    assert heard[-1] == ("publishing standings", 7)


def test_nothing_is_left_in_the_scratch_folder() -> None:
    tiny_ledger()
    refresh(as_of=TINY_DAY)
    assert list(Path(django_settings.MAINSTAY_HOME, "scratch").iterdir()) == []
