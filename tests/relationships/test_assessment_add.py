"""relationships.services.assessment_add, and what relationships.selectors makes of assessments."""

from datetime import date

import pytest

from mainstay.core import clock
from mainstay.core.errors import NotAllowed, NotFound, Refused
from mainstay.grading.scheme import DEFAULT
from mainstay.relationships.models import Assessment
from mainstay.relationships.selectors import Assessed, assessed, assessment_scores, assessments_of
from mainstay.relationships.services import assessment_add
from tests.factories import make_account, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

DAY = date(2024, 6, 30)
ALL = {"difference": 5, "value": 4, "preference": 3, "access": 2, "rules": 1}


def test_it_keeps_judgements_and_notes() -> None:
    anna = make_user("Anna")
    account = make_account("A1", owner=anna)
    with clock.frozen(DAY):
        made = assessment_add(account=account, by=anna, judgements=ALL | {"room": None}, notes={"value": " dear "})
    kept = Assessment.objects.get()
    assert kept == made
    assert (kept.account, kept.assessor, kept.day) == (account, anna, DAY)
    assert (kept.difference, kept.value, kept.preference, kept.access, kept.rules, kept.room) == (5, 4, 3, 2, 1, None)
    assert (kept.value_note, kept.rules_note) == ("dear", "")


def test_a_teammate_may() -> None:
    account = make_account("A1", owner=make_user("Anna", team="North"))
    assessment_add(account=account, by=make_user("Ben", team="North"), judgements={"room": 3}, notes={})
    assert Assessment.objects.count() == 1


def test_an_outsider_finds_no_such_account() -> None:
    """quality 1"""
    account = make_account("A1", owner=make_user("Anna"))
    with pytest.raises(NotFound):
        assessment_add(account=account, by=make_user("Eve"), judgements=ALL, notes={})
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("role", ["read_only", "analyst"])
def test_a_role_that_may_not_assess_is_told_so(role: str) -> None:
    """quality 2, 4"""
    anna = make_user("Anna", role=role)
    with pytest.raises(NotAllowed):
        assessment_add(account=make_account("A1", owner=anna), by=anna, judgements=ALL, notes={})
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(
    ("judgements", "notes", "words"),
    [
        ({"difference": 6}, {}, "from 1 to 5"),
        ({"difference": 0}, {}, "from 1 to 5"),
        ({"difference": True}, {}, "from 1 to 5"),
        ({"difference": 2.5}, {}, "from 1 to 5"),
        ({"difference": None}, {"difference": "well"}, "at least one"),
        ({}, {}, "at least one"),
        ({"charm": 3}, {}, "no factor “charm”"),
        ({"value": 3}, {"charm": "x"}, "no factor “charm”"),
        ({"value": 3}, {"value": "x" * 10_001}, "at most 10000"),
    ],
)
def test_what_cannot_be_meant_is_refused(judgements: dict[str, int], notes: dict[str, str], words: str) -> None:
    anna = make_user("Anna")
    with pytest.raises(Refused, match=words):
        assessment_add(account=make_account("A1", owner=anna), by=anna, judgements=judgements, notes=notes)
    assert not Assessment.objects.exists()


def test_a_day_to_come_is_refused() -> None:
    anna = make_user("Anna")
    with clock.frozen(DAY), pytest.raises(Refused, match="future"):
        assessment_add(account=make_account("A1", owner=anna), by=anna, judgements=ALL, notes={}, day=date(2024, 7, 1))


def test_scores_are_means_over_assessors_lately_enough() -> None:
    anna, ben = make_user("Anna", role="director"), make_user("Ben", role="director")
    one, two, three = make_account("A1"), make_account("B1"), make_account("C1")
    for by, account, day, judgements in (
        (anna, one, date(2024, 1, 1), ALL),
        (ben, one, date(2024, 2, 1), {"difference": 3, "value": 4, "preference": 5, "room": 4}),
        (anna, one, date(2022, 1, 1), {"room": 1}),
        (anna, one, date(2024, 7, 1), dict.fromkeys(ALL, 1)),
        (anna, two, date(2024, 6, 30), {"difference": 5, "value": 5, "room": 2}),
        (anna, three, date(2023, 6, 29), ALL),
    ):
        assessment_add(account=account, by=by, judgements=judgements, notes={}, day=day)
    found = assessment_scores(as_of=DAY, scheme=DEFAULT)
    # One: difference 4, value 4, preference 4, access 2, rules 1: mean 3, score 50. Two: two factors are too few.
    factors = {"difference": 4.0, "value": 4.0, "preference": 4.0, "access": 2.0, "rules": 1.0}
    assert found == {
        one.pk: Assessed(factors, 50.0, 4.0),
        two.pk: Assessed({"difference": 5.0, "value": 5.0}, None, 2.0),
    }
    assert assessed(one, as_of=DAY, scheme=DEFAULT) == found[one.pk]
    assert assessed(three, as_of=DAY, scheme=DEFAULT) == Assessed({}, None, None)
    assert [given.day for given in assessments_of(one)] == [
        date(2024, 7, 1),
        date(2024, 2, 1),
        date(2024, 1, 1),
        date(2022, 1, 1),
    ]
