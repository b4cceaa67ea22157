"""The letter: assessed, estimated from history, or neither."""

from datetime import date, timedelta
from typing import Any

import pytest

from mainstay.grading.scheme import DEFAULT, GradingScheme
from tests.grading.grades import mart
from tests.insight.tables import Row, known, sold, written

AS_OF = date(2024, 6, 30)


def letters(lines: list[Row], accounts: list[Row], scheme: GradingScheme = DEFAULT) -> dict[Any, tuple[Any, ...]]:
    found = mart(written(lines, accounts=accounts), AS_OF, scheme)
    return {code: (row["letter"], row["letter_basis"], row["score"]) for code, row in found.items()}


@pytest.mark.parametrize(
    ("score", "letter"), [(100.0, "A"), (67.0, "A"), (66.9, "B"), (34.0, "B"), (33.9, "C"), (0.0, "C")]
)
def test_an_assessed_score_decides_by_the_thresholds(score: float, letter: str) -> None:
    assert letters([], [known("A", score=score)]) == {"A": (letter, "assessed", score)}


def test_an_assessment_goes_before_history() -> None:
    lines = [sold("A", AS_OF, "1"), sold("B", AS_OF - timedelta(days=9), "1")]
    found = letters(lines, [known("A", score=90.0), known("B")])
    assert found == {"A": ("A", "assessed", 90), "B": ("A", "estimated", 100)}


def test_parts_in_which_active_accounts_are_equal_are_left_out() -> None:
    lines = [sold("A", AS_OF - timedelta(days=5), "1"), sold("B", AS_OF, "1")]
    accounts = [known("A", contacts=0), known("B", contacts=3)]
    # days since the first order: A 100, B 0; contacts: A 0, B 100; products and months are equal
    assert letters(lines, accounts) == {"A": ("B", "estimated", 50), "B": ("B", "estimated", 50)}


def test_where_all_active_accounts_are_equal_there_is_no_estimate() -> None:
    lines = [sold("A", AS_OF, "1"), sold("B", AS_OF, "1")]
    assert letters(lines, [known("A"), known("B")]) == dict.fromkeys("AB", ("B", "unassessed", None))


def test_without_history_and_assessment_it_is_b_unassessed() -> None:
    lines = [sold("A", AS_OF, "1"), sold("B", AS_OF - timedelta(days=9), "1")]
    assert letters(lines, [known("C", contacts=9)])["C"] == ("B", "unassessed", None)


def test_an_account_that_bought_long_ago_is_placed_from_outside() -> None:
    lines = [sold("A", AS_OF, "1"), sold("B", AS_OF - timedelta(days=9), "1"), sold("C", date(2020, 1, 1), "1")]
    # older than all: 100; products and months differ for no active account and are left out
    assert letters(lines, [])["C"] == ("A", "estimated", 100)


def test_an_account_that_only_returned_stands_below_one_that_ordered_today() -> None:
    lines = [sold("A", AS_OF, "-1"), sold("B", AS_OF, "1"), sold("C", AS_OF - timedelta(days=1), "1")]
    assert [score for _letter, _basis, score in letters(lines, []).values()] == [0, 50, 100]


def test_the_cuts_are_the_scheme_s() -> None:
    assert letters([], [known("A", score=50.0)], GradingScheme(letter_a=50.0))["A"][0] == "A"
