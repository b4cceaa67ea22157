"""Potential: assessed, or from active accounts alike."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.grading import potential
from mainstay.grading.scheme import DEFAULT, GradingScheme
from tests.grading import oracle
from tests.grading.grades import mart
from tests.insight.tables import Row, known, sold, written

AS_OF = date(2024, 6, 30)


def amounts(sales: dict[str, str], accounts: list[Row], scheme: GradingScheme = DEFAULT) -> dict[Any, Row]:
    return mart(
        written([sold(code, AS_OF, amount) for code, amount in sales.items()], accounts=accounts), AS_OF, scheme
    )


def alike(prefix: str, sales: list[int], **traits: str | None) -> tuple[dict[str, str], list[Row]]:
    codes = {f"{prefix}{n:02}": str(amount) for n, amount in enumerate(sales)}
    return codes, [known(code, **traits) for code in codes]


def test_ten_accounts_alike_in_everything_make_a_group_and_nine_do_not() -> None:
    near, near_known = alike("N", list(range(1, 11)), industry="I", size="S", country="U")
    far, far_known = alike("F", [1000] * 10, industry="I", size="S", country="V")
    found = amounts(near | far, near_known + far_known)
    assert found["N00"]["potential_amount"] == Decimal("7.75")
    less = {code: sales for code, sales in near.items() if code != "N09"}
    # with nine, country is dropped: nine of 1-9 and ten of 1000
    assert amounts(less | far, near_known + far_known)["N00"]["potential_amount"] == 1000


def test_country_then_size_then_industry_are_dropped() -> None:
    size, size_known = alike("S", [10] * 10, industry="I", size="T", country="U")
    other, other_known = alike("O", [500] * 40, industry="J", size="T", country="U")
    asked = [
        known("size", industry="I", size="T", country="V"),
        known("industry", industry="I", size="X", country="V"),
        known("none", industry="K", size="T", country="U"),
    ]
    found = amounts(size | other, size_known + other_known + asked)
    assert [found[code]["potential_amount"] for code in ("size", "industry", "none")] == [10, 10, 500]


def test_blank_traits_are_a_value_like_any_other() -> None:
    blank, blank_known = alike("B", [10] * 10, industry=None, size="", country=None)
    other, other_known = alike("O", [500] * 40, industry="I", size="S", country="U")
    asked = [known("asked", industry="", size=None, country="")]
    assert amounts(blank | other, blank_known + other_known + asked)["asked"]["potential_amount"] == 10


def test_an_account_s_own_sales_are_the_least_of_its_estimate() -> None:
    found = amounts({"A": "100", "B": "1"}, [])
    assert found["A"]["potential_amount"] == 100
    assert found["B"]["potential_amount"] == Decimal("75.25")


def test_who_is_assessed_keeps_that_even_below_its_sales() -> None:
    found = amounts({"A": "100", "B": "1"}, [known("A", potential=Decimal(0))])["A"]
    assert (found["potential_amount"], found["potential_basis"], found["potential"]) == (0, "assessed", 0)


def test_without_active_accounts_potential_is_the_assessed_amount_or_nothing() -> None:
    found = amounts({}, [known("A"), known("B", potential=Decimal(5))])
    assert [(row["potential_amount"], row["potential"]) for row in found.values()] == [(0, None), (5, None)]


MONEY = st.decimals(-(10**6), 10**6, places=4)


@settings(max_examples=25, deadline=None)
@given(st.lists(MONEY, min_size=1, max_size=30))
def test_the_upper_quartile_is_exact_and_rounded_half_away_from_zero(sales: list[Decimal]) -> None:
    lines = [sold(f"A{n:02}", AS_OF, str(amount)) for n, amount in enumerate(sales)]
    tables = written(lines)
    traits = tables.lines.select(
        code="account", active=True, sales=tables.lines.amount.cast("decimal(38, 4)"), assessed=tables.lines.cost,
        industry="product", size="product", country="product",
    )  # fmt: skip
    found = potential.amounts(tables.materialise("traits", traits), DEFAULT).to_pyarrow()
    quartile = oracle.upper_quartile([oracle.Fraction(amount) for amount in sales])
    expected = sorted(max(quartile, oracle.Fraction(amount)) for amount in sales)
    assert sorted(oracle.Fraction(value) for value in found["potential_amount"].to_pylist()) == expected


@pytest.mark.parametrize(("sales", "quartile"), [("0.0001", "0.0001"), ("0.0002", "0.0002")])
def test_half_a_ten_thousandth_is_rounded_up(sales: str, quartile: str) -> None:
    """Of 0 and 0.0001 three quarters are 0.000075; of 0 and 0.0002 they are 0.00015."""
    assert amounts({"A": "0", "B": sales}, [])["A"]["potential_amount"] == Decimal(quartile)
