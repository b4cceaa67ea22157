"""Everything that changes what we say about relationships."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from mainstay.accounts import access
from mainstay.accounts.models import Account
from mainstay.core import clock
from mainstay.core.errors import N_, NotAllowed, NotFound, Refused
from mainstay.people.models import User
from mainstay.relationships.models import Assessment
from mainstay.relationships.score import FACTORS, LEAST, MOST

JUDGED = (*FACTORS, "room")
NOTE_LIMIT = 10_000


@transaction.atomic
def assessment_add(
    *,
    account: Account,
    by: User,
    judgements: Mapping[str, int | None],
    notes: Mapping[str, str],
    day: date | None = None,
) -> Assessment:
    """Record what `by` thinks of an account: 1-5 by factor (FACTORS and `room`), notes by the same names.

    `day` is today unless given. Raises NotFound for an account he may not see, NotAllowed where his role may not
    assess, Refused for a judgement outside 1-5, an unknown factor, none at all, or a day to come.
    """
    if not access.visible(by).filter(pk=account.pk).exists():
        raise NotFound(N_("There is no such account."))
    if not by.may_assess:
        raise NotAllowed(N_("Your role may not assess relationships."))
    day = day or clock.today()
    _check(judgements, notes, day)
    return Assessment.objects.create(
        account=account,
        assessor=by,
        day=day,
        made_at=clock.now(),
        **{name: judgements.get(name) for name in JUDGED},
        **{f"{name}_note": (notes.get(name) or "").strip() for name in JUDGED},
    )


def _check(judgements: Mapping[str, int | None], notes: Mapping[str, str], day: date) -> None:
    if unknown := sorted((judgements.keys() | notes.keys()) - set(JUDGED)):
        raise Refused(
            N_("There is no factor “%(factor)s”. Factors: %(factors)s."), factor=unknown[0], factors=", ".join(JUDGED)
        )
    given = [value for value in judgements.values() if value is not None]
    if any(isinstance(value, bool) or not isinstance(value, int) or not LEAST <= value <= MOST for value in given):
        raise Refused(N_("Each factor is judged from 1 to 5."))
    if not given:
        raise Refused(N_("Judge at least one factor."))
    if any(len(note or "") > NOTE_LIMIT for note in notes.values()):
        raise Refused(N_("A note may have at most %(limit)s characters."), limit=NOTE_LIMIT)
    if day > clock.today():
        raise Refused(N_("An assessment cannot be dated in the future."))
