"""Everything that reads the cost model."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from mainstay.core.errors import N_, NotFound
from mainstay.core.periods import Window
from mainstay.costing.models import CostModelSwitch, CostModelVersion, VersionState
from mainstay.insight.cost_model import CostModel, Piece, pieces

_MOST_ID = 2**31 - 1


def versions() -> QuerySet[CostModelVersion]:
    """All versions, the latest beginning first."""
    return CostModelVersion.objects.select_related("made_by", "activated_by").order_by("-valid_from", "-pk")


def version_of(pk: int) -> CostModelVersion:
    """Raises NotFound where there is none."""
    found = versions().filter(pk=pk).first() if pk <= _MOST_ID else None
    if found is None:
        raise NotFound(N_("There is no such version of the cost model."))
    return found


def is_on() -> bool:
    """Whether refreshes cost with the model."""
    return CostModelSwitch.objects.filter(pk=1, on=True).exists()


def active() -> list[tuple[int, str, date, CostModel]]:
    """The active versions as `insight.cost_model.pieces` takes them, in the order of their activation."""
    found = CostModelVersion.objects.filter(state=VersionState.ACTIVE).order_by("activated_at", "pk")
    return [(version.pk, version.name, version.valid_from, version.model) for version in found]


def replaced() -> set[int]:
    """Ids of active versions that hold on no day, since one activated later begins on the same."""
    last: dict[date, int] = {}
    gone = set()
    for pk, _name, begin, _model in active():
        if begin in last:
            gone.add(last[begin])
        last[begin] = pk
    return gone


def pieces_of(window: Window) -> list[Piece] | None:
    """Which version holds when in the window; None where the model is off."""
    return pieces(active(), window) if is_on() else None


def would_differ(as_of: date, months: int, used: Any) -> bool:
    """Whether a refresh of this window would cost otherwise than the one that used `used`, as `told` gives it."""
    return told(pieces_of(Window(as_of, months))) != list(used)


def told(found: list[Piece] | None) -> list[dict[str, Any]]:
    """The pieces as a refresh keeps them."""
    return [
        {
            "version": piece.version,
            "name": piece.name,
            "first_day": piece.first.isoformat(),
            "last_day": piece.last.isoformat(),
            "content": piece.model.to_dict(),
        }
        for piece in found or ()
    ]
