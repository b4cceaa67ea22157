"""Aliases given and removed by hand, chains of them, and finding an account by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mainstay.accounts.access import visible
from mainstay.accounts.aliases import codes_by_end, resolved
from mainstay.accounts.models import Account, AccountAlias
from mainstay.accounts.selectors import alias_ends, aliases_of, matching, merged_into
from mainstay.accounts.services import accounts_write, alias_add, alias_remove
from mainstay.core.errors import Refused
from mainstay.people.models import AuditEntry
from tests.factories import account_row, make_account, make_user


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("abcdefgh"), max_size=6))
def test_every_code_stands_for_the_end_of_its_chain(pairs: dict[str, str]) -> None:
    """Against following each chain step by step; a chain that runs into a circle has no end."""
    expected = {}
    for code in pairs:
        here, steps = code, 0
        while here in pairs and steps < 20:
            here, steps = pairs[here], steps + 1
        if here not in pairs:
            expected[code] = here
    assert resolved(pairs) == expected
    found = codes_by_end(pairs)
    for code, end in expected.items():
        assert code in found[end]


@pytest.mark.django_db
@pytest.mark.postgres
def test_giving_and_removing_an_alias() -> None:
    account, analyst = make_account("A", name="Acme"), make_user(role="analyst")
    alias_add(code=" 17850.0 ", account=account, by=analyst, note="moved to the new system")
    (alias,) = aliases_of(account)
    assert (alias.code, alias.by, alias.note, alias.stated) == ("17850", analyst, "moved to the new system", False)
    assert alias_ends() == {"17850": "A"}
    assert list(matching(Account.objects.all(), "17850")) == [account]
    alias_remove(code="17850", account=account, by=analyst)
    assert not AccountAlias.objects.exists()
    assert list(matching(Account.objects.all(), "17850")) == []
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["alias added", "alias removed"]


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["", "  ", "A", "X" * 201, "a\x00b", "TAKEN", "a\nb"])
def test_a_code_that_cannot_be_an_alias(code: str) -> None:
    account = make_account("A")
    alias_add(code="TAKEN", account=make_account("B"), by=None)
    with pytest.raises(Refused):
        alias_add(code=code, account=account, by=None)
    assert AccountAlias.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.postgres
def test_a_chain_counts_for_its_end_and_a_circle_is_refused() -> None:
    a, b, c = (make_account(code, name=f"Name {code}") for code in ("A", "B", "C"))
    alias_add(code="X", account=b, by=None)
    alias_add(code="B", account=a, by=None)
    assert alias_ends() == {"X": "A", "B": "A"}
    assert merged_into(b) == a
    assert merged_into(a) is None
    assert set(matching(Account.objects.all(), "x")) == {a, b}
    with pytest.raises(Refused, match="counts for"):
        alias_add(code="A", account=b, by=None)
    alias_add(code="A", account=c, by=None)
    assert alias_ends() == {"X": "C", "B": "C", "A": "C"}
    alias_remove(code="B", account=a, by=None)
    assert alias_ends() == {"X": "B", "A": "C"}
    assert set(matching(Account.objects.all(), "x")) == {b}


@pytest.mark.django_db
def test_a_new_name_keeps_the_aliases_to_be_found_by() -> None:
    account = make_account("A", name="Acme")
    alias_add(code="X9", account=account, by=None)
    accounts_write(rows=[account_row("A", name="Ajax"), account_row("N", name="New")], people={})
    assert [found.name for found in matching(Account.objects.all(), "x9 ajax")] == ["Ajax"]


@pytest.mark.django_db
def test_an_account_made_under_an_alias_of_others_is_found_by_its_own() -> None:
    account = make_account("A")
    alias_add(code="B", account=account, by=None)
    accounts_write(rows=[account_row("B", name="Birch")], people={})
    assert merged_into(Account.objects.get(code="B")) == account


@pytest.mark.django_db
def test_merging_shows_nobody_more_accounts() -> None:
    """quality 1, 6: who owns the one does not see the other for it."""
    owner, other = make_user("Olga"), make_user("Paul")
    target, merged = make_account("A", owner=owner), make_account("B", owner=other)
    alias_add(code="B", account=target, by=None)
    assert list(visible(owner)) == [target]
    assert list(visible(other)) == [merged]
