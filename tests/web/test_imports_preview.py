"""Before the import: how files are understood, what importing would do; then importing, once."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from mainstay.ledger.models import Batch, Head
from mainstay.people.models import AuditEntry, User
from tests.web.accounts import table, words
from tests.web.imports import CHANGED, SALES, WRONG, bring_in, leftovers, upload, waiting

pytestmark = pytest.mark.django_db
GERMAN = "Belegnr;Datum;Kunde;Betrag\nS1;31.12.2023;A1;1.234,50\nS2;01.02.2024;A2;7,25\n"
TOLD = {"field": ["document", "date", "account", "amount"], "heading": ["Belegnr", "Datum", "Kunde", "Betrag"]}


def shown(client: Client, address: str) -> str:
    page: str = client.get(address).content.decode()
    return page


def test_the_preview_tells_what_was_understood(logged_in: Client) -> None:
    page = shown(logged_in, waiting(logged_in, GERMAN, "umsatz.csv", kind="sales"))
    # Dates and amounts are known by what they are; numbers of documents might be anything.
    assert "No column was found for: Document. Choose the columns below." in page
    assert "<kbd>;</kbd>" in page


def test_columns_are_chosen_and_looked_at_again(logged_in: Client) -> None:
    address = waiting(logged_in, GERMAN, "umsatz.csv")
    answer = logged_in.post(address, {"action": "look", **TOLD})
    assert answer.status_code == 303
    page = shown(logged_in, answer.url)
    assert "1,234.5<" in page
    assert "Dec 31, 2023" in page or "31 Dec 2023" in page
    assert "comma" in page
    assert "day first" in page
    assert '<option value="amount" selected>' in page
    assert logged_in.post(address, {"action": "import", **TOLD}).status_code == 303
    assert Batch.objects.get().counts["new"] == 2


def test_a_field_goes_to_the_column_chosen_last(logged_in: Client) -> None:
    content = "document,date,net,gross\nS1,2024-01-10,100,119\n"
    address = waiting(logged_in, content.replace("net,", "amount,"))
    heading = ["document", "date", "amount", "gross"]
    logged_in.post(address, {"action": "look", "heading": heading, "field": ["document", "date", "amount", "amount"]})
    page = shown(logged_in, address)
    assert page.index('id="column-3"') < page.index('<option value="amount" selected>')
    logged_in.post(address, {"action": "look", "heading": heading, "field": ["document", "date", "", "amount"]})
    logged_in.post(address, {"action": "import"})
    assert Batch.objects.get().fields == ["amount", "date", "document"]


def test_hints_are_kept_and_wrong_ones_refused(logged_in: Client) -> None:
    address = waiting(logged_in, "document,date,amount\nS1,03/04/2024,5\n")
    assert "could be read in several orders" in shown(logged_in, address)
    answer = logged_in.post(address, {"action": "look", "date_order": "mdy"})
    assert "Mar" in shown(logged_in, answer.url)
    assert logged_in.post(address, {"action": "look", "date_order": "odd"}).status_code == 422
    assert logged_in.post(address, {"action": "look", "on_conflict": "odd"}).status_code == 422
    assert "Mar" in shown(logged_in, address)


def test_the_dry_run_counts_and_changes_nothing(logged_in: Client) -> None:
    page = shown(logged_in, waiting(logged_in))
    assert "New accounts" in page
    assert "colour" in page
    assert not Batch.objects.exists()
    assert Head.objects.filter(revision__gt=0).count() == 0


def test_importing_leads_to_what_changed(logged_in: Client, home: Path) -> None:
    answer = bring_in(logged_in)
    batch = Batch.objects.get()
    assert answer.url.startswith(f"/imports/batches/{batch.pk}/?upload=")
    page = shown(logged_in, answer.url)
    for text in ("This import is in Mainstay.", "colour", "Refresh now", "170.50"):
        assert text in page
    assert batch.counts["new"] == 3
    assert batch.by == User.objects.get(email="ada@example.com")
    entry = AuditEntry.objects.get(verb="imported")
    assert entry.person == batch.by
    assert entry.detail["counts"]["new"] == 3
    token = leftovers(home)[0]
    assert {path.name for path in (home / "uploads" / token).iterdir()} <= {"upload.json", "lock", "refused"}


def test_importing_the_same_upload_twice_imports_once(logged_in: Client) -> None:
    """quality 38"""
    address = waiting(logged_in)
    first, second = (logged_in.post(address, {"action": "import"}) for _time in range(2))
    assert first.url == second.url == logged_in.get(address).url
    assert Batch.objects.count() == 1
    assert AuditEntry.objects.filter(verb="imported").count() == 1


def test_the_same_file_twice_adds_nothing(logged_in: Client) -> None:
    """quality 38"""
    bring_in(logged_in)
    address = waiting(logged_in)
    assert "importing them again adds nothing" in shown(logged_in, address)
    logged_in.post(address, {"action": "import"})
    assert [batch.counts["new"] for batch in Batch.objects.order_by("pk")] == [3, 0]


def test_a_conflict_asks_which_counts(logged_in: Client) -> None:
    bring_in(logged_in)
    address = waiting(logged_in, CHANGED)
    page = shown(logged_in, address)
    assert "1 document is in the ledger with other content" in page
    assert 'value="import" disabled' in page.replace(" >", ">")
    answer = logged_in.post(address, {"action": "import", "on_conflict": "fail"})
    assert answer.status_code == 409
    assert "--on-conflict" not in answer.content.decode()
    assert Batch.objects.filter(state="live").count() == 1
    logged_in.post(address, {"action": "import", "on_conflict": "replace"})
    assert Batch.objects.get(counts__replaced=1).counts["known"] == 2


def test_refused_rows_are_told_and_handed_back(logged_in: Client) -> None:
    """quality 19"""
    address = waiting(logged_in, WRONG)
    page = shown(logged_in, address)
    assert "2 of 5 rows cannot be used" in page
    assert "import-wrong" in page
    assert logged_in.post(address, {"action": "import"}).status_code == 422
    assert not Batch.objects.filter(state="live").exists()
    answer = logged_in.get(f"{address}refused.csv")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == 'attachment; filename="refused-sales.csv"'
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    answer.close()
    assert [row[0] for row in rows[1:]] == ["S3", "S4"]
    assert rows[2][4] == "'=cmd"
    logged_in.post(address, {"action": "import", "errors": "allow"})
    batch = Batch.objects.get(state="live")
    assert (batch.counts["new"], batch.counts["refused"]) == (3, 2)
    again = logged_in.get(f"{address}refused.csv")
    assert again.status_code == 200
    again.close()


def test_no_refused_rows_no_file(logged_in: Client) -> None:
    address = waiting(logged_in)
    logged_in.get(address)
    assert logged_in.get(f"{address}refused.csv").status_code == 404


def test_a_role_taken_away_stops_the_import(logged_in: Client) -> None:
    """quality 14"""
    address = waiting(logged_in)
    User.objects.update(role="scout")
    assert logged_in.post(address, {"action": "import"}).status_code == 403
    assert not Batch.objects.exists()


def test_several_files_are_one_batch(logged_in: Client) -> None:
    second = "document;date;amount\nS9;2024-03-01;5\n"
    address = upload(logged_in, ("a.csv", SALES), ("b.csv", second)).url
    page = shown(logged_in, address)
    assert "a.csv" in page
    assert 'href="?file=2"' in page
    assert "S9" in shown(logged_in, f"{address}?file=2")
    assert logged_in.get(f"{address}?file=3").status_code == 404
    logged_in.post(address, {"action": "import"})
    assert Batch.objects.get().files == ["a.csv", "b.csv"]


def test_htmx_gets_the_part(logged_in: Client) -> None:
    address = waiting(logged_in)
    asked = {"HX-Request": "true", "HX-Target": "part"}
    answer = logged_in.post(address, {"action": "look", "decimal": ","}, headers=asked)
    assert answer.status_code == 200
    assert b"<html" not in answer.content
    checked = logged_in.get(f"{address}?check=1", headers=asked | {"HX-Target": "check"})
    assert b"import-preview" not in checked.content
    assert b"What importing would do" in checked.content


def test_the_preview_asks_little_of_the_database(logged_in: Client, django_assert_num_queries: Any) -> None:
    address = waiting(logged_in)
    logged_in.get(address)
    with django_assert_num_queries(5):
        logged_in.get(address)


def test_the_page_speaks_chinese(logged_in: Client) -> None:
    User.objects.update(language="zh-hans")
    assert 'lang="zh-hans"' in shown(logged_in, waiting(logged_in))


def test_a_column_that_no_heading_tells_is_marked_as_guessed(logged_in: Client) -> None:
    rows = "".join(f"S{day},2024-01-{day},A1,{day}.50\n" for day in range(10, 20))
    page = shown(logged_in, waiting(logged_in, f"document,x,account,y\n{rows}"))
    assert page.count("guessed from what it holds") == 2
    told = shown(logged_in, waiting(logged_in, "document,date,account,amount\nS1,2024-01-31,A1,5.50\n"))
    assert "guessed from what it holds" not in told


def test_a_file_of_another_kind_is_told_and_read_as_that(logged_in: Client) -> None:
    """Sent as sales, which it could be: the kinds of cost speak against it."""
    costs = "Invoice No,Date,Account,Kind,Amount\nR1,2024-01-02,A1,goods,5\nR2,2024-01-03,A1,service,7\n"
    address = waiting(logged_in, costs, "costs.csv")
    page = words(logged_in.get(address))
    assert "This looks like cost lines, and was sent as sales lines." in page
    assert "For that speak: Kind (with goods, service)." in page
    assert logged_in.post(address, {"kind": "nonsense"}).status_code == 422
    assert logged_in.post(address, {"kind": "costs"}).status_code == 303
    page = words(logged_in.get(address))
    assert "This looks like" not in page
    assert "Cost lines · 1 file" in page
    logged_in.post(address, {"action": "import"})
    assert Batch.objects.get().kind == "costs"
    assert "This looks like" not in shown(logged_in, waiting(logged_in))


def test_what_changes_is_shown_before_and_told_after(logged_in: Client) -> None:
    logged_in.post(waiting(logged_in, "code,name\nP1,Frame\nP2,Post\n", kind="products"), {"action": "import"})
    address = waiting(logged_in, "code,name,no product\nP1,Frame,\nP2,Postage,yes\n", kind="products")
    found = table(logged_in.get(address), "The first that change")
    assert found[1:] == [["P2", "Name", "Post", "Postage"], ["P2", "No product", "–", "yes"]]
    page = words(logged_in.post(address, {"action": "import"}, follow=True))
    assert "Changed 1" in page
    assert "0 new, 1 changed row" in words(logged_in.get("/jobs/"))


def test_only_the_first_refusals_are_shown_and_the_others_counted(logged_in: Client) -> None:
    rows = "document,date,amount\n" + "".join(f"S{n},2024-13-45,7\n" for n in range(20)) + "S99,2024-01-01,1\n"
    answer = logged_in.get(waiting(logged_in, rows))
    assert len(table(answer, "The first rows that cannot be used")) == 1 + 8
    assert "and 12 more rows" in words(answer)


def test_an_example_of_a_conflict_tells_line_account_day_and_amount_of_both(logged_in: Client) -> None:
    head = "document,line,date,account,amount\n"
    bring_in(logged_in, head + "S1,1,2024-01-10,A1,100\nS1,2,2024-01-10,A1,50.50\n")
    batch = Batch.objects.get().pk
    answer = logged_in.get(waiting(logged_in, head + "S1,1,2024-01-10,A1,100\nS1,2,2024-01-12,A2,60\n"))
    assert table(answer, "The first documents that differ")[1:] == [
        ["S1 line 2", "Date, Account, Amount", f"In the ledger, batch {batch}", "A1", "10 Jan 2024", "1", "50.50"],
        ["sales.csv, row 3", "A2", "12 Jan 2024", "1", "60.00"],
    ]
