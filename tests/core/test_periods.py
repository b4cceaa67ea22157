"""Months and windows."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.core.periods import Window, months_before

days = st.dates(date(1950, 1, 1), date(2150, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2024, 6, 30), 12, date(2023, 6, 30)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2024, 1, 15), 1, date(2023, 12, 15)),
        (date(2024, 12, 31), 6, date(2024, 6, 30)),
        (date(2024, 5, 5), 0, date(2024, 5, 5)),
    ],
)
def test_months_before_keeps_the_day_or_takes_the_last_of_the_month(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


def test_the_window_of_tiny_is_as_worked_out_by_hand() -> None:
    window = Window(date(2024, 6, 30))
    assert (window.after, window.first_day, window.last_day) == (
        date(2023, 6, 30),
        date(2023, 7, 1),
        date(2024, 6, 30),
    )


@given(days, st.integers(1, 36))
def test_windows_follow_each_other_without_gap_or_overlap(as_of: date, months: int) -> None:
    window = Window(as_of, months)
    assert window.last_day == as_of
    assert window.previous.last_day == window.after == window.first_day - timedelta(days=1)
    assert window.previous.previous.last_day == window.previous.after
    assert window.first_day <= window.last_day
