"""Everything that changes the cost model. Nothing here changes a figure that is published: the next refresh does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from mainstay.core import clock
from mainstay.core.errors import N_, Conflict, NotAllowed, Refused
from mainstay.costing.models import CostModelSwitch, CostModelVersion, VersionState
from mainstay.insight.cost_model import MOST_NAME, CostModel
from mainstay.people.models import User
from mainstay.people.services import audit_record

MOST_NOTE = 2_000
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


@dataclass(frozen=True)
class Stated:
    """What a version says."""

    name: str
    valid_from: date
    model: CostModel
    note: str = ""


def check_may_cost(*, by: User | None) -> None:
    """NotAllowed unless `by` may change the cost model. None is whoever runs commands on the machine itself."""
    if by is not None and not by.may_import:
        raise NotAllowed(N_("Only directors and analysts see and change the cost model."))


@transaction.atomic
def version_add(*, stated: Stated, by: User | None) -> CostModelVersion:
    """Add a draft."""
    check_may_cost(by=by)
    version = CostModelVersion.objects.create(**_fields(stated), made_at=clock.now(), made_by=by)
    _recorded("cost model drafted", version, by)
    return version


@transaction.atomic
def version_change(*, version: CostModelVersion, revision: int, stated: Stated, by: User | None) -> None:
    """Change a draft that is still as it was at `revision`. Raises Conflict where it is not."""
    check_may_cost(by=by)
    _moved(version, revision, **_fields(stated))
    _recorded("cost model changed", version, by)


@transaction.atomic
def version_activate(*, version: CostModelVersion, revision: int, by: User | None) -> None:
    """Make a draft count from its day on. It cannot be changed afterwards: a new version takes its place."""
    check_may_cost(by=by)
    _moved(version, revision, state=VersionState.ACTIVE, activated_at=clock.now(), activated_by=by)
    _recorded("cost model activated", version, by)


@transaction.atomic
def version_discard(*, version: CostModelVersion, revision: int, by: User | None) -> None:
    """Throw a draft away."""
    check_may_cost(by=by)
    gone, _each = CostModelVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT, revision=revision).delete()
    if gone != 1:
        raise _changed()
    audit_record(verb="cost model discarded", about=str(version), person=by, detail={"content": version.content})


@transaction.atomic
def versions_import(*, stated: Sequence[Stated], activate: bool, by: User | None) -> tuple[int, int]:
    """Add versions as drafts, or active; what is there already, equal in name, day and content, is left as it is.

    Returns how many were added and how many were known.
    """
    check_may_cost(by=by)
    added = 0
    for one in stated:
        fields = _fields(one)
        same = CostModelVersion.objects.filter(name=fields["name"], valid_from=one.valid_from)
        if any(known.content == fields["content"] for known in same):
            continue
        version = version_add(stated=one, by=by)
        if activate:
            version_activate(version=version, revision=1, by=by)
        added += 1
    return added, len(stated) - added


@transaction.atomic
def switch_set(*, on: bool, by: User | None) -> bool:
    """Turn the model on or off for the refreshes to come; returns whether that changed anything."""
    check_may_cost(by=by)
    CostModelSwitch.objects.get_or_create(pk=1, defaults={"on": False, "changed_at": clock.now(), "changed_by": by})
    changed = CostModelSwitch.objects.filter(pk=1, on=not on).update(on=on, changed_at=clock.now(), changed_by=by)
    if changed:
        audit_record(verb="cost model on" if on else "cost model off", person=by)
    return bool(changed)


def _moved(version: CostModelVersion, revision: int, **changes: Any) -> None:
    drafts = CostModelVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT, revision=revision)
    if drafts.update(**changes, revision=F("revision") + 1) != 1:
        raise _changed()
    version.refresh_from_db()


def _changed() -> Conflict:
    return Conflict(N_("This version was changed or activated meanwhile. Nothing was changed: look at it again."))


def _recorded(verb: str, version: CostModelVersion, by: User | None) -> None:
    detail = {"id": version.pk, "revision": version.revision, "content": version.content}
    audit_record(verb=verb, about=str(version), person=by, detail=detail)


def check_name(*, text: str) -> str:
    """The name of a version, trimmed. Raises Refused."""
    name = text.strip()
    if not name or len(name) > MOST_NAME or not name.isprintable():
        raise Refused(N_("A version needs a name of at most %(most)s characters."), most=MOST_NAME)
    return name


def _fields(stated: Stated) -> Mapping[str, Any]:
    name, note = check_name(text=stated.name), stated.note.strip()
    if len(note) > MOST_NOTE:
        raise Refused(N_("A note may have at most %(limit)s characters."), limit=MOST_NOTE)
    if not FIRST_DAY <= stated.valid_from <= LAST_DAY:
        raise Refused(
            N_("A version begins on a day from %(first)s to %(last)s."),
            first=FIRST_DAY.isoformat(),
            last=LAST_DAY.isoformat(),
        )
    return {"name": name, "note": note, "valid_from": stated.valid_from, "content": stated.model.to_dict()}
