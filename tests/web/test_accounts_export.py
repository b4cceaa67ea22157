"""The list of accounts as CSV."""

import csv
import io
from typing import Any

import duckdb
import pytest
from django.test import Client

from mainstay.accounts.models import Account
from mainstay.grading.marts.files import file_of
from mainstay.nightly.refresh import refresh
from mainstay.people.models import AuditEntry, User
from tests.factories import make_account, make_user
from tests.ledgers import TINY_DAY, tiny_ledger
from tests.web.test_portfolio import ROLES, client_of, give

pytestmark = pytest.mark.django_db


def text_of(response: Any) -> str:
    assert response.status_code == 200
    assert response.streaming
    return b"".join(response.streaming_content).decode()


def rows(response: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(response).removeprefix("\ufeff"), newline="")))


@pytest.fixture
def graded() -> dict[str, Account]:
    """The set worked out by hand, refreshed."""
    accounts = tiny_ledger()
    refresh(as_of=TINY_DAY)
    return accounts


def test_the_figures_are_the_marts(logged_in: Client) -> None:
    tiny_ledger()
    done = refresh(as_of=TINY_DAY)
    answer = logged_in.get("/accounts/export.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="accounts-2024-06-30.csv"'
    assert "no-store" in answer["Cache-Control"]
    found = [(row["Code"], row["Cell"], row["Sales"], row["Profit"], row["Last order"]) for row in rows(answer)]
    with duckdb.connect() as connection:
        by_hand = connection.execute(
            "SELECT code, cell, sales::VARCHAR, profit::VARCHAR, coalesce(last_order::VARCHAR, '') "
            f"FROM '{file_of(done, 'accounts')}' ORDER BY sales DESC, code"
        ).fetchall()
    assert found == by_hand
    assert len(found) == 7


def test_excel_sees_utf8_and_the_language_of_the_reader(logged_in: Client, graded: Any) -> None:
    Account.objects.filter(code="A1").update(name="自行车世界有限公司")
    User.objects.update(language="zh-hans")
    text = text_of(logged_in.get("/accounts/export.csv"))
    assert text.startswith("\ufeff")
    assert "自行车世界有限公司" in text
    assert text.count("\r\n") == 8


def test_text_stays_text_and_figures_stay_figures(logged_in: Client, graded: dict[str, Account]) -> None:
    """quality 19"""
    formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"]
    for code, name in zip("ABCDEF", formulas, strict=True):
        Account.objects.filter(code=f"{code}1").update(name=name)
    Account.objects.filter(code="G1").update(name='Gum, "Tree" = fine', region="-North", industry="@home")
    give(make_user("=cmd", email="cmd@example.com"), graded["A1"])
    make_account("=A9", name="Last")
    refresh(as_of=TINY_DAY)
    found = {row["Code"]: row for row in rows(logged_in.get("/accounts/export.csv"))}
    assert [found[f"{code}1"]["Name"] for code in "ABCDEF"] == [f"'{name}" for name in formulas]
    assert (found["G1"]["Name"], found["G1"]["Region"], found["G1"]["Industry"]) == (
        'Gum, "Tree" = fine',
        "'-North",
        "'@home",
    )
    assert found["A1"]["Owner"] == "'=cmd"
    assert found["'=A9"]["Name"] == "Last"
    # Negative and yet no text.
    assert found["F1"]["Profit"] == "-45.0000"
    assert found["A1"]["Sales"] == "750.3333"
    assert found["A1"]["Score"] == "91.6667"


@pytest.mark.parametrize("role", ROLES)
def test_only_what_one_may_see_is_exported(role: str, graded: dict[str, Account]) -> None:
    """quality 8, quality 9"""
    user = make_user("Ines", role)
    give(user, graded["D1"])
    client = client_of(user)
    everything = role in ("director", "analyst")
    found = [row["Code"] for row in rows(client.get("/accounts/export.csv?country=France"))]
    assert found == (["C1", "D1", "F1", "G1"] if everything else ["D1"])
    entry = AuditEntry.objects.get(verb="accounts exported")
    assert (entry.person, entry.detail["rows"], entry.detail["country"]) == (user, len(found), "France")


def test_an_outsider_gets_a_head_alone_and_nobody_nothing(client: Client, graded: Any) -> None:
    """quality 11"""
    assert rows(client_of(make_user("Otto")).get("/accounts/export.csv")) == []
    assert client.get("/accounts/export.csv").status_code == 302
    assert AuditEntry.objects.filter(verb="accounts exported").count() == 1


def test_as_the_list_is_filtered_and_sorted(logged_in: Client, graded: Any) -> None:
    found = [row["Code"] for row in rows(logged_in.get("/accounts/export.csv?class=3&order=-name"))]
    assert found == ["E1", "D1", "C1"]


def test_what_it_does_not_know_is_refused_and_not_recorded(logged_in: Client, graded: Any) -> None:
    """quality 20"""
    for query in ("order=password", "cell=Z1", "after=x", "columns=sales", "owner=x"):
        assert logged_in.get(f"/accounts/export.csv?{query}").status_code == 422
    for verb in ("post", "put", "delete"):
        assert getattr(logged_in, verb)("/accounts/export.csv").status_code == 405
    assert logged_in.head("/accounts/export.csv").status_code == 200
    assert not AuditEntry.objects.filter(verb="accounts exported").exists()


def test_before_the_first_refresh(logged_in: Client) -> None:
    make_account("A1", name="Alder", country="Germany")
    answer = logged_in.get("/accounts/export.csv")
    assert rows(answer) == [
        {"Code": "A1", "Name": "Alder", "Country": "Germany", "Region": "", "Industry": "", "Owner": ""}
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="accounts.csv"'


def test_a_large_list_comes_in_pieces(logged_in: Client, graded: Any, django_assert_max_num_queries: Any) -> None:
    Account.objects.bulk_create(Account(code=f"N{n:04}", search=f"n{n:04}") for n in range(900))
    refresh(as_of=TINY_DAY)
    with django_assert_max_num_queries(9):
        answer: Any = logged_in.get("/accounts/export.csv")
        pieces = list(answer.streaming_content)
    assert len(pieces) > 4
    assert b"".join(pieces).count(b"\r\n") == 908
