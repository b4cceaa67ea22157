"""What each account bought: tiny by hand, and the edges of the window."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mainstay.core.periods import Window
from mainstay.insight import purchases
from tests.insight.tables import Row, by_code, known, sold, tiny, written

WINDOW = Window(date(2024, 6, 30))


@pytest.fixture(scope="module")
def bought() -> dict[Any, Row]:
    return by_code(purchases.by_account(tiny().lines, WINDOW), "account")


def test_tiny_has_the_sales_and_goods_cost_worked_by_hand(bought: dict[Any, Row]) -> None:
    money = {code: (str(row["sales"]), str(row["goods_cost"])) for code, row in bought.items()}
    assert money == {
        "A1": ("750.3333", "530.0000"),
        "B1": ("300.0000", "230.0000"),
        "C1": ("160.0000", "144.0000"),
        "D1": ("40.0000", "36.0000"),
        "E1": ("60.0000", "40.0000"),
        "G1": ("0.0000", "0.0000"),
        None: ("60.0000", "40.0000"),
    }


def test_tiny_has_the_first_and_last_orders_worked_by_hand(bought: dict[Any, Row]) -> None:
    days = {code: (str(row["first_order"]), str(row["last_order"])) for code, row in bought.items() if code}
    assert days == {
        "A1": ("2023-06-30", "2024-06-30"),
        "B1": ("2024-02-11", "2024-02-12"),
        "C1": ("2024-03-01", "2024-03-01"),
        "D1": ("2024-04-01", "2024-04-01"),
        "E1": ("2023-07-01", "2023-07-01"),
        "G1": ("2022-01-15", "2022-01-15"),
    }


def test_tiny_has_eleven_lines_in_the_window_and_one_before_it(bought: dict[Any, Row]) -> None:
    assert sum(row["lines"] for row in bought.values()) == 11
    assert {code: row["sales_before"] for code, row in bought.items() if row["lines_before"]} == {"A1": 60}
    assert {code: row["lines_ever"] for code, row in bought.items()} == {
        "A1": 4, "B1": 2, "C1": 2, "D1": 1, "E1": 2, "G1": 1, None: 1
    }  # fmt: skip


def test_tiny_has_the_orders_products_and_months_worked_by_hand() -> None:
    found = by_code(purchases.breadth(tiny().lines, WINDOW), "account")
    assert {code: (row["orders"], row["products"], row["months_bought"]) for code, row in found.items()} == {
        "A1": (2, 2, 2), "B1": (2, 2, 1), "C1": (1, 1, 1), "D1": (1, 1, 1), "E1": (1, 1, 2)
    }  # fmt: skip


def test_orders_are_documents_of_a_source_with_a_line_above_zero() -> None:
    day = date(2024, 6, 1)
    lines = [
        sold("A", day, "1", document="1"),
        sold("A", day, "2", document="1"),
        sold("A", day, "1", document="1", source="other"),
        sold("A", day, "-1", document="2"),
        sold("A", day, "0", document="3"),
        sold("A", day, "-5", document="4"),
        sold("A", day, "1", document="4"),
    ]
    found = by_code(purchases.breadth(written(lines).lines, WINDOW), "account")
    assert found["A"]["orders"] == 3


def test_products_are_counted_over_returns_too_and_blank_ones_are_none() -> None:
    day = date(2024, 6, 1)
    lines = [sold("A", day, "1"), sold("A", day, "-1", product="P2"), sold("A", day, "1", product=None)]
    found = by_code(purchases.breadth(written(lines).lines, WINDOW), "account")
    assert found["A"]["products"] == 2


def test_the_window_begins_after_its_first_edge_and_ends_with_the_as_of_day() -> None:
    days = {"2022-06-30": "1", "2022-07-01": "2", "2023-06-30": "4", "2023-07-01": "8", "2024-06-30": "16"}
    lines = [sold("A", date.fromisoformat(day), amount) for day, amount in days.items()]
    lines.append(sold("A", date(2024, 7, 1), "32"))
    row = by_code(purchases.by_account(written(lines).lines, WINDOW), "account")["A"]
    assert (row["sales"], row["sales_before"], row["lines_ever"]) == (24, 6, 5)
    assert row["last_order"] == date(2024, 6, 30)


def test_money_is_summed_exactly() -> None:
    lines = [sold("A", date(2024, 6, 1), "0.0001") for _ in range(10)]
    lines.append(sold("A", date(2024, 6, 1), "99999999999999.9999"))
    row = by_code(purchases.by_account(written(lines, accounts=[known("A")]).lines, WINDOW), "account")["A"]
    assert row["sales"] == Decimal("100000000000000.0009")
