"""An account's Relationship: what our people say of it, and the form to say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from mainstay.core import clock
from mainstay.relationships.models import Assessment
from mainstay.relationships.score import LEAST, MOST
from mainstay.relationships.selectors import Assessed, assessed, assessments_of
from mainstay.relationships.services import NOTE_LIMIT
from mainstay.web.pages.account_factors import JUDGED, Asked
from mainstay.web.pages.account_head import Head
from mainstay.web.pages.account_overview import Factor, assessed_factors, judged_factor

SCALE = tuple(str(value) for value in range(LEAST, MOST + 1))
SHOWN = 30


class AssessmentForm(forms.Form):
    """Only reads what was sent; whether it may be is for the service to decide."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name in JUDGED:
            self.fields[name] = forms.TypedChoiceField(
                choices=[(value, value) for value in SCALE],
                coerce=int,
                empty_value=None,
                required=False,
                error_messages={"invalid_choice": _("Choose a value from 1 to 5, or “not judged”.")},
            )
            self.fields[f"{name}_note"] = forms.CharField(max_length=NOTE_LIMIT, required=False)

    @property
    def judgements(self) -> dict[str, int | None]:
        return {name: self.cleaned_data[name] for name in JUDGED}

    @property
    def notes(self) -> dict[str, str]:
        return {name: self.cleaned_data[f"{name}_note"] for name in JUDGED}


@dataclass(frozen=True)
class Question:
    """A factor in the form, with what was typed and what is wrong with it."""

    name: str
    asked: Asked
    value: str
    note: str
    errors: list[str]
    scale: tuple[str, ...] = SCALE


@dataclass(frozen=True)
class Said:
    """A factor in an assessment."""

    asked: Asked
    value: int | None
    note: str


@dataclass(frozen=True)
class Entry:
    """An assessment as the list shows it; factors nobody judged or noted are left out."""

    who: str
    day: date
    said: list[Said]


@dataclass(frozen=True)
class RelationshipPage:
    """`now` is what the assessments result in today; `questions` is empty for who may not assess."""

    head: Head
    now: Assessed
    factors: list[Factor]
    entries: list[Entry]
    entry_count: int
    questions: list[Question]
    wrong: list[str]
    tab: str = "relationship"


def relationship_page(
    head: Head, *, may_assess: bool, form: AssessmentForm | None = None, wrong: list[str] | None = None
) -> RelationshipPage:
    said = assessments_of(head.account)
    entries = [_entry(one) for one in said[: SHOWN + 1]]
    now = assessed(head.account, as_of=clock.today(), scheme=head.scheme)
    return RelationshipPage(
        head=head,
        now=now,
        factors=[*assessed_factors(now), *room_factor(now)],
        entries=entries[:SHOWN],
        entry_count=said.count() if len(entries) > SHOWN else len(entries),
        questions=_questions(form) if may_assess else [],
        wrong=wrong or [],
    )


def room_factor(now: Assessed) -> list[Factor]:
    return [] if now.room is None else [judged_factor("room", now.room)]


def _questions(form: AssessmentForm | None) -> list[Question]:
    typed: Mapping[str, str] = form.data if form is not None else {}
    errors = form.errors if form is not None else {}
    return [
        Question(
            name=name,
            asked=asked,
            value=typed.get(name, ""),
            note=typed.get(f"{name}_note", ""),
            errors=[str(text) for key in (name, f"{name}_note") for text in errors.get(key, [])],
        )
        for name, asked in JUDGED.items()
    ]


def _entry(assessment: Assessment) -> Entry:
    said = [
        Said(asked, getattr(assessment, name), getattr(assessment, f"{name}_note")) for name, asked in JUDGED.items()
    ]
    return Entry(
        who=str(assessment.assessor),
        day=assessment.day,
        said=[one for one in said if one.value is not None or one.note],
    )
