"""Money: four places, half away from zero."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.core.money import carried, cents, from_units, plain, quantize, to_units

amounts = st.decimals(min_value=-(10**14), max_value=10**14, places=4)


@pytest.mark.parametrize(
    ("given_", "rounded"),
    [
        ("0.00005", "0.0001"),
        ("-0.00005", "-0.0001"),
        ("0.00004999", "0.0000"),
        ("1.23455", "1.2346"),
        ("-1.23455", "-1.2346"),
        ("2", "2.0000"),
        ("99999999999999999999999999999999.99995", "100000000000000000000000000000000.0000"),
    ],
)
def test_half_is_rounded_away_from_zero(given_: str, rounded: str) -> None:
    assert str(quantize(Decimal(given_))) == rounded
    assert plain(Decimal(given_)) == rounded


@given(amounts)
def test_units_are_ten_thousandths_and_lose_nothing(amount: Decimal) -> None:
    assert to_units(amount) == int(amount * 10_000)
    assert from_units(to_units(amount)) == amount
    assert from_units(to_units(amount)).as_tuple().exponent == -4


def test_a_sum_of_units_may_be_longer_than_what_decimals_usually_carry() -> None:
    assert str(from_units(10**37 + 1)) == "1000000000000000000000000000000000.0001"


def test_plain_has_no_exponent() -> None:
    assert [plain(Decimal(text)) for text in ("0", "1E+3", "-60", "0.00000001", "750.3333")] == [
        "0.0000",
        "1000.0000",
        "-60.0000",
        "0.0000",
        "750.3333",
    ]


@given(st.lists(amounts, min_size=1, max_size=12), st.decimals(min_value=-1000, max_value=1000, places=4))
def test_amounts_in_cents_add_up_to_the_total_in_cents(parts: list[Decimal], before: Decimal) -> None:
    """Also where the total is what two rounded figures differ by."""
    for shown in (cents(sum(parts, Decimal(0))), cents(before + sum(parts, Decimal(0))) - cents(before)):
        found = carried(parts, shown)
        assert sum(found, Decimal(0)) == shown
        assert all(abs(one - part) < Decimal("0.01") + Decimal("0.005") for one, part in zip(found, parts, strict=True))


def test_the_cents_left_go_to_those_that_lost_most() -> None:
    parts = [Decimal("0.0040"), Decimal("0.0049"), Decimal("10.0011")]
    assert carried(parts, Decimal("10.01")) == [Decimal("0.00"), Decimal("0.01"), Decimal("10.00")]
    assert carried(parts, Decimal("99.00")) == [Decimal("0.00"), Decimal("0.00"), Decimal("10.00")]
