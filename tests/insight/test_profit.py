"""Cost lines by account, and profit."""

from datetime import date

from mainstay.core.periods import Window
from mainstay.insight import compute, profit
from tests.insight.tables import by_code, known, sold, spent, tiny, written

WINDOW = Window(date(2024, 6, 30))


def test_tiny_has_the_booked_costs_worked_by_hand() -> None:
    found = by_code(profit.booked(tiny().costs, WINDOW), "account")
    assert {code: row["booked_cost"] for code, row in found.items()} == {
        "A1": 25, "B1": 30, "C1": 10, "F1": 45, "G1": 15, None: 100
    }  # fmt: skip


def test_tiny_has_the_profits_worked_by_hand() -> None:
    tables = tiny()
    figures = compute.account_figures(tables.lines, tables.costs, tables.accounts, WINDOW)
    assert {code: str(row["profit"]) for code, row in by_code(figures).items()} == {
        "A1": "195.3333",
        "B1": "40.0000",
        "C1": "6.0000",
        "D1": "4.0000",
        "E1": "20.0000",
        "F1": "-45.0000",
        "G1": "-15.0000",
    }


def test_without_costs_profit_is_sales_less_the_goods_cost_that_is_known() -> None:
    tables = written([sold("A", WINDOW.as_of, "9", cost=2), sold("A", WINDOW.as_of, "1")], accounts=[known("A")])
    figures = compute.account_figures(tables.lines, tables.costs, tables.accounts, WINDOW)
    assert by_code(figures)["A"]["profit"] == 8


def test_costs_outside_the_window_are_left_out() -> None:
    tables = written([], [spent("A", day, "1") for day in (date(2023, 6, 30), date(2023, 7, 1), date(2024, 7, 1))])
    assert by_code(profit.booked(tables.costs, WINDOW), "account")["A"]["cost_lines"] == 1
