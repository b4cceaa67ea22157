"""The rules of the class, each at its edges."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from mainstay.grading.scheme import DEFAULT, GradingScheme
from tests.grading.grades import mart
from tests.insight.tables import Row, known, sold, spent, written

AS_OF = date(2024, 6, 30)


def standing(code: str, lines: list[Row], accounts: list[Row], scheme: GradingScheme = DEFAULT) -> tuple[int, str]:
    row = mart(written(lines, accounts=accounts), AS_OF, scheme)[code]
    return row["class"], row["rule"]


def crowd(count: int = 9, amount: str = "10") -> list[Row]:
    return [sold(f"Z{n}", AS_OF, amount) for n in range(count)]


def test_the_core_that_bought_in_the_window_before_is_class_1() -> None:
    before = sold("A", date(2023, 6, 30), "1")
    assert standing("A", [sold("A", AS_OF, "500"), before, *crowd()], []) == (1, "anchor")


@pytest.mark.parametrize("day", [None, date(2022, 6, 30)])
def test_the_core_that_did_not_is_class_2(day: date | None) -> None:
    """Bought earlier than the window before is not enough."""
    before = [sold("A", day, "1")] if day else []
    assert standing("A", [sold("A", AS_OF, "500"), *before, *crowd()], []) == (2, "head")


def test_the_head_beyond_the_core_is_class_2_and_the_rest_class_3() -> None:
    lines = [sold("A", AS_OF, "60"), sold("B", AS_OF, "30"), sold("C", AS_OF, "10")]
    accounts = [known("C", potential=Decimal(1))]
    assert standing("B", lines, accounts) == (2, "head")
    assert standing("C", lines, accounts) == (3, "ordinary")


def test_high_potential_and_attractiveness_make_class_2() -> None:
    lines = [sold("A", AS_OF, "90"), sold("B", AS_OF, "10")]
    # volume 0, room 100: attractiveness 50, just enough
    assert standing("B", lines, [known("B", potential=Decimal(1000))]) == (2, "growth")
    assert standing("B", lines, [known("B", potential=Decimal(1000), room=4.9)]) == (3, "ordinary")
    assert standing("B", lines, [known("B", potential=Decimal(20))]) == (3, "ordinary")


NEEDY: dict[str, Any] = {"need": "pallets", "last_contact": date(2024, 3, 15)}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (NEEDY, (4, "prospect")),
        (NEEDY | {"last_contact": date(2023, 12, 31)}, (4, "prospect")),
        (NEEDY | {"last_contact": date(2023, 12, 30)}, (5, "suspect")),
        (NEEDY | {"last_contact": AS_OF}, (4, "prospect")),
        (NEEDY | {"last_contact": date(2024, 7, 1)}, (5, "suspect")),
        (NEEDY | {"last_contact": None}, (5, "suspect")),
        (NEEDY | {"need": " "}, (5, "suspect")),
        (NEEDY | {"need": None}, (5, "suspect")),
    ],
)
def test_a_stated_need_and_a_contact_in_six_months_make_a_prospect(said: Row, expected: tuple[int, str]) -> None:
    assert standing("A", crowd(), [known("A", **said)]) == expected


def test_who_bought_before_with_a_need_and_a_contact_is_a_prospect_and_not_faded() -> None:
    assert standing("A", [sold("A", date(2022, 1, 1), "5"), *crowd()], [known("A", **NEEDY)]) == (4, "prospect")


@pytest.mark.parametrize(
    ("potential", "expected"),
    [(None, (6, "faded")), ("0", (6, "faded")), ("25", (6, "faded")), ("35", (5, "suspect"))],
)
def test_who_bought_before_fades_unless_assessed_at_half_or_more(
    potential: str | None, expected: tuple[int, str]
) -> None:
    """Nine active accounts with potentials 0, 10 … 80: 25 stands at 37.5, 35 at 50."""
    lines = [sold("A", date(2023, 6, 30), "5"), *crowd(9)]
    accounts = [known(f"Z{n}", potential=Decimal(10 * n)) for n in range(9)]
    said = known("A", potential=None if potential is None else Decimal(potential))
    assert standing("A", lines, [*accounts, said]) == expected


@pytest.mark.parametrize(("potential", "expected"), [(None, 5), ("5", 6), ("15", 5), ("90", 5)])
def test_who_never_bought_is_dismissed_when_assessed_below_a_quarter(potential: str | None, expected: int) -> None:
    """Nine active accounts with potentials 0, 10 … 80: 5 stands at 12.5, 15 at 25."""
    accounts = [known(f"Z{n}", potential=Decimal(10 * n)) for n in range(9)]
    said = known("A", potential=None if potential is None else Decimal(potential))
    assert standing("A", crowd(9), [*accounts, said])[0] == expected


def test_a_cost_line_does_not_make_an_account_active() -> None:
    row = mart(written(crowd(), [spent("A", AS_OF, "5")], [known("A")]), AS_OF)["A"]
    assert (row["active"], row["class"]) == (False, 5)


def test_the_thresholds_are_the_scheme_s() -> None:
    lines = [sold("A", AS_OF, "60"), sold("B", AS_OF, "30"), sold("C", AS_OF, "10")]
    scheme = GradingScheme(head_share=Decimal("0.95"), contact_months=1)
    assert standing("C", lines, [], scheme) == (2, "head")
    assert standing("D", lines, [known("D", **NEEDY)], scheme) == (5, "suspect")
