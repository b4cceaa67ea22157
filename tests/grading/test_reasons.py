"""Reasons: true, specific, in the reader's language."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from mainstay.core.periods import Window
from mainstay.grading.reasons import class_reason, figure, letter_reason, percent
from mainstay.grading.scheme import DEFAULT
from tests.grading.grades import mart
from tests.insight.tables import Row, adventure_works, known, sold, tiny, written

WINDOW = Window(date(2024, 6, 30))


@pytest.fixture(scope="module")
def tiny_mart() -> dict[Any, Row]:
    return mart(tiny())


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            "A1",
            (
                "Class 1: bought in the window from 2023-07-01 to 2024-06-30, number 1 by sales and so in the core "
                "(50% of all sales), bought in the window before, from 2022-07-01 to 2023-06-30, too."
            ),
        ),
        (
            "B1",
            (
                "Class 2: bought in the window from 2023-07-01 to 2024-06-30, number 2 by sales and so in the head "
                "(80% of all sales), not in the core."
            ),
        ),
        (
            "C1",
            (
                "Class 3: bought in the window from 2023-07-01 to 2024-06-30, number 3 by sales and so not in the head "
                "(80% of all sales), estimated potential 38 of 100 (threshold 90), "
                "attractiveness 33 of 100 (threshold 50)."
            ),
        ),
        (
            "F1",
            (
                "Class 4: nothing bought in the window from 2023-07-01 to 2024-06-30, a need is stated, last contact "
                "2024-03-15 (after 2023-12-30)."
            ),
        ),
        (
            "G1",
            (
                "Class 6: nothing bought in the window from 2023-07-01 to 2024-06-30, last order 2022-01-15, "
                "potential not assessed."
            ),
        ),
    ],
)
def test_tiny_s_classes_have_their_reasons(tiny_mart: dict[Any, Row], code: str, reason: str) -> None:
    assert str(class_reason(tiny_mart[code], DEFAULT, WINDOW)) == reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            "B1",
            (
                "Letter B: estimated score 54 of 100 (A from 67, B from 34), not assessed; estimated from: first order "
                "2024-02-11 (50 of 100), months bought in since 2023-07-01: 1 (25 of 100), products: 2 (88 of 100)."
            ),
        ),
        ("F1", "Letter B: not assessed, and no history to estimate from."),
    ],
)
def test_tiny_s_letters_have_their_reasons(tiny_mart: dict[Any, Row], code: str, reason: str) -> None:
    assert str(letter_reason(tiny_mart[code], DEFAULT, WINDOW)) == reason


def graded(said: Row, lines: list[Row] | None = None) -> Row:
    others = [sold("Z1", WINDOW.as_of, "10"), sold("Z2", WINDOW.as_of, "20")]
    found: Row = mart(written([*others, *(lines or [])], accounts=[known("A", **said)]))["A"]
    return found


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ({}, ["Class 5", "never bought before", "no need stated", "no contact known", "potential not assessed"]),
        ({"last_contact": date(2024, 8, 1)}, ["no contact known up to 2024-06-30"]),
        ({"last_contact": date(2023, 12, 30)}, ["last contact 2023-12-30 (not after 2023-12-30)"]),
        ({"need": "x"}, ["Class 5", "a need is stated"]),
        ({"potential": Decimal(1)}, ["Class 6", "never bought before", "assessed potential 0 of 100 (threshold 25)"]),
    ],
)
def test_who_never_bought_is_told_what_is_missing(said: Row, parts: list[str]) -> None:
    reason = str(class_reason(graded(said), DEFAULT, WINDOW))
    assert [part for part in parts if part not in reason] == []


def test_who_bought_before_is_told_what_keeps_him() -> None:
    lines = [sold("A", date(2022, 1, 1), "-3")]
    reason = str(class_reason(graded({"potential": Decimal(99)}, lines), DEFAULT, WINDOW))
    assert "Class 5" in reason
    assert "bought before, no need stated" in reason
    assert "assessed potential 100 of 100 (threshold 50)" in reason


def test_the_core_without_purchases_before_is_told_so() -> None:
    reason = str(class_reason(graded({}, [sold("A", WINDOW.as_of, "500")]), DEFAULT, WINDOW))
    assert "in the core (50% of all sales), but nothing bought in the window before" in reason


def test_an_assessed_letter_says_so() -> None:
    reason = str(letter_reason(graded({"score": 66.97}), DEFAULT, WINDOW))
    assert reason == "Letter B: assessed score 66.97 of 100 (A from 67, B from 34)."


def test_history_without_differences_is_not_called_missing() -> None:
    row = mart(written([sold("A", WINDOW.as_of, "5")]))["A"]
    assert "do not differ" in str(letter_reason(row, DEFAULT, WINDOW))


def test_every_account_of_adventure_works_can_be_told_why() -> None:
    window = Window(date(2013, 11, 29))
    for row in mart(adventure_works(), window.as_of).values():
        assert str(class_reason(row, DEFAULT, window)).startswith(f"Class {row['class']}: ")
        assert str(letter_reason(row, DEFAULT, window)).startswith(f"Letter {row['letter']}: ")


def test_reasons_are_put_together_when_they_are_shown(tiny_mart: dict[Any, Row]) -> None:
    reason = class_reason(tiny_mart["A1"], DEFAULT, WINDOW)
    with translation.override("zh-hans"):
        chinese = str(reason)
    assert "1" in chinese
    assert str(reason).startswith("Class 1: ")


@pytest.mark.parametrize(
    ("value", "thresholds", "text"),
    [
        (94.2, (90,), "94"),
        (89.97, (90,), "89.97"),
        (89.4, (90,), "89"),
        (89.6, (90,), "89.6"),
        (66.99999999999999, (67, 34), "67"),
        (90.0, (90,), "90"),
        (33.5, (), "34"),
    ],
)
def test_a_rounded_figure_stays_on_its_side_of_the_threshold(
    value: float, thresholds: tuple[float, ...], text: str
) -> None:
    assert figure(value, *thresholds) == text


@pytest.mark.parametrize(("share", "text"), [("0.5", "50%"), ("0.8", "80%"), ("0.333", "33.3%"), ("1", "100%")])
def test_shares_are_told_in_percent(share: str, text: str) -> None:
    assert percent(Decimal(share)) == text
