"""What an import did, taking it back, and grading anew."""

from typing import Any

import pytest
from django.test import Client

from mainstay.accounts.models import Account
from mainstay.grading.models import Refresh
from mainstay.ledger.models import Batch
from mainstay.people.models import AuditEntry
from tests.web.accounts import table, words
from tests.web.imports import bring_in, waiting

pytestmark = pytest.mark.django_db


def test_undoing_asks_first_and_takes_the_whole_back(logged_in: Client) -> None:
    bring_in(logged_in)
    pk = Batch.objects.get().pk
    assert "Undo import" in logged_in.get(f"/imports/batches/{pk}/undo/").content.decode()
    assert Batch.objects.get().state == "live"
    assert logged_in.post(f"/imports/batches/{pk}/undo/").url == "/imports/"
    assert Batch.objects.get().state == "undone"
    assert not Account.objects.exists()
    assert AuditEntry.objects.filter(verb="import undone").count() == 1
    again = logged_in.post(f"/imports/batches/{pk}/undo/", follow=True)
    assert "undone already" in again.content.decode()
    assert AuditEntry.objects.filter(verb="import undone").count() == 1
    assert "Undone" in logged_in.get("/imports/").content.decode()


def test_a_batch_that_is_not_there(logged_in: Client) -> None:
    for path in ("/imports/batches/99/", "/imports/batches/99/undo/", f"/imports/batches/{2**40}/"):
        assert logged_in.get(path).status_code == 404


def test_the_months_of_a_batch_add_up(logged_in: Client) -> None:
    """By hand: 100.00 + 50.50 in January, 20.00 in February."""
    answer = bring_in(logged_in)
    page = logged_in.get(answer.url).content.decode()
    for text in ("150.50", "20.00", "170.50"):
        assert text in page


def test_refreshing_grades_and_goes_back(logged_in: Client) -> None:
    bring_in(logged_in)
    assert "Nothing has been graded yet" in logged_in.get("/imports/").content.decode()
    answers = [logged_in.post("/refresh/", {"next": "/accounts/"}) for _time in range(2)]
    assert [answer.url for answer in answers] == ["/accounts/"] * 2
    assert Refresh.objects.filter(current=True).count() == 1
    assert AuditEntry.objects.filter(verb="refreshed").count() == 2
    page = logged_in.get("/imports/").content.decode()
    assert "Every account is graded as of" in page
    assert "Nothing has been graded yet" not in page
    assert "Everything imported is graded" in page


@pytest.mark.parametrize("bad", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", ""])
def test_refreshing_goes_back_to_pages_of_ours_only(logged_in: Client, bad: str) -> None:
    assert logged_in.post("/refresh/", {"next": bad}).url == "/imports/"


def test_another_day_and_span_may_be_asked_for(logged_in: Client) -> None:
    bring_in(logged_in)
    logged_in.post("/refresh/", {"as_of": "2024-01-31", "months": "6"})
    assert [(done.as_of.isoformat(), done.months) for done in Refresh.objects.all()] == [("2024-01-31", 6)]
    for bad in ({"as_of": "31.1.2024"}, {"months": "0"}, {"months": "121"}, {"months": "six"}):
        logged_in.post("/refresh/", bad)
    assert "“31.1.2024” is no day" in logged_in.post("/refresh/", {"as_of": "31.1.2024"}, follow=True).content.decode()
    assert Refresh.objects.count() == 1


def test_without_sales_there_is_nothing_to_refresh(logged_in: Client) -> None:
    page = logged_in.post("/refresh/", follow=True).content.decode()
    assert "Import a sales file first" in page
    assert "mainstay import" not in page


def test_the_list_has_pages(logged_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mainstay.web.pages.imports.SHOWN", 2)
    for number in range(3):
        bring_in(logged_in, f"document,date,amount\nS{number},2024-01-01,1\n")
    last, first = Batch.objects.order_by("-pk").first(), Batch.objects.order_by("pk").first()
    assert last
    assert first
    page = logged_in.get("/imports/").content.decode()
    assert f"/imports/batches/{first.pk}/" not in page
    older = logged_in.get(f"/imports/?before={first.pk + 1}").content.decode()
    assert f"/imports/batches/{first.pk}/" in older
    assert f"/imports/batches/{last.pk}/" not in older
    assert logged_in.get("/imports/?before=x").status_code == 422
    assert logged_in.get("/imports/?order=x").status_code == 422


def test_the_result_asks_little_of_the_database(logged_in: Client, django_assert_num_queries: Any) -> None:
    answer = bring_in(logged_in)
    logged_in.get(answer.url)
    with django_assert_num_queries(8):
        logged_in.get(answer.url)


def test_undoing_says_what_stays_and_what_will_be_in_no_import(logged_in: Client) -> None:
    head = "document,date,account,amount\n"
    bring_in(logged_in, head + "S1,2024-01-10,A,5\nS2,2024-01-11,B,1\nS3,2024-01-11,B,2\n")
    bring_in(logged_in, head + "S1,2024-01-10,A,6\nS2,2024-01-11,B,1\n", on_conflict="keep")
    first, last = Batch.objects.order_by("pk")
    page = words(logged_in.get(f"/imports/batches/{first.pk}/undo/"))
    assert "2 lines go out of the ledger. 1 line stays, since another import holds the same." in page
    assert f"1 document will be in no import , though import {last.pk} has S1 too" in page
    assert logged_in.post(f"/imports/batches/{first.pk}/undo/").status_code == 303
    found = table(logged_in.get("/ledger/?q=S"), "Documents")
    assert [(row[0], row[-1]) for row in found[1:]] == [
        ("S1", "does not count"), ("S2", ""), ("S3", "does not count"),
    ]  # fmt: skip
    page = words(logged_in.get(f"/imports/batches/{last.pk}/"))
    assert "It now counts 1 line more than it brought" in page


def test_currencies_are_not_added_up(logged_in: Client) -> None:
    """By hand: two months in euro, one in dollars, one without currency."""
    rows = "S1,2024-01-10,A,5,EUR\nS2,2024-02-11,A,7.5,EUR\nS3,2024-02-11,A,100,USD\nS4,2024-02-12,A,1,\n"
    answer = bring_in(logged_in, "document,date,account,amount,currency\n" + rows)
    found = table(logged_in.get(answer.url), "Its lines by month")
    assert [row[1:] for row in found if row[0] == "Total"] == [
        ["–", "1", "1.00"], ["EUR", "2", "12.50"], ["USD", "1", "100.00"],
    ]  # fmt: skip
    assert ["Feb 2024", "USD", "1", "100.00"] in found


def test_rows_without_account_are_counted(logged_in: Client) -> None:
    rows = "document,date,account,amount\nS1,2024-01-10,A,5\nS2,2024-01-11,,1\nS3,2024-01-11,,2\n"
    address = waiting(logged_in, rows)
    note = "2 rows name no account"
    assert "Without account 2 count in no account" in words(logged_in.get(address))
    assert note in words(logged_in.get(address))
    done = words(logged_in.get(logged_in.post(address, {"action": "import"}).url))
    assert "Without account 2" in done
    assert note in done
    costs = "date,account,kind,amount\n2024-01-10,,service,5\n"
    page = words(logged_in.get(waiting(logged_in, costs, kind="costs")))
    assert "Without account 1 count as overhead" in page
    assert "name no account" not in page
    assert "Without account" not in words(logged_in.get(waiting(logged_in)))
