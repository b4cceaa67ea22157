"""The company's totals: tiny and Adventure Works as published, and their edges."""

from datetime import date
from decimal import Decimal

from mainstay.core.periods import Window
from mainstay.insight import compute, profit, purchases, summary
from tests.insight.tables import Row, Tables, adventure_works, known, one, sold, spent, tiny, written


def totals(tables: Tables, as_of: date) -> Row:
    window = Window(as_of)
    bought = purchases.by_account(tables.lines, window)
    booked = profit.booked(tables.costs, window)
    breadth = purchases.breadth(tables.lines, window)
    return one(summary.totals(bought, booked, compute.joined(tables.accounts, bought, breadth, booked, window)))


def test_tiny_has_the_totals_worked_by_hand() -> None:
    found = totals(tiny(), date(2024, 6, 30))
    assert (found["lines"], found["accounts"], found["active"]) == (11, 7, 5)
    money = {name: str(value) for name, value in found.items() if isinstance(value, Decimal)}
    assert money == {
        "sales": "1370.3333",
        "goods_cost": "1020.0000",
        "purchaser_cost": "1085.0000",
        "non_purchaser_cost": "60.0000",
        "profit": "225.3333",
        "overhead": "100.0000",
        "profit_after_overhead": "125.3333",
        "unattributed_sales": "60.0000",
        "unattributed_goods_cost": "40.0000",
    }


def test_adventure_works_has_its_published_totals() -> None:
    found = totals(adventure_works(), date(2013, 11, 29))
    assert (found["lines"], found["accounts"], found["active"]) == (30_726, 701, 493)
    assert found["sales"] == Decimal("36240484.6966")
    assert found["purchaser_cost"] == Decimal("37820224.5515")
    assert found["profit"] == Decimal("-1579739.8549")


def test_without_lines_and_costs_everything_is_zero() -> None:
    found = totals(written([], [], [known("A")]), date(2024, 6, 30))
    assert found.pop("accounts") == 1
    assert set(found.values()) == {0}


def test_costs_of_an_account_that_bought_only_outside_the_window_are_of_a_non_purchaser() -> None:
    lines = [sold("A", date(2023, 6, 30), "9"), sold("B", date(2023, 7, 1), "-1")]
    costs = [spent("A", date(2024, 1, 1), "2"), spent("B", date(2024, 1, 1), "3"), spent(None, date(2024, 1, 1), "4")]
    found = totals(written(lines, costs, [known("A"), known("B")]), date(2024, 6, 30))
    assert (found["purchaser_cost"], found["non_purchaser_cost"], found["overhead"]) == (3, 2, 4)
    assert (found["profit"], found["profit_after_overhead"]) == (-6, -10)
