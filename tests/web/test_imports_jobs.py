"""Large uploads are read by a job, every import is one: it goes on, ends and is told, whoever looks on or not."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from mainstay.jobs.models import Job, State
from mainstay.jobs.running import run
from mainstay.ledger import imports
from mainstay.ledger.models import Batch, LedgerFile
from mainstay.people.models import AuditEntry, User
from mainstay.web import works
from tests.factories import make_user
from tests.jobs.works import QUEUE
from tests.ledger.files import bring_text
from tests.web.imports import CHANGED, SALES, WRONG, bring_in, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def queued(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs wait until they are done by hand, and every upload is a large one."""
    settings.TASKS = QUEUE
    monkeypatch.setattr("mainstay.web.pages.imports_jobs.AT_ONCE", 10)


def do(kind: str) -> Job:
    job = Job.objects.get(kind=kind, state=State.WAITING)
    run(job.pk)
    job.refresh_from_db()
    return job


def shown(client: Client, address: str, **more: Any) -> str:
    page: str = client.get(address, **more).content.decode()
    return page


def test_a_large_upload_is_read_by_a_job(logged_in: Client, queued: None) -> None:
    address = waiting(logged_in)
    page = shown(logged_in, address)
    assert "Reading every row" in page
    assert "Nobody does background work" in page
    assert 'value="import"' not in page
    assert 'id="rows"' not in page
    job = do("check")
    assert (job.state, job.outcome) == (State.DONE, {"rows": 3})
    page = shown(logged_in, address)
    assert "Reading every row" not in page
    for text in ("S2", "colour", "10 Jan 2024", "New accounts", "150.50"):
        assert text in page
    assert 'value="import"' in page
    assert not Batch.objects.exists()
    assert Job.objects.count() == 1


def test_other_choices_stop_the_job_that_read_by_the_old_ones(logged_in: Client, queued: None) -> None:
    address = waiting(logged_in, "document,date,amount\nS1,03/04/2024,5\n")
    shown(logged_in, address)
    first = Job.objects.get()
    assert logged_in.post(address, {"action": "look", "date_order": "mdy"}).status_code == 303
    shown(logged_in, address)
    first.refresh_from_db()
    assert first.state == State.CANCELLED
    do("check")
    assert "4 Mar 2024" in shown(logged_in, address)


def test_what_keeps_a_large_upload_from_being_read_is_told(logged_in: Client, queued: None) -> None:
    address = waiting(logged_in, "document,date,amount\nS1,03/04/2024,5\n")
    shown(logged_in, address)
    do("check")
    assert "could be read in several orders" in shown(logged_in, address)


def test_reading_that_broke_off_can_be_begun_again(logged_in: Client, queued: None) -> None:
    address = waiting(logged_in)
    shown(logged_in, address)
    Job.objects.update(state=State.FAILED, error="It broke off before its end. Nothing was changed: try again.")
    page = shown(logged_in, address)
    assert "It broke off" in page
    assert Job.objects.count() == 1
    logged_in.post(address, {"action": "again"})
    do("check")
    assert 'value="import"' in shown(logged_in, address)


def test_an_import_goes_on_without_its_page_and_is_told_at_the_end(logged_in: Client, queued: None) -> None:
    address = waiting(logged_in)
    shown(logged_in, address)
    do("check")
    answer = logged_in.post(address, {"action": "import"})
    job = Job.objects.get(kind="import")
    assert answer.url == f"/jobs/{job.pk}/"
    assert logged_in.post(address, {"action": "import"}).url == answer.url == logged_in.get(address).url
    assert "Waiting for its turn" in shown(logged_in, answer.url)
    assert "Importing sales.csv" in shown(logged_in, "/accounts/")
    do("import")
    told = shown(logged_in, "/accounts/")
    assert "sales.csv is imported: 3 new rows." in told
    result = logged_in.get(f"/jobs/{job.pk}/")
    batch = Batch.objects.get()
    assert result.url == f"/imports/batches/{batch.pk}/?upload={job.about['token']}"
    assert "is imported" not in shown(logged_in, "/accounts/")
    assert logged_in.get(address).url == result.url
    assert batch.counts["new"] == 3
    assert AuditEntry.objects.filter(verb="imported").count() == 1


def test_a_job_that_ended_before_its_upload_knew_is_found(logged_in: Client, queued: None, home: Path) -> None:
    """quality 38: killed right after the commit, the same upload leads to the batch and imports nothing again."""
    address = waiting(logged_in)
    shown(logged_in, address)
    do("check")
    before = (home / "uploads" / address.split("/")[2] / "upload.json").read_text()
    logged_in.post(address, {"action": "import"})
    during = (home / "uploads" / address.split("/")[2] / "upload.json").read_text()
    assert before != during
    do("import")
    (home / "uploads" / address.split("/")[2] / "upload.json").write_text(during)
    assert logged_in.post(address, {"action": "import"}).url.startswith(f"/imports/batches/{Batch.objects.get().pk}/")
    assert Job.objects.filter(kind="import").count() == 1


def test_a_cancelled_import_leaves_nothing_and_can_be_begun_again(logged_in: Client, queued: None) -> None:
    address = waiting(logged_in)
    shown(logged_in, address)
    do("check")
    job = logged_in.post(address, {"action": "import"}).url
    assert logged_in.post(f"{job}cancel/").url == job
    assert logged_in.get(job).url == address
    assert "cancelled. Nothing was changed." in shown(logged_in, address)
    assert not Batch.objects.exists()
    assert logged_in.post(address, {"action": "import"}).url != job
    do("import")
    assert Batch.objects.get().counts["new"] == 3


def test_an_import_that_is_refused_tells_why_beside_its_files(logged_in: Client, queued: None, tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", SALES)
    address = waiting(logged_in, CHANGED)
    answer = logged_in.post(address, {"action": "import"})
    job = do("import")
    assert job.state == State.FAILED
    assert logged_in.get(answer.url).url == address
    page = shown(logged_in, address)
    assert "Choose below which counts" in page
    assert "--on-conflict" not in page


def test_a_right_taken_away_while_it_waits_stops_the_import(logged_in: Client, queued: None) -> None:
    """quality 14"""
    address = waiting(logged_in)
    shown(logged_in, address)
    do("check")
    logged_in.post(address, {"action": "import"})
    User.objects.update(role="scout")
    assert do("import").state == State.FAILED
    assert not Batch.objects.exists()


@pytest.mark.parametrize("change", [{"role": "scout"}, {"is_active": False}])
def test_a_right_taken_away_while_it_runs_stops_the_import(
    logged_in: Client, queued: None, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    """quality 14"""

    def revoke(*given: Any) -> list[LedgerFile]:
        User.objects.update(**change)
        return written(*given)

    address, written = waiting(logged_in), imports._write_lines
    monkeypatch.setattr(imports, "_write_lines", revoke)
    logged_in.post(address, {"action": "import"})
    assert do("import").state == State.FAILED
    assert not Batch.objects.exclude(state="open").exists()
    assert not LedgerFile.objects.exists()


def test_a_right_taken_away_while_it_runs_stops_the_undoing(
    logged_in: Client, queued: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """quality 14"""
    bring_text(tmp_path, "sales", SALES)
    batch, settled = Batch.objects.get(), works.undo_batch

    def revoke(**given: Any) -> Batch:
        User.objects.update(role="scout")
        return settled(**given)

    monkeypatch.setattr(works, "undo_batch", revoke)
    logged_in.post(f"/imports/batches/{batch.pk}/undo/")
    assert do("undo").state == State.FAILED
    batch.refresh_from_db()
    assert batch.state == "live"


def test_one_who_may_no_longer_log_in_has_nothing_imported(logged_in: Client, queued: None) -> None:
    """quality 14"""
    address = waiting(logged_in)
    logged_in.post(address, {"action": "import"})
    User.objects.update(is_active=False)
    assert do("import").state == State.FAILED
    assert not Batch.objects.exists()


def test_refused_rows_of_a_large_upload_are_handed_back(logged_in: Client, queued: None, home: Path) -> None:
    """quality 19"""
    address = waiting(logged_in, WRONG)
    shown(logged_in, address)
    do("check")
    assert "2 of 5 rows cannot be used" in shown(logged_in, address)
    answer = logged_in.get(f"{address}refused.csv")
    assert b"'=cmd" in b"".join(answer.streaming_content)
    answer.close()
    logged_in.post(address, {"action": "import", "errors": "allow"})
    do("import")
    assert Batch.objects.get().counts["refused"] == 2
    folder = home / "uploads" / address.split("/")[2]
    assert {path.name for path in folder.iterdir()} == {"upload.json", "lock", "refused"}


def test_an_upload_that_a_job_works_with_is_not_swept(logged_in: Client, queued: None) -> None:
    address = waiting(logged_in)
    shown(logged_in, address)
    for _number in range(6):
        waiting(logged_in)
    assert logged_in.get(address).status_code == 200


def test_throwing_an_upload_away_stops_what_reads_it(logged_in: Client, queued: None) -> None:
    address = waiting(logged_in)
    shown(logged_in, address)
    logged_in.post(f"{address}discard/")
    assert Job.objects.get().state == State.CANCELLED


def test_undo_and_refresh_are_jobs_too(logged_in: Client, settings: Any) -> None:
    bring_in(logged_in)
    pk = Batch.objects.get().pk
    settings.TASKS = QUEUE
    assert logged_in.post("/refresh/", {"next": "/accounts/"}).url == "/accounts/"
    assert "already" in logged_in.post("/refresh/", follow=True).content.decode()
    assert do("refresh").outcome["as_of"] == "2024-02-11"
    assert "Every account is graded as of 11 Feb 2024." in shown(logged_in, "/portfolio/")
    for _time in range(2):
        assert logged_in.post(f"/imports/batches/{pk}/undo/").url == "/imports/"
    assert f"Undoing import {pk}" in shown(logged_in, "/imports/")
    assert Batch.objects.get().state == "live"
    do("undo")
    assert Batch.objects.get().state == "undone"
    assert f"Batch {pk} is undone" in shown(logged_in, "/imports/")


def test_the_frame_tells_htmx_what_is_new(logged_in: Client, queued: None) -> None:
    address = waiting(logged_in)
    url = logged_in.post(address, {"action": "import"}).url
    asked = {"HX-Request": "true", "HX-Target": "jobs-active", "HX-Current-URL": "http://testserver/accounts/"}
    goes_on = logged_in.get("/jobs/?told=", headers=asked).content.decode()
    assert "Importing sales.csv" in goes_on
    assert 'hx-trigger="every 2s"' in goes_on
    there = logged_in.get("/jobs/?told=", headers=asked | {"HX-Current-URL": f"http://testserver{url}"})
    assert b"Importing sales.csv" not in there.content
    job = do("import")
    ended = logged_in.get("/jobs/?told=", headers=asked)
    assert "job-ended" in ended["HX-Trigger"]
    assert "every 2s" not in ended.content.decode()
    assert "is imported" in ended.content.decode()
    assert b"is imported" not in logged_in.get(f"/jobs/?told={job.pk}", headers=asked).content
    gone = logged_in.get(url, headers={"HX-Request": "true", "HX-Target": "job-progress"})
    assert gone["HX-Redirect"].startswith("/imports/batches/")


def test_a_notice_is_put_away(logged_in: Client) -> None:
    bring_in(logged_in)
    logged_in.post("/refresh/")
    job = Job.objects.get(kind="refresh")
    assert "Every account is graded" in shown(logged_in, "/accounts/")
    assert logged_in.post(f"/jobs/{job.pk}/seen/", headers={"HX-Request": "true"}).content == b""
    assert "Every account is graded" not in shown(logged_in, "/accounts/")
    assert "Every account is graded" in shown(logged_in, "/jobs/")


def test_anothers_job_is_not_there(logged_in: Client, queued: None) -> None:
    """quality 1"""
    url = logged_in.post(waiting(logged_in), {"action": "import"}).url
    other = Client()
    other.force_login(make_user("Bea", role="analyst"))
    assert other.get(url).status_code == 404
    assert other.post(f"{url}cancel/").status_code == 404
    assert other.post(f"{url}seen/").status_code == 404
    assert "sales.csv" not in shown(other, "/jobs/")
    assert Job.objects.get(pk=UUID(url.split("/")[2])).state == State.WAITING
    director = Client()
    director.force_login(make_user("Dee", role="director"))
    assert director.post(f"{url}cancel/").url == "/imports/"
    assert Job.objects.get(pk=UUID(url.split("/")[2])).state == State.CANCELLED


def test_wrong_verbs(logged_in: Client, queued: None) -> None:
    url = logged_in.post(waiting(logged_in), {"action": "import"}).url
    assert logged_in.post(url).status_code == 405
    assert logged_in.post("/jobs/").status_code == 405
    assert logged_in.get(f"{url}cancel/").status_code == 405
    assert logged_in.get(f"{url}seen/").status_code == 405
    assert logged_in.get("/jobs/?page=2").status_code == 422


def test_a_jobs_page_asks_little_of_the_database(
    logged_in: Client, queued: None, django_assert_num_queries: Any
) -> None:
    url = logged_in.post(waiting(logged_in), {"action": "import"}).url
    with django_assert_num_queries(5):
        logged_in.get(url)
    with django_assert_num_queries(4):
        logged_in.get("/jobs/")


def test_the_dry_run_sums_by_month_and_shows_what_differs(logged_in: Client) -> None:
    """By hand: January 150.50 in two lines, February 20.00 in one; then S2 is 20.00 in the ledger, 25.00 here."""
    page = shown(logged_in, waiting(logged_in))
    for text in ("What comes in, by month", "Jan 2024", "150.50", "Feb 2024", "20.00"):
        assert text in page
    bring_in(logged_in, SALES)
    page = shown(logged_in, waiting(logged_in, CHANGED))
    for text in ("The first documents that differ", "S2", "sales.csv, row 4", "20.00", "25.00"):
        assert text in page
    assert "Jan 2024</th>" not in page
