"""Attractiveness: percentiles, weights, and parts left out."""

from datetime import date
from decimal import Decimal

import pytest

from mainstay.grading.scheme import DEFAULT, GradingScheme
from tests.grading.grades import mart
from tests.insight.tables import known, sold, written

AS_OF = date(2024, 6, 30)
LINES = [
    sold("A", AS_OF, "100", cost=Decimal(90)),
    sold("B", AS_OF, "50", cost=Decimal(10)),
    sold("C", AS_OF, "-5", cost=Decimal(0)),
]


def parts(scheme: GradingScheme = DEFAULT, **room: float | None) -> dict[str, tuple[float, ...]]:
    found = mart(written(LINES, accounts=[known(code, room=room.get(code)) for code in "ABC"]), AS_OF, scheme)
    names = ("volume_percentile", "margin_percentile", "room_percentile", "attractiveness")
    return {code: tuple(row[name] for name in names) for code, row in found.items()}


def test_the_three_percentiles_weigh_alike() -> None:
    """Potentials are 100, 75 and 75 (upper quartile of -5, 50, 100), so rooms are 0, 25 and 80."""
    assert parts() == {
        "A": (100, 50, 0, 50),
        "B": (50, 100, 50, pytest.approx(200 / 3)),
        "C": (0, 0, 100, pytest.approx(100 / 3)),
    }


@pytest.mark.parametrize(("room", "percentile"), [(1.0, 0), (2.0, 25), (3.0, 50), (4.0, 75), (5.0, 100), (3.5, 62.5)])
def test_assessed_room_is_taken_from_0_to_100(room: float, percentile: float) -> None:
    assert parts(A=room)["A"][2] == percentile


def test_assessed_room_of_one_does_not_move_the_others() -> None:
    assert parts(A=5.0)["B"] == parts()["B"]


def test_weights_are_the_scheme_s() -> None:
    scheme = GradingScheme(attractiveness_weights={"volume": 3, "margin": 1, "room": 0})
    assert parts(scheme)["A"][3] == 87.5


def test_accounts_that_are_not_active_have_none() -> None:
    row = mart(written(LINES, accounts=[known("D", room=5.0)]), AS_OF)["D"]
    assert [row[name] for name in ("volume_percentile", "margin_percentile", "room_percentile", "attractiveness")] == [
        None
    ] * 4
