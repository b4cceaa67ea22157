"""Any imports, undos and aliases: what a refresh would count equals a plain model of the rules."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstay.accounts.models import Account, AccountAlias
from mainstay.accounts.services import alias_add
from mainstay.core.errors import Refused
from mainstay.grading.models import Standing
from mainstay.ledger.engine import opened
from mainstay.ledger.services import alias_remove, undo_batch
from mainstay.nightly.ledger_taken import taken
from mainstay.nightly.refresh import refresh
from tests.ledger.files import WHOLE, bring_text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

Line = tuple[str, str, int]  # document, account, amount


@dataclass
class Model:
    """What each live batch says, with what a batch that keeps was not heard with; and the aliases there are."""

    said: dict[int, dict[str, Counter[Line]]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)

    def held(self) -> dict[str, Counter[Line]]:
        held: dict[str, Counter[Line]] = {}
        for batch in sorted(self.said):
            held |= self.said[batch]
        return held

    def brought(self, batch: int, lines: list[Line], choice: str) -> None:
        documents: dict[str, Counter[Line]] = {}
        for line in lines:
            documents.setdefault(line[0], Counter())[line] += 1
        held = self.held()
        heard = choice == "replace"
        self.said[batch] = {
            name: content for name, content in documents.items() if heard or name not in held or held[name] == content
        }

    def end(self, account: str) -> str:
        while account in self.aliases:
            account = self.aliases[account]
        return account

    def sums(self) -> dict[str, Decimal]:
        sums: Counter[str] = Counter()
        for content in self.held().values():
            for (_document, account, amount), times in content.items():
                sums[self.end(account)] += amount * times
        seen = {self.end(a) for content in self.held().values() for _d, a, _amount in content}
        return {account: Decimal(sums[account]) for account in seen}


accounts = st.sampled_from("ABCD")
lines = st.lists(st.tuples(st.sampled_from(["S1", "S2", "S3"]), accounts, st.integers(-3, 3)), min_size=1, max_size=5)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("import"), lines, st.sampled_from(["replace", "keep"])),
        st.tuples(st.just("undo"), st.integers(0, 9)),
        st.tuples(st.just("alias"), st.sampled_from("ABCDX"), accounts),
        st.tuples(st.just("remove"), st.integers(0, 9)),
    ),
    min_size=3,
    max_size=8,
)


def take(step: Any, model: Model, folder: Path) -> None:
    verb, *rest = step
    if verb == "import":
        told, choice = rest
        text = WHOLE + "".join(f"{document},2024-01-10,{account},{amount}\n" for document, account, amount in told)
        model.brought(bring_text(folder, "sales", text, on_conflict=choice).batch.pk, told, choice)
    elif verb == "undo" and model.said:
        batch = sorted(model.said)[rest[0] % len(model.said)]
        undo_batch(batch=batch)
        del model.said[batch]
    elif verb == "alias":
        code, account = rest
        known = Account.objects.filter(code=account).first()
        if known is None:
            return
        try:
            alias_add(code=code, account=known, by=None)
        except Refused:
            assert code in model.aliases or model.end(account) == code
        else:
            model.aliases[code] = account
    elif verb == "remove" and model.aliases:
        code = sorted(model.aliases)[rest[0] % len(model.aliases)]
        alias_remove(code=code, account=Account.objects.get(code=model.aliases.pop(code)), by=None)


def counted() -> dict[str, Decimal]:
    with opened() as engine:
        sales = taken(engine).sales
        rows = sales.group_by("account").aggregate(amount=sales.amount.sum())
        return {row["account"]: row["amount"] for row in engine.to_pyarrow(rows).to_pylist()}


@given(steps=steps)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_corrections_count_as_the_rules_say(steps: list[Any]) -> None:
    """What was kept out stays out, also where the batch that it gave way to is undone."""
    with TemporaryDirectory() as folder:
        model = Model()
        try:
            with transaction.atomic():
                for step in steps:
                    take(step, model, Path(folder))
                    assert counted() == model.sums()
                expected = model.sums()
                if expected:
                    done = refresh()
                    assert Decimal(done.summary["sales"]) == sum(expected.values())
                    found = dict(Standing.objects.filter(refresh=done).values_list("account__code", "sales"))
                    assert {code: found[code] for code in expected} == expected
                    assert not set(found) & set(AccountAlias.objects.values_list("code", flat=True))
                raise _Done
        except _Done:
            pass


class _Done(Exception):
    pass
