"""Codes of currencies as files write them, and rates as they are kept."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.core.currencies import (
    MOST_RATE,
    currency_code,
    divided,
    from_rate_units,
    inverse,
    is_currency_code,
    is_rate,
    plain_rate,
    rate_units,
)

RATES = st.integers(min_value=1, max_value=int(MOST_RATE) * 10**12).map(lambda units: Decimal(units).scaleb(-12))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("eur", "EUR"),
        (" USD ", "USD"),
        ("RMB", "CNY"),
        ("人民币", "CNY"),
        ("€", "EUR"),
        (" hk$", "HKD"),
        ("", ""),
        (None, ""),
    ],
)
def test_what_files_write_for_a_currency(text: str | None, code: str) -> None:
    assert currency_code(text) == code


def test_what_a_code_is() -> None:
    assert [text for text in ("EUR", "USDT", "€", "E", "euro zone", "ABCDEFGHIJKLM") if is_currency_code(text)] == [
        "EUR",
        "USDT",
    ]


@given(RATES)
def test_a_rate_comes_back_from_the_database_as_it_went_in(rate: Decimal) -> None:
    assert from_rate_units(rate_units(rate)) == rate
    assert rate_units(rate) < 2**63


def _half_up(value: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = 80
        return value.quantize(Decimal(1).scaleb(-12), ROUND_HALF_UP)


@given(RATES)
def test_the_inverse_has_twelve_decimals_half_rounded_away(rate: Decimal) -> None:
    with localcontext() as context:
        context.prec = 80
        expected = 1 / rate
    assert inverse(rate) == _half_up(expected)


def test_a_rate_for_a_hundred_units() -> None:
    assert divided(Decimal("712.3456"), Decimal(100)) == Decimal("7.123456")


@pytest.mark.parametrize("rate", ["0", "-1", "9000000.1", "0.0000000000001", "NaN", "Infinity"])
def test_what_is_no_rate(rate: str) -> None:
    assert not is_rate(Decimal(rate))


def test_rates_are_shown_without_the_zeros_at_their_end() -> None:
    assert [plain_rate(Decimal(rate)) for rate in ("7", "0.921400", "0.000039370079")] == [
        "7.0000",
        "0.9214",
        "0.000039370079",
    ]
