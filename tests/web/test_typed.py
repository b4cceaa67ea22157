"""Numbers as people type them into forms."""

from decimal import Decimal

import pytest

from mainstay.core.errors import Refused
from mainstay.web.typed import typed_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", "7"),
        ("-7.25", "-7.25"),
        ("+.5", "0.5"),
        ("5.", "5"),
        ("6,40", "6.40"),
        ("1,5", "1.5"),
        (",5", "0.5"),
        ("0,9134", "0.9134"),
        ("0,125", "0.125"),
        ("1234,567", "1234.567"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("12,345,678", "12345678"),
        ("1 234,5", "1234.5"),
        ("１，２３４．５", "1234.5"),
        ("1\u202f234.5", "1234.5"),
    ],
)
@pytest.mark.parametrize("lone_group", [True, False])
def test_a_number_in_any_usual_form(text: str, value: str, lone_group: bool) -> None:
    assert typed_number(text, lone_group=lone_group) == Decimal(value)


def test_one_group_of_three_is_thousands_where_figures_are_shown_so_and_else_ambiguous() -> None:
    assert typed_number("12,000") == 12000
    with pytest.raises(Refused, match=r"could be 12000 or 12\.000"):
        typed_number("12,000", lone_group=False)


@pytest.mark.parametrize(
    "text", ["", ",", ".", "x", "1_0", "1e5", "1,23,456", "1,2345,6", "12,34.5", "1.2.3", "1.234.567", "--1", "1" * 30]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="is no number"):
        typed_number(text)
