"""Account × month × product."""

from datetime import date
from decimal import Decimal

from mainstay.core.periods import Window
from mainstay.insight import products
from tests.insight.tables import Row, rows, sold, tiny, written

WINDOW = Window(date(2024, 6, 15))


def monthly(lines: list[Row], window: Window = WINDOW) -> list[Row]:
    found = rows(products.monthly(written(lines).lines, window), "")
    return sorted(found, key=lambda row: (row["account"], row["month"], row["product"] or "", row["period"]))


def test_lines_of_a_month_and_product_are_summed() -> None:
    lines = [
        sold("A", date(2024, 3, 1), "1.5", cost=Decimal(1), quantity=Decimal(2)),
        sold("A", date(2024, 3, 31), "-0.5", quantity=Decimal("-0.5")),
        sold("A", date(2024, 4, 1), "7"),
    ]
    first, second = monthly(lines)
    assert (first["month"], first["sales"], first["goods_cost"]) == (date(2024, 3, 1), 1, 1)
    assert (first["quantity"], first["lines"]) == (Decimal("1.5"), 2)
    assert (second["month"], second["goods_cost"], second["quantity"]) == (date(2024, 4, 1), 0, None)


def test_a_month_that_the_window_divides_makes_two_rows() -> None:
    days = [date(2022, 6, 15), date(2022, 6, 16), date(2023, 6, 15), date(2023, 6, 16), date(2024, 6, 15)]
    found = monthly([sold("A", day, "1") for day in [*days, date(2024, 6, 16)]])
    assert [(row["month"], row["period"]) for row in found] == [
        (date(2022, 6, 1), products.WINDOW_BEFORE),
        (date(2022, 6, 1), products.EARLIER),
        (date(2023, 6, 1), products.THIS_WINDOW),
        (date(2023, 6, 1), products.WINDOW_BEFORE),
        (date(2024, 6, 1), products.THIS_WINDOW),
    ]


def test_lines_without_a_product_are_kept_and_those_without_an_account_are_not() -> None:
    found = monthly([sold("A", date(2024, 6, 1), "1", product=None), sold(None, date(2024, 6, 1), "1")])
    assert [(row["account"], row["product"]) for row in found] == [("A", None)]


def test_tiny_adds_up_to_its_attributed_sales() -> None:
    found = rows(products.monthly(tiny().lines, Window(date(2024, 6, 30))), "")
    window = [row for row in found if row["period"] == products.THIS_WINDOW]
    assert sum(row["sales"] for row in window) == Decimal("1310.3333")
    assert sum(row["lines"] for row in found) == 12


def test_the_period_is_stored_as_the_small_number_it_is() -> None:
    tables = tiny()
    table = products.monthly(tables.lines, WINDOW)
    assert tables.backend.con.execute(f"DESCRIBE {table.compile()}").fetchall()[3][:2] == ("period", "TINYINT")
