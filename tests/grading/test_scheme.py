"""The grading scheme: its defaults, its JSON, what it refuses."""

import json
from decimal import Decimal
from typing import Any

import pytest

from mainstay.core.errors import Refused
from mainstay.grading.scheme import DEFAULT, GradingScheme


def test_the_defaults_are_those_of_the_rules() -> None:
    assert json.loads(json.dumps(DEFAULT.to_dict())) == {
        "core_share": "0.5",
        "head_share": "0.8",
        "growth_potential": 90.0,
        "growth_attractiveness": 50.0,
        "contact_months": 6,
        "regain_potential": 50.0,
        "dismiss_potential": 25.0,
        "alike_accounts": 10,
        "alike_quantile": 0.75,
        "attractiveness_weights": {"volume": 1.0, "margin": 1.0, "room": 1.0},
        "letter_a": 67.0,
        "letter_b": 34.0,
        "factor_weights": {"difference": 1.0, "value": 1.0, "preference": 1.0, "access": 1.0, "rules": 1.0},
        "least_factors": 3,
        "assessment_months": 12,
    }


def test_a_scheme_survives_its_json() -> None:
    scheme = GradingScheme(core_share=Decimal("0.333"), contact_months=3, letter_a=70.5)
    again = GradingScheme.from_dict(json.loads(json.dumps(scheme.to_dict())))
    assert again == scheme
    assert again.to_dict() == scheme.to_dict()


def test_what_a_dictionary_leaves_out_takes_its_default() -> None:
    assert GradingScheme.from_dict({}) == DEFAULT
    assert GradingScheme.from_dict({"letter_a": 80}).letter_b == 34


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"letter_c": 1}, "letter_c"),
        ({"letter_a": 101}, "letter_a"),
        ({"letter_a": "67"}, "letter_a"),
        ({"letter_a": True}, "letter_a"),
        ({"letter_a": float("nan")}, "letter_a"),
        ({"letter_a": 30}, "letter B"),
        ({"core_share": "half"}, "core_share"),
        ({"core_share": "0.9"}, "core must not"),
        ({"core_share": "NaN"}, "core_share"),
        ({"core_share": "0.33333"}, "four decimals"),
        ({"contact_months": 1.5}, "contact_months"),
        ({"contact_months": 0}, "contact_months"),
        ({"least_factors": 6}, "least_factors"),
        ({"attractiveness_weights": {"volume": 1}}, "volume, margin, room"),
        ({"attractiveness_weights": {"volume": 0, "margin": 0, "room": 0}}, "below 0"),
        ({"attractiveness_weights": {"volume": -1, "margin": 1, "room": 1}}, "below 0"),
        ({"attractiveness_weights": {"volume": "1", "margin": 1, "room": 1}}, "numbers"),
        ({"attractiveness_weights": 3}, "attractiveness_weights"),
    ],
)
def test_a_scheme_that_makes_no_sense_is_refused(values: dict[str, Any], message: str) -> None:
    with pytest.raises(Refused, match=message):
        GradingScheme.from_dict(values)


def test_weights_cannot_be_changed_from_outside() -> None:
    weights = {"volume": 1.0, "margin": 1.0, "room": 1.0}
    scheme = GradingScheme(attractiveness_weights=weights)
    weights["volume"] = 9.0
    assert scheme.attractiveness_weights["volume"] == 1.0
