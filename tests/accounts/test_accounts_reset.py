"""Taking a batch back puts accounts to what the other batches state."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstay.accounts.access import visible
from mainstay.accounts.models import Account
from mainstay.accounts.services import accounts_reset, accounts_write, accounts_write_from_sales
from mainstay.accounts.statements import effective
from mainstay.people.selectors import person_finder
from tests.factories import make_account, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_the_latest_accounts_file_counts_before_the_earliest_sales_file() -> None:
    said = [
        ("sales", {"name": "S1", "country": None, "industry": ""}),
        ("accounts", {"name": "A1", "size": "10"}),
        ("sales", {"name": "S2", "country": "C2", "industry": "I2"}),
        ("accounts", {"name": "A2", "size": None}),
        ("sales", {"country": "C3"}),
    ]
    assert effective(said) == {"name": "A2", "size": "10", "country": "C2", "industry": "I2"}
    assert effective([]) == {}


def test_what_nobody_states_any_more_is_blank() -> None:
    anna = make_user("Anna")
    make_account(
        "A1",
        name="Alder",
        size="3",
        potential=Decimal(5),
        last_contact=date(2024, 1, 1),
        owner=anna,
        parent=make_account("B1"),
        held_class=2,
        team="North",
    )
    outcome = accounts_reset(statements={"A1": []}, people=person_finder())
    account = Account.objects.get(code="A1")
    assert (outcome.new, outcome.changed, outcome.equal) == (0, 1, 0)
    assert (account.name, account.size, account.potential, account.last_contact) == ("", "", None, None)
    assert (account.owner, account.parent, account.search) == (None, None, "a1\n")
    assert (account.held_class, account.team and account.team.name) == (2, "North")
    assert visible(anna).count() == 0


def test_owner_parent_and_grants_come_back() -> None:
    anna = make_user("Anna")
    make_account("A1")
    make_account("L1", parent=Account.objects.get(code="A1"))
    make_account("P1")
    said = [("sales", {"owner": "Nobody", "parent": "X"}), ("sales", {"owner": "Anna", "parent": "P1"})]
    accounts_reset(statements={"A1": said, "gone": []}, people=person_finder())
    assert set(visible(anna).values_list("code", flat=True)) == {"A1", "L1"}
    assert Account.objects.get(code="A1").parent == Account.objects.get(code="P1")
    assert not Account.objects.filter(code="gone").exists()


def test_a_parent_that_would_close_a_circle_now_is_left_out_with_a_warning() -> None:
    make_account("B1", parent=make_account("A1"))
    outcome = accounts_reset(statements={"A1": [("accounts", {"parent": "B1"})]}, people={})
    assert Account.objects.get(code="A1").parent is None
    assert outcome.warnings[0][1] == {"count": 1, "account": "A1", "parent": "B1"}


def test_parents_may_swap_when_both_accounts_are_put_back() -> None:
    make_account("B1", parent=make_account("A1"))
    accounts_reset(statements={"A1": [("accounts", {"parent": "B1"})], "B1": []}, people={})
    assert dict(Account.objects.values_list("code", "parent__code")) == {"A1": "B1", "B1": None}


def test_an_account_that_is_stated_and_missing_is_made() -> None:
    outcome = accounts_reset(statements={"A1": [("sales", {"name": "Alder"})]}, people={})
    assert (outcome.new, Account.objects.get().name) == (1, "Alder")


texts = st.sampled_from([None, "", "x", "y", "z"])
row = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["A", "B", "C"]),
        "name": texts,
        "country": texts,
        "owner": st.sampled_from([None, "Anna", "ben", "Nobody"]),
    }
)
accounts_row = st.builds(
    lambda row, size, potential: {**row, "size": size, "potential": potential},
    row,
    texts,
    st.none() | st.decimals(0, 9, places=5),
)
batch = st.one_of(
    st.tuples(st.just("accounts"), st.lists(accounts_row, max_size=4)),
    st.tuples(st.just("sales"), st.lists(row, max_size=3, unique_by=lambda row: str(row["code"]))),
)


def held() -> dict[str, Any]:
    columns = ("name", "country", "size", "owner__name", "potential", "search")
    return {code: values for code, *values in Account.objects.order_by("code").values_list("code", *columns)}


def import_all(batches: list[tuple[str, list[dict[str, Any]]]]) -> None:
    for kind, rows in batches:
        write = accounts_write if kind == "accounts" else accounts_write_from_sales
        write(rows=rows, people=person_finder())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(batch, max_size=5), st.data())
def test_without_a_batch_accounts_are_as_if_it_had_never_been(
    batches: list[tuple[str, list[dict[str, Any]]]], data: st.DataObject
) -> None:
    undone = data.draw(st.integers(0, max(len(batches) - 1, 0)))
    remaining = batches[:undone] + batches[undone + 1 :]
    stays = {row["code"] for _kind, rows in remaining for row in rows}
    with transaction.atomic():
        make_user("Anna"), make_user("Ben")
        import_all(remaining)
        expected = held()
        Account.objects.all().delete()
        import_all(batches)
        statements: dict[str, list[tuple[str, Any]]] = {code: [] for code in "ABC"}
        for kind, rows in remaining:
            for given_row in rows:
                statements[given_row["code"]].append((kind, given_row))
        accounts_reset(statements=statements, people=person_finder())
        assert {code: values for code, values in held().items() if code in stays} == expected
        transaction.set_rollback(True)
