"""Sales against the window before."""

from datetime import date

import pytest

from mainstay.core.periods import Window
from mainstay.insight import compute
from tests.insight.tables import by_code, sold, tiny, written

WINDOW = Window(date(2024, 6, 30))


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [("100", "150", 0.5), ("100", "80", -0.2), ("100", "-20", -1.2), ("0", "5", None), ("-3", "5", None)],
)
def test_change_is_relative_to_the_window_before(before: str, now: str, change: float | None) -> None:
    tables = written([sold("A", date(2023, 6, 1), before), sold("A", date(2024, 6, 1), now)])
    figures = compute.account_figures(tables.lines, tables.costs, tables.accounts, WINDOW)
    assert by_code(figures)["A"]["sales_change"] == change


def test_tiny_changes_for_the_one_account_that_bought_before() -> None:
    tables = tiny()
    figures = compute.account_figures(tables.lines, tables.costs, tables.accounts, WINDOW)
    changes = {code: row["sales_change"] for code, row in by_code(figures).items() if row["sales_change"] is not None}
    assert changes == {"A1": pytest.approx((750.3333 - 60) / 60)}
