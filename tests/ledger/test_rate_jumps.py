"""Rates that are far from those next to them."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.ledger.rate_jumps import Unlikely, check_likely, warnings_of
from mainstay.ledger.rates import rate_add
from tests.ledger.files import bring_text

pytestmark = pytest.mark.django_db
FIRST = date(2024, 1, 1)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_a_file_is_warned_of_where_two_next_to_each_other_are_far_apart(values: list[int]) -> None:
    stated = {("USD", "CNY", FIRST + timedelta(days=n)): Decimal(value) for n, value in enumerate(values)}
    far = [n for n in range(1, len(values)) if max(values[n - 1 : n + 1]) > 2 * min(values[n - 1 : n + 1])]
    found = warnings_of(stated)
    assert [params["count"] for _message, params in found] == ([len(far)] if far else [])
    if far:
        assert found[0][1]["day"] == (FIRST + timedelta(days=far[0])).isoformat()


def test_neighbours_are_those_of_the_same_currencies(tmp_path: Path) -> None:
    rate_add(currency="USD", base="CNY", day=FIRST, rate=Decimal("7.2"))
    rate_add(currency="USD", base="EUR", day=FIRST, rate=Decimal("0.9"))
    day = FIRST + timedelta(days=9)
    for value in ("3.6", "14.4"):
        check_likely("USD", "CNY", day, Decimal(value))
    for value in ("3.59", "14.41"):
        with pytest.raises(Unlikely):
            check_likely("USD", "CNY", day, Decimal(value))
    with pytest.raises(Unlikely):
        check_likely("USD", "CNY", FIRST - timedelta(days=9), Decimal("72"))
    check_likely("USD", "EUR", day, Decimal("0.95"))
    check_likely("GBP", "EUR", day, Decimal(95))
    with pytest.raises(Unlikely):
        rate_add(currency="USD", base="CNY", day=day, rate=Decimal(72), sure=False)
    outcome = bring_text(tmp_path, "rates", "currency,date,rate,base\nUSD,2024-02-01,720,CNY\nUSD,2024-02-02,721,CNY\n")
    assert [params["rate"] for _message, params in outcome.warnings] == ["720.0000"]
    assert bring_text(tmp_path, "rates", "currency,date,rate,base\nUSD,2023-12-30,7.3,CNY\n").warnings == ()
