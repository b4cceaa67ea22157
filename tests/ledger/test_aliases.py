"""Account codes merged by aliases: files of them, undo, and what an import makes of a code that is one."""

from pathlib import Path

import pytest

from mainstay.accounts.models import Account, AccountAlias
from mainstay.accounts.services import alias_add
from mainstay.core.errors import NotAllowed, NotFound, Refused
from mainstay.ledger.models import Batch
from mainstay.ledger.services import alias_remove, undo_batch
from tests.factories import make_account, make_user
from tests.ledger.files import bring_text

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

SALES = "document,date,account,account_name,amount\nS1,2024-01-10,A,Acme,5\nS2,2024-01-11,X,Acme Old,7\n"


def aliases() -> dict[str, str]:
    return dict(AccountAlias.objects.values_list("code", "account__code"))


def codes() -> set[str]:
    return set(Account.objects.values_list("code", flat=True))


def test_a_file_of_aliases_is_counted_and_known_the_second_time(tmp_path: Path) -> None:
    make_account("A")
    make_account("B")
    text = "alias,account\nX,A\nY,B\n"
    dry = bring_text(tmp_path, "aliases", text, dry_run=True)
    assert (dry.batch, dry.counts) == (None, {"rows": 2, "refused": 0, "new": 2, "changed": 0, "known": 0})
    assert aliases() == {}
    assert bring_text(tmp_path, "aliases", text).counts["new"] == 2
    again = bring_text(tmp_path, "aliases", text.replace("Y,B", "Y,A"))
    assert (again.counts["known"], again.counts["changed"]) == (1, 1)
    assert aliases() == {"X": "A", "Y": "A"}


def test_aliases_of_codes_that_no_account_has_are_told(tmp_path: Path) -> None:
    make_account("A")
    make_account("B")
    told = bring_text(tmp_path, "aliases", "alias,account\nB,A\nNX,A\nNY,A\n")
    ((message, params),) = told.warnings
    assert "no account has" in message
    assert params == {"count": 2, "code": "NX"}
    assert bring_text(tmp_path, "aliases", "alias,account\nNX,A\n").warnings == ()


def test_headings_in_chinese_and_of_other_systems(tmp_path: Path) -> None:
    make_account("A")
    bring_text(tmp_path, "aliases", "旧客户编号,新客户编号\nX,A\n")
    bring_text(tmp_path, "aliases", "Old Code,New Code\nY,A\n")
    assert aliases() == {"X": "A", "Y": "A"}


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("X,Z", "“Z” under “account” is not known"),
        ("A,A", "own code"),
        ("A,B\nB,A", "comes back to itself"),
        ("A,NX\nNX,A", "comes back to itself"),
        ("NX,NX", "own code"),
        ("H,B", "by hand"),
        ("A,M", "comes back to itself"),
    ],
)
def test_rows_that_cannot_stand_are_refused(rows: str, why: str, tmp_path: Path) -> None:
    for code in ("A", "B", "M"):
        make_account(code)
    account = Account.objects.get(code="A")
    alias_add(code="H", account=account, by=None)
    alias_add(code="M", account=account, by=None)
    with pytest.raises(Refused, match=why):
        bring_text(tmp_path, "aliases", f"alias,account\n{rows}\n")
    assert aliases() == {"H": "A", "M": "A"}


def test_only_who_imports_brings_aliases(tmp_path: Path) -> None:
    """quality 2, 4"""
    account = make_account("A")
    scout = make_user(role="scout")
    with pytest.raises(NotAllowed):
        bring_text(tmp_path, "aliases", "alias,account\nX,A\n", by=scout)
    with pytest.raises(NotAllowed):
        alias_add(code="X", account=account, by=scout)
    assert aliases() == {}
    alias_add(code="X", account=account, by=None)
    with pytest.raises(NotAllowed):
        alias_remove(code="X", account=account, by=scout)
    assert aliases() == {"X": "A"}


def test_a_code_that_is_an_alias_makes_no_account(tmp_path: Path) -> None:
    alias_add(code="X", account=make_account("A"), by=None)
    assert bring_text(tmp_path, "sales", SALES, dry_run=True).counts["accounts"] == 0
    assert bring_text(tmp_path, "sales", SALES).counts["accounts"] == 0
    costs = "date,kind,account,amount\n2024-01-10,delivery,X,1\n"
    assert bring_text(tmp_path, "costs", costs).counts["accounts"] == 0
    assert codes() == {"A"}


def test_a_removed_alias_leaves_an_account_for_its_lines(tmp_path: Path) -> None:
    """With what the file said of it; undoing that import takes it away as if it had made it."""
    account = make_account("A")
    alias_add(code="X", account=account, by=None)
    batch = bring_text(tmp_path, "sales", SALES).batch
    alias_remove(code="X", account=account, by=None)
    assert Account.objects.get(code="X").name == "Acme Old"
    undo_batch(batch=batch.pk)
    assert codes() == {"A"}
    with pytest.raises(NotFound):
        alias_remove(code="X", account=account, by=None)


def test_a_removed_alias_that_no_line_names_leaves_no_account() -> None:
    account = make_account("A")
    alias_add(code="X", account=account, by=None)
    alias_remove(code="X", account=account, by=None)
    assert codes() == {"A"}


def test_undo_takes_aliases_back_to_what_other_files_say(tmp_path: Path) -> None:
    make_account("A")
    make_account("B")
    first = bring_text(tmp_path, "aliases", "alias,account\nX,A\nY,A\n").batch
    second = bring_text(tmp_path, "aliases", "alias,account\nX,B\nZ,B\n").batch
    alias_add(code="H", account=Account.objects.get(code="B"), by=None)
    undo_batch(batch=second.pk)
    assert aliases() == {"X": "A", "Y": "A", "H": "B"}
    undo_batch(batch=first.pk)
    assert aliases() == {"H": "B"}


def test_undo_of_aliases_makes_the_accounts_that_lines_name(tmp_path: Path) -> None:
    make_account("A")
    batch = bring_text(tmp_path, "aliases", "alias,account\nX,A\n").batch
    bring_text(tmp_path, "sales", SALES)
    assert codes() == {"A"}
    undo_batch(batch=batch.pk)
    assert codes() == {"A", "X"}


def test_an_alias_removed_by_hand_does_not_come_back_by_an_undo(tmp_path: Path) -> None:
    account = make_account("A")
    bring_text(tmp_path, "aliases", "alias,account\nX,A\n")
    second = bring_text(tmp_path, "aliases", "alias,account\nX,A\nY,A\n").batch
    alias_remove(code="X", account=account, by=None)
    undo_batch(batch=second.pk)
    assert aliases() == {}


def test_an_account_that_aliases_need_stays_until_they_are_undone(tmp_path: Path) -> None:
    sales = bring_text(tmp_path, "sales", SALES).batch
    named = bring_text(tmp_path, "aliases", "alias,account\nX,A\n").batch
    undo_batch(batch=sales.pk)
    assert codes() == {"A"}
    undo_batch(batch=named.pk)
    assert codes() == set()


def test_undo_of_lines_under_an_alias_makes_no_account(tmp_path: Path) -> None:
    alias_add(code="X", account=make_account("A"), by=None)
    first = bring_text(tmp_path, "sales", SALES).batch
    bring_text(tmp_path, "sales", "document,date,account,account_name,amount\nS9,2024-02-01,X,Acme Old,7\n")
    undo_batch(batch=first.pk)
    assert codes() == {"A"}
    assert Batch.objects.filter(state="live").count() == 1
