"""Which batch's statement of a unit took the place of which, and in what two statements differ.

A part is a line's number, or None for a document stated whole: the two never count beside each other.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Part = str | None
Line = Mapping[str, Any]


def meets(part: Part, parts: Collection[Part]) -> bool:
    """Whether a unit speaks of the same lines as one of `parts` of its document."""
    if part in parts:
        return True
    return any(other is not None for other in parts) if part is None else None in parts


def replaced_by(part: Part, batch: int, holders: Mapping[int, Collection[Part]]) -> int | None:
    """The first later batch that says the unit otherwise; `holders` are the parts that each batch has lines of."""
    return min((other for other, parts in holders.items() if other > batch and meets(part, parts)), default=None)


def held_before(batch: int, holders: Mapping[int, Collection[Part]]) -> set[tuple[int, Part]]:
    """The (batch, part) of a document that counted before `batch` came."""
    earlier = {other: parts for other, parts in holders.items() if other < batch}
    return {
        (other, part) for other, parts in earlier.items() for part in parts if replaced_by(part, other, earlier) is None
    }


@dataclass(frozen=True)
class Compared:
    """A line beside the one whose place it takes: None where it is new, or gone. `fields` are those that differ."""

    now: Line | None
    before: Line | None
    fields: tuple[str, ...] = ()


def compared(before: Sequence[Line], now: Sequence[Line], content: Sequence[str], part: str | None) -> list[Compared]:
    """The lines of two statements side by side, in the order of `now`, those gone at the end.

    Lines are paired by number where `part` names its field, else equal ones, then those of the same product (kind),
    then what is left in order.
    """
    left, pairs = list(before), dict[int, Line]()
    for likeness in _likenesses(content, part):
        places: dict[Any, list[Line]] = {}
        for line in left:
            places.setdefault(likeness(line), []).append(line)
        for index, line in enumerate(now):
            if index not in pairs and (found := places.get(likeness(line))):
                pairs[index] = found.pop(0)
        taken = {id(line) for line in pairs.values()}
        left = [line for line in left if id(line) not in taken]
    told = [_compared(line, pairs.get(index), content) for index, line in enumerate(now)]
    return told + [Compared(None, line) for line in left]


def _likenesses(content: Sequence[str], part: str | None) -> Iterable[Any]:
    if part is not None:
        return [lambda line: line[part]]
    kind = "product" if "product" in content else "kind"
    return [lambda line: tuple(line[name] for name in content), lambda line: line[kind], lambda _line: None]


def _compared(now: Line, before: Line | None, content: Sequence[str]) -> Compared:
    if before is None:
        return Compared(now, None)
    return Compared(now, before, tuple(name for name in content if now[name] != before[name]))
