"""Everything that reads what we say about relationships."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple, Protocol

from django.db.models import QuerySet

from mainstay.accounts.models import Account
from mainstay.core.periods import months_before
from mainstay.relationships.models import Assessment
from mainstay.relationships.score import FACTORS, Judgement, means, score

ROOM = "room"
_JUDGED = (*FACTORS, ROOM)


class Scheme(Protocol):
    """What assessments need of a grading scheme."""

    @property
    def factor_weights(self) -> Mapping[str, float]: ...

    @property
    def least_factors(self) -> int: ...

    @property
    def assessment_months(self) -> int: ...


class Assessed(NamedTuple):
    """`factors` are means of 1-5; `score` is 0-100, None with too few of them; `room` is a mean of 1-5, or None."""

    factors: Mapping[str, float]
    score: float | None
    room: float | None


def assessment_scores(*, as_of: date, scheme: Scheme) -> dict[int, Assessed]:
    """What people said of each account, by the account's id: those that somebody assessed lately enough."""
    oldest = months_before(as_of, scheme.assessment_months)
    recent = Assessment.objects.filter(day__gte=oldest, day__lte=as_of)
    return {account: _assessed(said, as_of, scheme) for account, said in _by_account(recent)}


def assessed(account: Account, *, as_of: date, scheme: Scheme) -> Assessed:
    """What people said of one account up to `as_of`."""
    said = [judgement for _pk, group in _by_account(account.assessments.all()) for judgement in group]
    return _assessed(said, as_of, scheme)


def assessments_of(account: Account) -> QuerySet[Assessment]:
    """An account's assessments with their assessors, newest first."""
    return account.assessments.select_related("assessor").order_by("-day", "-pk")


def _by_account(assessments: QuerySet[Assessment]) -> Iterator[tuple[int, list[Judgement]]]:
    rows = assessments.order_by("account", "day", "pk").values_list("account", "assessor", "day", *_JUDGED)
    for account, group in groupby(rows.iterator(chunk_size=5_000), key=itemgetter(0)):
        yield (
            account,
            [
                Judgement(assessor, day, dict(zip(_JUDGED, values, strict=True)))
                for _pk, assessor, day, *values in group
            ],
        )


def _assessed(said: list[Judgement], as_of: date, scheme: Scheme) -> Assessed:
    by_factor = means(said, as_of=as_of, months=scheme.assessment_months)
    room = by_factor.pop(ROOM, None)
    return Assessed(
        factors={factor: float(mean) for factor, mean in by_factor.items()},
        score=score(by_factor, weights=scheme.factor_weights, least_factors=scheme.least_factors),
        room=None if room is None else float(room),
    )
