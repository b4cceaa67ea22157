"""Columns saved under a name: offered when a file looks alike, used by one click, remembered for the source."""

from typing import Any

import pytest
from django.test import Client

from mainstay.ledger.models import Batch, SavedMapping
from tests.factories import make_user
from tests.web.imports import waiting

pytestmark = pytest.mark.django_db
GERMAN = "Belegnr;Datum;Kunde;Betrag\nS1;31.12.2023;A1;1.234,50\nS2;01.02.2024;A2;7,25\n"
TOLD = {"field": ["document", "date", "account", "amount"], "heading": ["Belegnr", "Datum", "Kunde", "Betrag"]}


def shown(client: Client, address: str) -> str:
    page: str = client.get(address).content.decode()
    return page


def saved(client: Client, name: str = "Umsatz", **more: Any) -> SavedMapping:
    address = waiting(client, GERMAN, "umsatz.csv", **more)
    answer = client.post(address, {"action": "keep", "mapping_name": name, **TOLD})
    assert answer.status_code == 303, answer.content.decode()
    return SavedMapping.objects.get(name=name)


def test_columns_are_saved_and_offered_to_a_file_alike(logged_in: Client) -> None:
    mapping = saved(logged_in)
    assert mapping.fields == {"document": "Belegnr", "date": "Datum", "account": "Kunde", "amount": "Betrag"}
    assert mapping.sources == ["default"]
    address = waiting(logged_in, GERMAN, "umsatz2.csv", source="other")
    page = shown(logged_in, address)
    assert f'name="mapping" value="{mapping.pk}"' in page
    assert "No column was found" in page
    logged_in.post(address, {"mapping": str(mapping.pk)})
    page = shown(logged_in, address)
    assert "No column was found" not in page
    assert 'aria-pressed="true"' in page
    logged_in.post(address, {"action": "import"})
    assert Batch.objects.get().counts["new"] == 2
    mapping.refresh_from_db()
    assert mapping.sources == ["default", "other"]


def test_one_used_for_the_source_is_used_again(logged_in: Client) -> None:
    mapping = saved(logged_in)
    assert "No column was found" not in shown(logged_in, waiting(logged_in, GERMAN, "next.csv"))
    assert mapping.pk


def test_a_file_that_looks_otherwise_is_offered_nothing(logged_in: Client) -> None:
    saved(logged_in)
    page = shown(logged_in, waiting(logged_in, "document,date,amount\nS1,2024-01-01,5\n"))
    assert 'name="mapping"' not in page


def test_what_cannot_be_saved_is_told(logged_in: Client) -> None:
    saved(logged_in)
    address = waiting(logged_in, GERMAN, "umsatz.csv", source="x")
    answer = logged_in.post(address, {"action": "keep", "mapping_name": "Other"})
    assert answer.status_code == 422
    assert "No column was found" in answer.content.decode()
    for name, text in (("Umsatz", "already"), ("", "needs a name")):
        answer = logged_in.post(address, {"action": "keep", "mapping_name": name, **TOLD})
        assert answer.status_code == 422
        assert text in answer.content.decode()
    assert logged_in.post(address, {"mapping": "99"}).status_code == 404
    assert logged_in.post(address, {"mapping": "x"}).status_code == 404


def test_mappings_are_renamed_and_deleted(logged_in: Client) -> None:
    mapping, other = saved(logged_in), saved(logged_in, "Other")
    page = shown(logged_in, "/imports/mappings/")
    assert "document = Belegnr" in page
    rename, delete = f"/imports/mappings/{mapping.pk}/rename/", f"/imports/mappings/{other.pk}/delete/"
    assert logged_in.post(rename, {"name": "Other", "seen": "Umsatz"}).status_code == 422
    assert logged_in.post(rename, {"name": "Neu", "seen": "Umsatz"}).url == "/imports/mappings/"
    assert 'value="Neu"' in shown(logged_in, "/imports/mappings/")
    assert logged_in.post(delete, {"seen": "Other"}).url == "/imports/mappings/"
    assert logged_in.post(delete, {"seen": "Other"}).status_code == 404
    assert [one.name for one in SavedMapping.objects.all()] == ["Neu"]


def test_who_renames_or_deletes_second_gets_409_and_both_names(logged_in: Client) -> None:
    """quality 37"""
    mapping = saved(logged_in)
    rename, delete = (f"/imports/mappings/{mapping.pk}/{verb}/" for verb in ("rename", "delete"))
    logged_in.post(rename, {"name": "Mine", "seen": "Umsatz"})
    answer = logged_in.post(rename, {"name": "Theirs", "seen": "Umsatz"})
    assert answer.status_code == 409
    page = answer.content.decode()
    for text in ("Now its name is Mine.", 'name="seen" value="Mine"', 'name="name" value="Theirs"'):
        assert text in page
    answer = logged_in.post(delete, {"seen": "Umsatz"})
    assert (answer.status_code, SavedMapping.objects.get().name) == (409, "Mine")
    assert logged_in.post(rename, {"name": "Theirs", "seen": "Mine"}).status_code == 303


def test_html_in_a_name_is_escaped(logged_in: Client) -> None:
    """quality 16"""
    saved(logged_in, "<b>x</b>")
    assert "<b>x" not in shown(logged_in, "/imports/mappings/")
    assert "<b>x" not in shown(logged_in, waiting(logged_in, GERMAN, "umsatz.csv"))


def test_others_may_neither_look_nor_change(logged_in: Client) -> None:
    """quality 2, 4"""
    mapping = saved(logged_in)
    other = Client()
    other.force_login(make_user("Cy", role="account_manager"))
    assert other.get("/imports/mappings/").status_code == 403
    assert other.post(f"/imports/mappings/{mapping.pk}/rename/", {"name": "x"}).status_code == 403
    assert other.post(f"/imports/mappings/{mapping.pk}/delete/").status_code == 403
    assert SavedMapping.objects.get().name == "Umsatz"


def test_the_list_asks_little_of_the_database(logged_in: Client, django_assert_num_queries: Any) -> None:
    for number in range(3):
        saved(logged_in, f"m{number}")
    with django_assert_num_queries(4):
        logged_in.get("/imports/mappings/")
