"""Mappings saved under a name, and finding those that fit a file."""

from typing import Any

import pytest

from mainstay.core.errors import Conflict, NotAllowed, NotFound, Refused
from mainstay.ledger.mappings import (
    mapping_delete,
    mapping_named,
    mapping_rename,
    mapping_save,
    mapping_used,
    mappings_alike,
)
from mainstay.ledger.models import SavedMapping
from tests.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

COLUMNS = ["Beleg", "Datum", "Kunde", "Betrag", "Text"]
FIELDS = {"document": "Beleg", "date": "Datum", "account": "Kunde", "amount": "Betrag", "note": ""}


def save(name: str = "Verkauf", columns: list[str] = COLUMNS, source: str = "erp", **more: Any) -> SavedMapping:
    given = {"kind": "sales", "fields": FIELDS, "hints": {"decimal": ",", "sheet": ""}, "by": None} | more
    return mapping_save(name=name, columns=columns, source=source, **given)


def test_a_file_with_the_same_headings_is_alike_whatever_their_order() -> None:
    saved = save()
    assert saved.hints == {"decimal": ","}
    assert mappings_alike("sales", ["betrag", "KUNDE", "Datum", "Beleg", "Text"], "other") == [saved]


def test_nearly_the_same_headings_will_do_and_others_will_not() -> None:
    """4 of 5 in common is 0.8; 4 of 6 is not."""
    saved = save()
    assert mappings_alike("sales", COLUMNS[:4], "erp") == [saved]
    assert mappings_alike("sales", [*COLUMNS[:4], "x", "y"], "erp") == []
    assert mappings_alike("costs", COLUMNS, "erp") == []


def test_a_file_without_a_column_that_is_mapped_is_not_alike() -> None:
    save()
    assert mappings_alike("sales", ["Beleg", "Datum", "Kunde", "Text"], "erp") == []


def test_those_of_the_source_come_first_then_the_most_alike() -> None:
    near, same = save("a", [*COLUMNS, "more"], "x"), save("b", COLUMNS, "y")
    assert mappings_alike("sales", COLUMNS, "z") == [same, near]
    mapping_used(mapping=near.pk, source="z")
    mapping_used(mapping=near.pk, source="z")
    found = mappings_alike("sales", COLUMNS, "z")
    assert found == [near, same]
    assert found[0].sources == ["x", "z"]


def test_a_name_is_there_once_for_a_kind() -> None:
    save()
    with pytest.raises(Refused, match="already"):
        save()
    save(kind="costs")
    other = save("Other")
    with pytest.raises(Refused, match="already"):
        mapping_rename(mapping=other.pk, name="Verkauf", seen="Other", by=None)
    mapping_rename(mapping=other.pk, name=" Neu ", seen="Other", by=None)
    assert mapping_named("sales", "Neu") == other


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\nb"])
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        save(name)


def test_what_is_not_there() -> None:
    with pytest.raises(NotFound):
        mapping_named("sales", "none")
    with pytest.raises(NotFound):
        mapping_rename(mapping=99, name="x", seen="", by=None)
    with pytest.raises(NotFound):
        mapping_delete(mapping=99, seen="", by=None)


def test_only_who_may_import_keeps_mappings() -> None:
    """quality 2, 4"""
    saved, scout = save(), make_user("Cy", role="scout")
    for act in (
        lambda: save("b", by=scout),
        lambda: mapping_rename(mapping=saved.pk, name="b", seen="Verkauf", by=scout),
        lambda: mapping_delete(mapping=saved.pk, seen="Verkauf", by=scout),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert [one.name for one in SavedMapping.objects.all()] == ["Verkauf"]
    mapping_delete(mapping=saved.pk, seen="Verkauf", by=make_user("Di", role="analyst"))
    assert not SavedMapping.objects.exists()


def test_who_renames_or_deletes_second_is_told() -> None:
    """quality 37"""
    saved = save()
    mapping_rename(mapping=saved.pk, name="Umsatz", seen="Verkauf", by=None)
    with pytest.raises(Conflict):
        mapping_rename(mapping=saved.pk, name="Sales", seen="Verkauf", by=None)
    with pytest.raises(Conflict):
        mapping_delete(mapping=saved.pk, seen="Verkauf", by=None)
    assert SavedMapping.objects.get().name == "Umsatz"
