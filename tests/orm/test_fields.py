"""Money in the database is an integer of ten-thousandths."""

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum

from mainstay.accounts.models import Account
from tests.factories import make_account

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_an_amount_is_kept_in_ten_thousandths() -> None:
    account = make_account(potential=Decimal("750.3333"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT potential FROM accounts_account WHERE id = %s", [account.pk])
        assert cursor.fetchone() == (7_503_333,)
    account.refresh_from_db()
    assert str(account.potential) == "750.3333"


def test_an_amount_is_rounded_half_away_from_zero() -> None:
    for given, kept in (("0.00005", "0.0001"), ("-0.00005", "-0.0001"), ("0.00004", "0.0000")):
        account = make_account(f"A{given}", potential=Decimal(given))
        account.refresh_from_db()
        assert str(account.potential) == kept


def test_a_sum_loses_nothing() -> None:
    for number in range(50):
        make_account(f"A{number}", potential=Decimal("0.1001"))
    assert Account.objects.aggregate(sum=Sum("potential"))["sum"] == Decimal("5.0050")


def test_amounts_compare_and_filter_as_money() -> None:
    make_account("A", potential=Decimal("10.5"))
    assert Account.objects.filter(potential__gt=Decimal("10.4999")).count() == 1
    assert Account.objects.filter(potential=Decimal("10.5")).count() == 1
    assert Account.objects.filter(potential__gt=Decimal("10.5")).count() == 0
