"""Mappings saved under a name: keeping them, and finding those that fit a file."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import IntegrityError, transaction

from mainstay.core import clock
from mainstay.core.errors import N_, Conflict, NotFound, Refused
from mainstay.ledger.models import Kind, SavedMapping
from mainstay.ledger.orders import check_may_import
from mainstay.ledger.reading import heading_key
from mainstay.people.models import User

LONGEST = 100
ALIKE = 0.8  # of the headings of both, so many must be the same
CHANGED = N_("Somebody else changed this meanwhile. Look at it as it is now, then change it again.")
TAKEN = N_("There is a mapping “%(name)s” already. Choose another name, or delete that one.")


def heading_keys(columns: Iterable[str]) -> list[str]:
    """What two files are compared by: their headings without case, spaces and order."""
    return sorted({key for column in columns if (key := heading_key(column))})


def alikeness(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of headings that two files have in common, from 0 to 1."""
    all_of_them = set(one) | set(other)
    return len(set(one) & set(other)) / len(all_of_them) if all_of_them else 0.0


def mappings_alike(kind: str, columns: Sequence[str], source: str) -> list[SavedMapping]:
    """The saved mappings whose file looked like one with these headings and that name only columns it has.

    Those used for `source` before come first, then the most alike.
    """
    keys = heading_keys(columns)
    found = []
    for mapping in SavedMapping.objects.filter(kind=kind):
        likeness = alikeness(keys, mapping.headings)
        if likeness >= ALIKE and {heading_key(column) for column in mapping.fields.values() if column} <= set(keys):
            found.append((source not in mapping.sources, -likeness, mapping.name, mapping))
    return [mapping for *_order, mapping in sorted(found, key=lambda one: one[:3])]


def mapping_named(kind: str, name: str) -> SavedMapping:
    """Raises NotFound."""
    found = SavedMapping.objects.filter(kind=kind, name=name).first()
    if found is None:
        raise NotFound(N_("There is neither a file nor a saved mapping “%(name)s” for %(kind)s."), name=name, kind=kind)
    return found


def mapping_save(
    *,
    kind: str,
    name: str,
    fields: Mapping[str, str],
    hints: Mapping[str, str],
    columns: Iterable[str],
    source: str,
    by: User | None,
) -> SavedMapping:
    """Keep a mapping for files with these headings. Raises NotAllowed, Refused where there is one of that name."""
    check_may_import(by)
    name = _checked(name)
    if kind not in Kind.values:
        raise Refused(N_("Import one of: %(kinds)s."), kinds=", ".join(Kind.values))
    try:
        with transaction.atomic():
            return SavedMapping.objects.create(
                kind=kind,
                name=name,
                fields=dict(fields),
                hints={hint: value for hint, value in hints.items() if value},
                headings=heading_keys(columns),
                sources=[source],
                by=by,
                saved_at=clock.now(),
            )
    except IntegrityError:
        raise Refused(TAKEN, name=name) from None


def mapping_rename(*, mapping: int, name: str, seen: str, by: User | None) -> None:
    """Give the mapping that was `seen` by one name another. Raises NotAllowed, NotFound, Conflict where it is called
    otherwise by now, Refused where there is one of that name.
    """
    check_may_import(by)
    name = _checked(name)
    try:
        with transaction.atomic():
            if not SavedMapping.objects.filter(pk=mapping, name=seen).update(name=name):
                raise _gone(mapping)
    except IntegrityError:
        raise Refused(TAKEN, name=name) from None


def mapping_delete(*, mapping: int, seen: str, by: User | None) -> None:
    """What was imported by it stays. Raises NotAllowed, NotFound, Conflict where it is called otherwise by now."""
    check_may_import(by)
    if not SavedMapping.objects.filter(pk=mapping, name=seen).delete()[0]:
        raise _gone(mapping)


@transaction.atomic
def mapping_used(*, mapping: int, source: str) -> None:
    """Remember that files of this source came in by this mapping."""
    found = SavedMapping.objects.select_for_update().filter(pk=mapping).first()
    if found and source not in found.sources:
        SavedMapping.objects.filter(pk=mapping).update(sources=[*found.sources, source])


def _gone(mapping: int) -> Refused:
    if SavedMapping.objects.filter(pk=mapping).exists():
        return Conflict(CHANGED)
    return NotFound(N_("There is no such mapping."))


def _checked(name: str) -> str:
    name = name.strip()
    if not name or len(name) > LONGEST or not name.isprintable():
        raise Refused(N_("A mapping needs a name of at most %(most)s characters."), most=LONGEST)
    return name
