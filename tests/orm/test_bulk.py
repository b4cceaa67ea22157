"""Writing many rows at once comes to the same as saving each."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from mainstay.accounts.models import Account
from mainstay.orm import bulk
from mainstay.orm.bulk import chunks, insert_rows, update_rows
from tests.factories import make_account, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
TEXTS = "name country region industry size channel status need website phone email note search".split()  # noqa: SIM905


def insert(rows: list[dict[str, object]]) -> dict[str, int]:
    names = ("code", *TEXTS, "owner_id", "last_contact", "potential")
    blank: dict[str, object] = dict.fromkeys(TEXTS, "")
    with transaction.atomic():
        made = insert_rows(
            Account, names, ([(blank | row).get(name) for name in names] for row in rows), returning=("code",)
        )
    return dict(made)


def test_inserted_rows_read_back_as_they_were_given() -> None:
    owner = make_user()
    made = insert(
        [
            {"code": "A", "name": "甲 100%s ‘’", "owner_id": owner.pk, "last_contact": date(2024, 2, 29)},
            {"code": "B", "potential": Decimal("-0.00005")},
        ]
    )
    first, second = Account.objects.get(code="A"), Account.objects.get(code="B")
    assert made == {"A": first.pk, "B": second.pk}
    assert (first.name, first.owner, first.last_contact, first.potential) == (
        "甲 100%s ‘’",
        owner,
        date(2024, 2, 29),
        None,
    )
    assert (second.owner, second.last_contact, second.potential) == (None, None, Decimal("-0.0001"))


def test_nothing_to_write_is_no_statement(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert insert_rows(Account, ("code",), []) == []
        update_rows(Account, ("name",), [])


def test_rows_past_one_statement_are_written_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PARAMETERS", 40)
    made = insert([{"code": f"A{number}"} for number in range(9)])
    update_rows(Account, ("name", "size"), [(pk, code.lower(), "1") for code, pk in made.items()])
    assert dict(Account.objects.values_list("code", "name")) == {f"A{number}": f"a{number}" for number in range(9)}


def test_an_update_touches_its_rows_and_fields_only() -> None:
    owner = make_user()
    one = make_account("A", name="one", owner=owner, potential=Decimal(5), last_contact=date(2024, 1, 1))
    two = make_account("B", name="two", potential=Decimal(7))
    update_rows(Account, ("owner_id", "potential", "last_contact"), [(one.pk, None, Decimal("1.25"), None)])
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.name, one.owner, one.potential, one.last_contact) == ("one", None, Decimal("1.25"), None)
    assert (two.name, two.potential) == ("two", Decimal(7))
    update_rows(Account, ("owner_id", "last_contact"), [(one.pk, owner.pk, date(2024, 5, 5)), (two.pk, None, None)])
    one.refresh_from_db()
    assert (one.owner, one.last_contact) == (owner, date(2024, 5, 5))


def test_chunks_keep_order_and_leave_nothing_out() -> None:
    assert list(chunks(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(chunks([], 3)) == []
