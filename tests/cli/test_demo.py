"""mainstay demo: a company to try everything with."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from mainstay.accounts.access import visible
from mainstay.accounts.models import Account, Contact
from mainstay.cli.demo import files, illustrative
from mainstay.cli.demo.staff import PASSWORD, everybody
from mainstay.core import clock
from mainstay.grading.models import CellChange, Refresh, Standing
from mainstay.ledger.models import Batch
from mainstay.people.models import User
from mainstay.people.roles import Role
from mainstay.relationships.models import Assessment
from tests.cli.shell import run, told
from tests.factories import make_account, make_user

TODAY = date(2026, 3, 11)


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.mark.django_db
def test_the_demonstration_company_stands_graded_and_a_second_start_changes_nothing() -> None:
    with clock.frozen(TODAY):
        printed = run("demo", "--no-serve").stdout
        _figures()
        _people(printed)
        _accounts()
        _history()
        before = (Batch.objects.count(), Refresh.objects.count(), User.objects.count())
    with clock.frozen(TODAY + timedelta(days=30)):
        assert run("demo", "--no-serve").stdout == printed
    assert (Batch.objects.count(), Refresh.objects.count(), User.objects.count()) == before


def _figures() -> None:
    """Sales are those of the data as published; the made-up visits add to the cost alone, and say so."""
    summary = told("show", "summary")
    last = date.fromisoformat(summary["as_of"])
    assert TODAY - timedelta(days=7) < last <= TODAY
    assert (last - files.last_day()).days % 7 == 0
    assert (summary["lines"], summary["accounts"], summary["active"]) == (30_726, 701, 493)
    assert summary["sales"] == "36240484.6966"
    made_up = Decimal(summary["purchaser_cost"]) - Decimal("37820224.5515")
    assert made_up > 0
    assert Decimal(summary["non_purchaser_cost"]) > 0
    assert Decimal(summary["profit"]) == Decimal("-1579739.8549") - made_up - Decimal(summary["non_purchaser_cost"])


def _people(printed: str) -> None:
    for person in everybody():
        user = User.objects.get(email=person.email)
        assert user.check_password(PASSWORD)
        assert person.email in printed
    assert PASSWORD in printed
    assert set(User.objects.values_list("role", flat=True)) == set(Role.values)
    manager = User.objects.get(name="Syed Abbas")
    assert (manager.role, manager.rank, manager.team and manager.team.name) == ("account_manager", 1, "Pacific")
    assert set(visible(manager).values_list("country", flat=True)) == {"Australia"}
    assert visible(User.objects.get(role=Role.SCOUT)).count() == 66
    assert visible(User.objects.get(name="Brian Welcker")).count() == 701


def _accounts() -> None:
    classes = Standing.objects.filter(refresh__current=True)
    counts = {number: classes.filter(account_class=number).count() for number in range(1, 7)}
    assert all(counts.values())
    assert counts[1] == 38
    assert not Account.objects.filter(owner=None).exists()
    marked = Account.objects.exclude(need="", last_contact=None, potential=None)
    assert marked.exists()
    assert set(marked.values_list("note", flat=True)) == {"illustrative"}
    assert Contact.objects.filter(title="", note="").count() == 635
    assert not Contact.objects.exclude(title="").exclude(note="illustrative").exists()
    assert all(note.startswith("illustrative: ") for note in Assessment.objects.values_list("value_note", flat=True))


def _history() -> None:
    days = list(Refresh.objects.order_by("as_of").values_list("as_of", flat=True))
    assert len(days) == 2
    assert days[1] - days[0] == timedelta(weeks=13)
    assert CellChange.objects.exclude(before="").exists()


@pytest.mark.django_db
def test_a_home_that_holds_other_data_is_refused() -> None:
    make_account("A1")
    result = run("demo", "--no-serve", exit_code=1)
    assert "MAINSTAY_HOME" in result.stderr
    assert User.objects.count() == 0


@pytest.mark.django_db
def test_a_home_with_people_is_refused() -> None:
    make_user("anna")
    run("demo", "--no-serve", exit_code=1)


@pytest.mark.django_db
def test_a_home_with_a_ledger_of_a_lost_database_is_refused() -> None:
    folder = django_settings.MAINSTAY_HOME / "ledger" / "sales"
    folder.mkdir(parents=True)
    (folder / "some.parquet").touch()
    run("demo", "--no-serve", exit_code=1)
    assert (folder / "some.parquet").exists()


@pytest.mark.parametrize("offset", range(8))
def test_the_last_day_falls_into_the_past_seven_days(offset: int) -> None:
    today = TODAY + timedelta(days=offset)
    assert timedelta() <= today - files.moved(files.weeks_to(today)) < timedelta(days=7)


def test_every_e_mail_is_ascii() -> None:
    assert all(person.email.isascii() for person in everybody())
    assert len({person.email for person in everybody()}) == 17 + 4


def test_two_demonstrations_of_one_day_are_alike(tmp_path: Path) -> None:
    found = []
    for name in ("one", "other"):
        folder = tmp_path / name
        folder.mkdir()
        sales, _costs = files.write_moved(folder, weeks=640)
        known = illustrative.shops(sales, as_of=files.moved(640))
        illustrative.write_accounts(folder / "accounts.csv", known, as_of=files.moved(640))
        illustrative.write_contacts(folder / "contacts.csv", known)
        illustrative.write_efforts(folder / "efforts.csv", known, as_of=files.moved(640))
        written = [path.read_bytes() for path in sorted(folder.glob("*.csv"))]
        found.append((written, illustrative.judgements(known)))
    assert found[0] == found[1]
