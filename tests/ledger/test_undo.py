"""Taking an import back whole."""

from pathlib import Path

import pytest

from mainstay.accounts.models import Account, Contact
from mainstay.core.errors import NotAllowed, NotFound, Refused
from mainstay.ledger.models import Batch, Product, State
from mainstay.ledger.services import undo_batch
from mainstay.nightly.refresh import refresh
from mainstay.people.models import AuditEntry
from mainstay.people.roles import Role
from tests.factories import make_user
from tests.ledger.files import WHOLE, amounts, bring_text, bring_tiny, held

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def made(outcome: object) -> int:
    batch = outcome.batch  # type: ignore[attr-defined]
    assert batch is not None
    return int(batch.pk)


def test_lines_accounts_and_products_go_again() -> None:
    for outcome in reversed(bring_tiny()):
        undo_batch(batch=made(outcome))
    assert not held()
    assert not held("costs")
    assert not Account.objects.exists()
    assert not Product.objects.exists()
    assert set(Batch.objects.values_list("state", flat=True)) == {State.UNDONE}


def test_an_account_that_another_batch_names_stays(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\nS2,2024-01-02,B,5\n")
    second = bring_text(tmp_path, "sales", WHOLE + "S3,2024-01-02,A,7\n")
    undo_batch(batch=made(first))
    assert list(Account.objects.values_list("code", flat=True)) == ["A"]
    undo_batch(batch=made(second))
    assert not Account.objects.exists()


def test_what_was_replaced_comes_back(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\n")
    second = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,6\n", on_conflict="replace")
    undo_batch(batch=made(second))
    assert amounts() == [5]


def test_what_a_later_batch_repeated_stays(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\nS2,2024-01-02,B,1\n")
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\n")
    undo_batch(batch=made(first))
    assert amounts() == [5]
    assert list(Account.objects.values_list("code", flat=True)) == ["A"]


def test_accounts_hold_again_what_the_remaining_batches_state(tmp_path: Path) -> None:
    bring_text(tmp_path, "accounts", "code,name,country\nA,First,France\n")
    second = bring_text(tmp_path, "accounts", "code,name,industry\nA,Second,Food\n")
    account = Account.objects.get()
    assert (account.name, account.country, account.industry) == ("Second", "France", "Food")
    undo_batch(batch=made(second))
    account.refresh_from_db()
    assert (account.name, account.country, account.industry) == ("First", "France", "")


def test_contacts_go_and_come_back(tmp_path: Path) -> None:
    bring_text(tmp_path, "accounts", "code\nA\n")
    first = bring_text(tmp_path, "contacts", "account,name,title\nA,Ann,Buyer\n")
    second = bring_text(tmp_path, "contacts", "account,name,title\nA,Ann,Head buyer\nA,Bob,\n")
    undo_batch(batch=made(second))
    assert list(Contact.objects.values_list("name", "title")) == [("Ann", "Buyer")]
    undo_batch(batch=made(first))
    assert not Contact.objects.exists()


def test_twice_or_without_a_batch_is_refused(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\n")
    undo_batch(batch=made(first))
    with pytest.raises(Refused, match="undone already"):
        undo_batch(batch=made(first))
    with pytest.raises(NotFound, match="no batch 99"):
        undo_batch(batch=99)


def test_one_who_may_not_leaves_it_as_it_is(tmp_path: Path) -> None:
    """quality 2, 4"""
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\n")
    with pytest.raises(NotAllowed):
        undo_batch(batch=made(first), by=make_user(role=Role.ACCOUNT_MANAGER))
    assert amounts() == [5]


def test_it_is_written_in_the_audit_log(tmp_path: Path) -> None:
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\n")
    undo_batch(batch=made(first), by=make_user(role=Role.DIRECTOR))
    assert AuditEntry.objects.filter(verb="import undone").count() == 1


def test_a_missing_file_of_the_ledger_is_told_as_such(tmp_path: Path, home: Path) -> None:
    first = bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,5\n").batch
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,7\n", on_conflict="replace")
    for path in home.glob("ledger/sales/*.parquet"):
        path.unlink()
    assert first is not None
    for act in (
        lambda: undo_batch(batch=first.pk),
        lambda: bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,A,9\n"),
        lambda: refresh(),
    ):
        with pytest.raises(Refused, match=r"is missing \(No files found .*mainstay check"):
            act()
