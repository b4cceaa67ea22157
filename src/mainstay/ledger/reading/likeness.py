"""What kind of file its headings speak for, where that is another than was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mainstay.ledger.reading.columns import by_headings
from mainstay.ledger.reading.kinds import KINDS, Kind

Rows = Sequence[Sequence[str | None]]
LEAST = 2  # columns that must speak for a kind


@dataclass(frozen=True)
class Likeness:
    """`columns` speak for `kind` and serve no field of the kind that was said; `values` are some of the kinds of cost
    that they hold."""

    kind: str
    columns: tuple[str, ...]
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Told:
    """The fields that headings tell, and whether a file of the kind could have these headings and rows."""

    fields: Mapping[str, str]
    fits: bool
    values: tuple[str, ...] = ()


def likely_kind(kind: str, columns: Sequence[str], rows: Rows) -> Likeness | None:
    """Another kind than `kind` that the headings speak for more, None where none does.

    Kinds of cost in the cells speak for costs whatever else the headings tell, and their absence against them.
    """
    told = {name: _told(what, columns, rows) for name, what in KINDS.items()}
    own = told.pop(kind)
    fitting = [name for name, one in told.items() if one.fits and len(one.fields) >= LEAST]
    if not fitting:
        return None
    best = max(fitting, key=lambda name: (bool(told[name].values), len(told[name].fields)))
    more = len(told[best].fields) - len(own.fields)
    if not (told[best].values or more >= (2 if own.fits else 0)):
        return None
    beside = tuple(column for column in told[best].fields.values() if column not in own.fields.values())
    return Likeness(best, beside, told[best].values)


def _told(kind: Kind, columns: Sequence[str], rows: Rows) -> _Told:
    fields, missing = by_headings(kind.name, columns)
    choice = next((field for field in kind.fields if field.choices and field.name in fields), None)
    if choice is None:
        return _Told(fields, not missing)
    place = list(columns).index(fields[choice.name])
    cells = [text for row in rows if place < len(row) and (text := (row[place] or "").strip())]
    words = {word.casefold() for _name, listed in choice.choices for word in listed}
    known = [text for text in cells if text.casefold() in words]
    sound = 10 * len(known) >= 9 * len(cells)
    values = tuple(dict.fromkeys(known))[:3] if sound else ()
    return _Told(fields, not missing and sound, values if not missing else ())
