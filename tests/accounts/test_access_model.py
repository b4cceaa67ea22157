"""Whatever happens to owners, teams, people and the company tree: what each may see is what a plain model says."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from mainstay.accounts import access
from mainstay.accounts.access import visible
from mainstay.accounts.models import Account, AccountAccess
from mainstay.accounts.services import (
    account_set_parent,
    accounts_remove,
    accounts_reset,
    accounts_set_owner,
    accounts_set_team,
    accounts_write,
)
from mainstay.core.errors import Refused
from mainstay.people.models import User
from mainstay.people.roles import Role
from mainstay.people.selectors import person_finder
from mainstay.people.services import user_set_active, user_set_role, user_set_team
from tests.factories import make_account, make_team, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

people = st.sampled_from(["p0", "p1", "p2", "p3"])
maybe_people = st.none() | people
maybe_teams = st.sampled_from([None, "t0", "t1"])
codes = st.sampled_from([f"a{number}" for number in range(7)])
maybe_codes = st.none() | codes
some_codes = st.lists(codes, max_size=3, unique=True)


class Company(RuleBasedStateMachine):
    """The same facts in the database and in dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.team_of_person: dict[str, str | None] = {"p0": "t0", "p1": "t0", "p2": "t1", "p3": None}
        self.role = dict.fromkeys(self.team_of_person, "sales_representative")
        self.active = dict.fromkeys(self.role, True)
        for name, team in self.team_of_person.items():
            make_user(name, team=team)
        self.parent: dict[str, str | None] = {f"a{number}": None for number in range(7)}
        self.parent |= {"a1": "a0", "a2": "a1", "a3": "a1"}
        self.owner: dict[str, str | None] = dict.fromkeys(self.parent)
        self.team: dict[str, str | None] = dict.fromkeys(self.parent)
        for code, parent in self.parent.items():
            make_account(code, parent=Account.objects.get(code=parent) if parent else None)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def user(self, name: str | None) -> User | None:
        return None if name is None else User.objects.get(name=name)

    def ids(self, codes: list[str]) -> list[int]:
        return list(Account.objects.filter(code__in=codes).values_list("pk", flat=True))

    def line(self, code: str | None) -> list[str]:
        """An account and all above it."""
        line = []
        while code is not None:
            line.append(code)
            code = self.parent[code]
        return line

    def may_see(self, name: str, code: str) -> bool:
        mine = self.team_of_person[name]
        owners = {self.owner[above] for above in self.line(code)} - {None}
        teams = {self.team[above] for above in self.line(code)}
        teams |= {self.team_of_person[owner] for owner in owners if owner is not None}
        sees_all = self.role[name] in ("director", "analyst")
        return self.active[name] and (sees_all or name in owners or (mine is not None and mine in teams))

    @rule(those=some_codes, to=maybe_people)
    def set_owner(self, those: list[str], to: str | None) -> None:
        accounts_set_owner(accounts=self.ids(those), owner=self.user(to), by=None)
        self.owner |= {code: to for code in those if code in self.owner}

    @rule(those=some_codes, to=maybe_teams)
    def set_team(self, those: list[str], to: str | None) -> None:
        accounts_set_team(accounts=self.ids(those), team=make_team(to) if to else None, by=None)
        self.team |= {code: to for code in those if code in self.team}

    @rule(code=codes, to=maybe_codes)
    def set_parent(self, code: str, to: str | None) -> None:
        if code not in self.owner or (to is not None and to not in self.owner):
            return
        parent = Account.objects.get(code=to) if to else None
        if code in self.line(to):
            with pytest.raises(Refused):
                account_set_parent(account=Account.objects.get(code=code), parent=parent, by=None)
        else:
            account_set_parent(account=Account.objects.get(code=code), parent=parent, by=None)
            self.parent[code] = to

    @rule(code=codes, owner=maybe_people, parent=maybe_codes)
    def import_account(self, code: str, owner: str | None, parent: str | None) -> None:
        outcome = accounts_write(rows=[{"code": code, "owner": owner, "parent": parent}], people=person_finder())
        known = parent is None or parent in self.owner
        assert bool(outcome.refused) == (not known or code in self.line(parent) or code == parent)
        if not outcome.refused:
            self.owner[code] = owner or self.owner.get(code)
            self.parent[code] = parent or self.parent.get(code)
            self.team.setdefault(code, None)

    @rule(code=codes, owner=maybe_people, parent=maybe_codes)
    def undo_import(self, code: str, owner: str | None, parent: str | None) -> None:
        if code not in self.owner:
            return
        said = [("sales", {"owner": owner}), ("accounts", {"parent": parent})]
        accounts_reset(statements={code: said}, people=person_finder())
        self.owner[code], self.parent[code] = owner, None
        if parent in self.owner and code not in self.line(parent):
            self.parent[code] = parent

    @rule(those=some_codes)
    def remove(self, those: list[str]) -> None:
        accounts_remove(ids=self.ids(those))
        left = set(Account.objects.values_list("code", flat=True))
        for code in set(self.owner) - left:
            for facts in (self.owner, self.team, self.parent):
                facts.pop(code)

    @rule(name=people, to=maybe_teams)
    def move_person(self, name: str, to: str | None) -> None:
        user_set_team(user=User.objects.get(name=name), team=to or "", by=None)
        self.team_of_person[name] = to

    @rule(name=people, to=st.sampled_from(Role.values))
    def set_role(self, name: str, to: str) -> None:
        user_set_role(user=User.objects.get(name=name), role=to, by=None)
        self.role[name] = to

    @rule(name=people, to=st.booleans())
    def set_active(self, name: str, to: bool) -> None:
        user_set_active(user=User.objects.get(name=name), active=to, by=None)
        self.active[name] = to

    @precondition(lambda self: any(self.owner.values()))
    @rule()
    def rebuild_all(self) -> None:
        kept = set(AccountAccess.objects.values_list("account", "person", "team"))
        access.rebuild()
        assert set(AccountAccess.objects.values_list("account", "person", "team")) == kept

    @invariant()
    def everybody_sees_what_is_his(self) -> None:
        assert set(Account.objects.values_list("code", flat=True)) == set(self.owner)
        for user in User.objects.all():
            expected = {code for code in self.owner if self.may_see(user.name, code)}
            assert set(visible(user).values_list("code", flat=True)) == expected, user.name


def test_what_each_may_see_follows_everything_that_happens() -> None:
    run_state_machine_as_test(
        Company,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
