"""Codes are trimmed text."""

import pytest

from mainstay.core.codes import clean_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("17850.0", "17850"),
        (" 17850.00 ", "17850"),
        ("-5.0", "-5"),
        ("17850.5", "17850.5"),
        ("A1.0", "A1.0"),
        ("007", "007"),
        ("1.0.0", "1.0.0"),
        ("  ", None),
        ("", None),
        (None, None),
        ("\tC 1\n", "C 1"),
        ("\ufeffC1\u200b", "C1"),
        (" \u200d\ufeff17850.0\u200c ", "17850"),
        ("\ufeff", None),
    ],
)
def test_a_code_is_trimmed_and_a_spreadsheets_whole_number_is_whole(text: str | None, code: str | None) -> None:
    assert clean_code(text) == code
