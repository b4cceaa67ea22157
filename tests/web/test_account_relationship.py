"""The assessment form: what it takes, what it refuses, and what stands on the page afterwards."""

import re
from typing import Any

import pytest

from mainstay.core import clock
from mainstay.relationships.models import Assessment
from mainstay.relationships.services import NOTE_LIMIT, assessment_add
from tests.factories import make_user
from tests.web.accounts import MAY_ASSESS, ROLES, Graded, client_of, graded_tiny, own, table, words

pytestmark = pytest.mark.django_db
GOOD = {"difference": "5", "difference_note": "They said so", "value": "4", "preference": "3", "room": "2"}


def send(graded: Graded, user: Any = None, **data: str) -> Any:
    return client_of(user or graded.owner).post(graded.url("relationship"), data)


def test_roles_that_may_assess_do_and_others_write_nothing() -> None:
    """quality 2, 4"""
    graded = graded_tiny()
    for role in ROLES:
        user = make_user(f"U-{role}", role=role)
        own(user, graded.accounts["A1"])
        page = client_of(user).get(graded.url("relationship")).content.decode()
        assert ("<textarea" in page) == (role in MAY_ASSESS), role
        assert send(graded, user, **GOOD).status_code == (302 if role in MAY_ASSESS else 403), role
        assert Assessment.objects.filter(assessor=user).exists() == (role in MAY_ASSESS), role


def test_an_outsider_can_neither_read_nor_write() -> None:
    """quality 1, 2"""
    graded = graded_tiny()
    assert send(graded, graded.outsider, **GOOD).status_code == 404
    assert not Assessment.objects.exists()


def test_what_was_said_is_kept_and_told() -> None:
    graded = graded_tiny()
    answer = client_of(graded.owner).post(graded.url("relationship"), GOOD, follow=True)
    assert answer.redirect_chain == [(graded.url("relationship"), 302)]
    made = Assessment.objects.get()
    assert (made.assessor, made.day, made.account) == (graded.owner, clock.today(), graded.accounts["A1"])
    assert (made.difference, made.value, made.preference, made.access, made.rules, made.room) == (
        5,
        4,
        3,
        None,
        None,
        2,
    )
    text = words(answer)
    assert "It counts in every refresh as of today or later" in text
    # By hand: (5 + 4 + 3) ÷ 3 = 4; 100 × (4 − 1) ÷ 4 = 75; the graded one stays beside it.
    assert "By the assessments now 75" in text
    assert "Graded 92 A Letter estimated" in text
    assert "Olga" in text
    assert "They said so" in text
    assert ["Difference from others", "5.0 of 5", "100"] in table(answer, "Means of the assessments that count now")


def test_an_old_assessment_is_listed_but_does_not_count() -> None:
    graded = graded_tiny()
    day = clock.today().replace(year=clock.today().year - 2)
    judgements = {"difference": 5, "value": 5, "preference": 5}
    assessment_add(account=graded.accounts["A1"], by=graded.owner, judgements=judgements, notes={}, day=day)
    text = words(client_of(graded.owner).get(graded.url("relationship")))
    assert "By the assessments now –" in text
    assert "Olga" in text


def test_a_value_off_the_scale_is_told_beside_its_factor() -> None:
    graded = graded_tiny()
    for value in ("0", "6", "-1", "1.5", "five", "١", "5 OR 1=1"):
        answer = send(graded, difference=value, difference_note="kept <i>", value="4")
        assert answer.status_code == 422, value
        page = answer.content.decode()
        assert "Choose a value from 1 to 5" in page
        assert 'id="wrong-difference"' in page
        assert 'id="wrong-value"' not in page
        assert "kept &lt;i&gt;" in page
        assert re.search(r'name="value" value="4" checked', page)
    assert not Assessment.objects.exists()


def test_nothing_judged_is_refused_and_what_was_typed_kept() -> None:
    graded = graded_tiny()
    answer = send(graded, rules_note="We wrote their tender")
    assert answer.status_code == 422
    assert "Judge at least one factor." in words(answer)
    assert "We wrote their tender" in answer.content.decode()
    assert not Assessment.objects.exists()


def test_a_note_that_cannot_be_kept_is_told_beside_its_factor() -> None:
    graded = graded_tiny()
    for note in ("x" * (NOTE_LIMIT + 1), "a\x00b"):
        answer = send(graded, access="3", access_note=note)
        assert answer.status_code == 422
        assert 'id="wrong-access"' in answer.content.decode()
    assert not Assessment.objects.exists()


def test_notes_are_text() -> None:
    """quality 15, 18"""
    graded = graded_tiny()
    evil = '<script>alert(1)</script> <a href="javascript:alert(1)" hx-get="/x">x</a> </textarea><b>'
    assert send(graded, difference="3", difference_note=evil).status_code == 302
    again = send(graded, difference_note=evil)
    for page in (client_of(graded.owner).get(graded.url("relationship")), again):
        assert "<script>alert" not in page.content.decode()
        assert 'href="javascript' not in page.content.decode()
        assert "</textarea><b>" not in page.content.decode()
        assert 'hx-get="/x"' not in page.content.decode()


def test_the_form_needs_its_token() -> None:
    graded = graded_tiny()
    client = client_of(graded.owner)
    client.handler.enforce_csrf_checks = True
    assert client.post(graded.url("relationship"), GOOD).status_code == 403
    assert not Assessment.objects.exists()


def test_many_assessments_are_counted(django_assert_max_num_queries: Any) -> None:
    graded = graded_tiny()
    for _number in range(40):
        assessment_add(account=graded.accounts["A1"], by=graded.owner, judgements={"value": 3}, notes={})
    client = client_of(graded.owner)
    with django_assert_max_num_queries(10):
        answer = client.get(graded.url("relationship"))
    assert "30 of 40 are shown" in words(answer)
