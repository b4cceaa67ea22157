"""The score from several people's judgements."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.relationships.score import FACTORS, Judgement, means, score

AS_OF = date(2024, 6, 30)
EQUAL = dict.fromkeys(FACTORS, 1.0)


def scored(*judgements: Judgement, least_factors: int = 3, weights: dict[str, float] = EQUAL) -> float | None:
    return score(means(judgements, as_of=AS_OF, months=12), weights=weights, least_factors=least_factors)


def said(*values: int | None, by: str = "ann", day: date = AS_OF) -> Judgement:
    return Judgement(by, day, dict(zip(FACTORS, values, strict=False)))


@pytest.mark.parametrize(
    ("values", "expected"),
    [((1, 1, 1, 1, 1), 0), ((5, 5, 5, 5, 5), 100), ((3, 3, 3), 50), ((5, 4, 3, 2, 1), 50), ((4, 4, 5, None, 5), 87.5)],
)
def test_one_assessment_is_scored_by_hand(values: tuple[int | None, ...], expected: float) -> None:
    assert scored(said(*values)) == expected


def test_fewer_than_three_factors_make_no_score() -> None:
    assert scored(said(5, 5)) is None
    assert scored(said(5, 5), least_factors=2) == 100
    assert scored() is None


def test_factors_of_several_people_count_together() -> None:
    assert scored(said(5, 5, by="ann"), Judgement("bob", AS_OF, {"rules": 1})) == pytest.approx(200 / 3)


def test_assessors_are_averaged_factor_by_factor() -> None:
    assert scored(said(5, 5, 5), said(1, 3, 3, by="bob")) == pytest.approx(100 * (Fraction(3 + 4 + 4, 3) - 1) / 4)


@pytest.mark.parametrize(
    ("day", "counts"),
    [(date(2023, 6, 29), False), (date(2023, 6, 30), True), (AS_OF, True), (date(2024, 7, 1), False)],
)
def test_only_assessments_of_the_last_twelve_months_count(day: date, counts: bool) -> None:
    assert (scored(said(5, 5, 5, day=day)) is not None) == counts


def test_the_last_word_of_each_person_on_each_factor_counts() -> None:
    first = said(1, 1, 1, day=date(2024, 1, 1))
    later = Judgement("ann", date(2024, 2, 1), {"difference": 5, "value": None})
    expected = pytest.approx(100 / 3)
    assert scored(first, later) == scored(later, first) == expected


def test_of_two_on_one_day_the_later_in_order_counts() -> None:
    assert scored(said(1, 1, 1), said(5, 5, 5)) == 100


def test_weights_count_and_factors_without_a_weight_do_not() -> None:
    weights = {"difference": 2.0, "value": 1.0, "preference": 1.0}
    assert scored(said(5, 1, 1, 5, 5), weights=weights) == 50
    assert scored(Judgement("ann", AS_OF, {"room": 5, "difference": 1, "value": 1}), weights=weights) is None
    assert scored(said(5, 5, 5), weights=dict.fromkeys(FACTORS, 0.0)) is None


def test_other_factors_have_means_too() -> None:
    found = means([Judgement("ann", AS_OF, {"room": 4}), Judgement("bob", AS_OF, {"room": 3})], as_of=AS_OF, months=12)
    assert found == {"room": Fraction(7, 2)}


@given(st.permutations([said(n % 5 + 1, n % 3 + 1, 5, by=str(n)) for n in range(7)]))
def test_the_order_of_assessors_does_not_matter(judgements: list[Judgement]) -> None:
    assert scored(*judgements) == scored(*[said(n % 5 + 1, n % 3 + 1, 5, by=str(n)) for n in range(7)])
