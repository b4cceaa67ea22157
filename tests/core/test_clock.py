"""The clock can be held."""

from datetime import UTC, date, datetime

import pytest

from mainstay.core import clock


def test_the_clock_is_held_and_let_go() -> None:
    with clock.frozen(date(2024, 2, 29)):
        assert clock.today() == date(2024, 2, 29)
        assert clock.now() == datetime(2024, 2, 29, 12, tzinfo=UTC)
        with clock.frozen(date(2020, 1, 1)):
            assert clock.today() == date(2020, 1, 1)
        assert clock.today() == date(2024, 2, 29)
    assert clock.now() > datetime(2024, 3, 1, tzinfo=UTC)


def test_the_clock_is_let_go_after_an_error() -> None:
    with pytest.raises(ValueError, match="x"), clock.frozen(date(2020, 1, 1)):
        raise ValueError("x")
    assert clock.now().year > 2020
