"""A refresh with the cost model on and off: its figures, what is recorded, what stays as it was."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pytest
from django.conf import settings as django_settings

from mainstay.accounts.models import Account
from mainstay.costing import services
from mainstay.costing.services import Stated
from mainstay.grading.marts import costing as mart
from mainstay.grading.marts import curves
from mainstay.grading.marts.accounts import codes_of
from mainstay.grading.marts.files import file_of, folder_of
from mainstay.grading.models import Refresh
from mainstay.grading.records import account_record
from mainstay.insight.cost_model import Activity, CostModel, Pool
from mainstay.nightly.cost_preview import preview
from mainstay.nightly.refresh import refresh
from tests.ledgers import DEMO_DAY, TINY_DAY, adventureworks_ledger, costs_batch, sales_batch, tiny_ledger

pytestmark = pytest.mark.django_db

MODEL = CostModel(
    capacity_rate=Decimal("0.80"),
    activities={"order": Activity(minutes=Decimal("12.5")), "line": Activity(rate=Decimal("1.50"))},
    pools=(Pool("Administration", "orders", amount=Decimal("120")), Pool("Overhead", "sales")),
)
KINDS = ("goods", "service", "delivery", "rebate", "selling", "finance", "other")


def turn_on(model: CostModel = MODEL, day: date = date(2020, 1, 1)) -> None:
    services.versions_import(stated=[Stated("M", day, model)], activate=True, by=None)
    services.switch_set(on=True, by=None)


def hashes(done: Refresh) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder_of(done).iterdir()}


def rows(query: str, *given: Any) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(query, list(given)).fetchall()


def test_tiny_with_the_model_as_worked_out_by_hand() -> None:
    """A1: two orders at 10, three lines at 1.50, 2 of 8 orders of 120, 750.3333 of 1,370.3333 of overhead 100."""
    accounts = tiny_ledger()
    turn_on()
    done = refresh(as_of=TINY_DAY)
    told = done.summary
    assert (told["profit"], told["overhead"], told["difference"]) == ("225.3333", "100.0000", "0.0000")
    # 8 orders, 11 lines, 120 and 100; of it, of the line without an account: 10 + 1.50 + 15 + 4.3785.
    assert told["modelled_cost"] == "316.5000"
    assert told["modelled_cost_unallocated"] == "30.8785"
    assert told["profit_after_model"] == "-91.1667"
    assert (told["overhead_in_model"], told["profit_after_model_and_overhead"]) == ("100.0000", "-91.1667")
    assert [part["cost"] for part in told["model"]] == ["80.0000", "16.5000", "120.0000", "100.0000"]
    record = account_record(done, accounts["A1"])
    assert record is not None
    assert (record.profit, record.modelled_cost) == (Decimal("195.3333"), Decimal("109.2555"))
    assert record.profit_after_model == Decimal("86.0778")
    assert [(part["quantity"], part["cost"]) for part in record.model or []] == [
        (2, 20),
        (3, Decimal("4.5")),
        (2, 30),
        (Decimal("750.3333"), Decimal("54.7555")),
    ]
    assert all("unallocated" not in part and "amount" not in part for part in record.model or [])
    assert [piece["content"] for piece in done.cost_model] == [MODEL.to_dict()]


def test_off_it_leaves_every_other_byte_as_it_is() -> None:
    tiny_ledger()
    before = refresh(as_of=TINY_DAY)
    turn_on()
    on = refresh(as_of=TINY_DAY)
    services.switch_set(on=False, by=None)
    after = refresh(as_of=TINY_DAY)
    assert hashes(before) == hashes(after)
    assert set(hashes(on)) - set(hashes(after)) == {"model.parquet"}
    assert {name: value for name, value in hashes(on).items() if name not in ("accounts.parquet", "model.parquet")} == {
        name: value for name, value in hashes(after).items() if name != "accounts.parquet"
    }
    columns = "* EXCLUDE (modelled_cost, profit_after_model)"
    with_model, without = (
        rows(f"SELECT {columns} FROM read_parquet(?)", file_of(done, "accounts")) for done in (on, after)
    )
    assert with_model == without
    nulls = rows(
        "SELECT count(modelled_cost), count(profit_after_model) FROM read_parquet(?)", file_of(after, "accounts")
    )
    assert nulls == [(0, 0)]
    assert (after.cost_model, after.summary["modelled_cost"]) == ([], None)
    on.refresh_from_db()
    assert on.summary["modelled_cost"] == "316.5000"


def test_on_without_an_active_version_it_charges_nothing() -> None:
    accounts = tiny_ledger()
    services.switch_set(on=True, by=None)
    done = refresh(as_of=TINY_DAY)
    assert (done.summary["modelled_cost"], done.summary["model"], done.summary["difference"]) == (
        "0.0000",
        [],
        "0.0000",
    )
    record = account_record(done, accounts["A1"])
    assert record is not None
    assert (record.modelled_cost, record.model) == (0, [])


def test_costs_by_kind_are_those_of_the_lines() -> None:
    """Adventure Works with a few costs more, each kind summed by plain SQL over the files."""
    adventureworks_ledger()
    costs_batch(
        f"SELECT * FROM (VALUES ('AW00000676', 'service', 10.5), (NULL, 'other', 7), (NULL, 'finance', -2), "
        f"('AW00000117', 'odd', 3), ('AW00000001', NULL, 4)) v(account, kind, amount), "
        f"(SELECT DATE '{DEMO_DAY.isoformat()}' AS date)"
    )
    turn_on(day=date(2010, 1, 1))
    done = refresh(as_of=DEMO_DAY)
    files = str(django_settings.MAINSTAY_HOME / "ledger" / "costs" / "*.parquet")
    named = ", ".join(f"'{kind}'" for kind in KINDS[:-1])
    found = rows(
        f"SELECT account IS NULL, CASE WHEN kind IN ({named}) THEN kind ELSE 'other' END, sum(amount) "
        "FROM read_parquet(?) WHERE date > DATE '2012-11-29' AND date <= DATE '2013-11-29' GROUP BY ALL",
        files,
    )
    by_hand = {(nobody, kind): amount for nobody, kind, amount in found}
    told = done.summary
    for kind in KINDS:
        assert Decimal(told["costs"][kind]) == by_hand.get((False, kind), 0), kind
        assert Decimal(told["overhead_costs"][kind]) == by_hand.get((True, kind), 0), kind
    booked = sum(Decimal(amount) for amount in told["costs"].values())
    assert Decimal(told["booked_cost"]) == booked
    assert Decimal(told["profit"]) == Decimal(told["sales"]) - Decimal(told["goods_cost"]) - booked
    assert told["difference"] == "0.0000"
    by_account = rows(
        f"SELECT sum(modelled_cost), sum({' + '.join(f'booked_{kind}' for kind in KINDS)} - booked_cost), "
        "sum(profit - modelled_cost - profit_after_model) FROM read_parquet(?)",
        file_of(done, "accounts"),
    )
    modelled = Decimal(told["modelled_cost"]) - Decimal(told["modelled_cost_unallocated"])
    assert by_account == [(modelled, 0, 0)]
    (orders,) = (part for part in told["model"] if part["part"] == "order")
    assert (
        orders["quantity"] == f"{rows('SELECT sum(orders) FROM read_parquet(?)', file_of(done, 'accounts'))[0][0]}.0000"
    )


def test_a_part_of_the_company_is_told_of_that_part_alone() -> None:
    """quality 8"""
    tiny_ledger()
    turn_on()
    done = refresh(as_of=TINY_DAY)
    part = curves.totals(done, codes_of(Account.objects.filter(code__in=["A1", "C1"])))
    assert (part["booked_cost"], part["costs"]["delivery"], part["costs"]["rebate"]) == (
        "35.0000",
        "25.0000",
        "10.0000",
    )
    # C1: one order, two lines, 1 of 8 orders of 120, 160 of 1,370.3333 of 100.
    assert Decimal(part["modelled_cost"]) == Decimal("109.2555") + Decimal("39.6760")
    assert Decimal(part["profit_after_model"]) == Decimal("201.3333") - Decimal(part["modelled_cost"])
    hidden = ("overhead_costs", "difference", "modelled_cost_unallocated", "overhead_in_model")
    assert [part[name] for name in (*hidden, "profit_after_model_and_overhead")] == [None] * 5
    assert not any({"amount", "unallocated"} & row.keys() for row in part["model"])


def test_a_preview_is_what_the_refresh_then_costs_and_changes_nothing() -> None:
    tiny_ledger()
    refresh(as_of=TINY_DAY)
    version = services.version_add(stated=Stated("M", date(2020, 1, 1), MODEL), by=None)
    found = preview(version)
    assert (found.cost, found.unallocated) == (Decimal("316.5000"), Decimal("30.8785"))
    assert Refresh.objects.count() == 1
    services.version_activate(version=version, revision=1, by=None)
    services.switch_set(on=True, by=None)
    assert refresh(as_of=TINY_DAY).summary["model"] == found.parts


def test_a_difference_would_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the account mart lost a line, the check says by how much."""
    from mainstay.insight import ties

    tiny_ledger()
    whole = ties.of_accounts
    monkeypatch.setattr(ties, "of_accounts", lambda accounts: whole(accounts.filter(accounts.code != "D1")))
    # D1 has sales of 40, goods cost of 36, profit of 4; the profit after overhead is 4 from the accounts' as well.
    assert refresh(as_of=TINY_DAY).summary["difference"] == "84.0000"


def test_several_days_of_one_document_count_as_the_orders_of_the_mart() -> None:
    for day in ("2024-01-10", "2024-01-11"):
        sales_batch(f"SELECT 'S1' AS document, '{day}' AS line, DATE '{day}' AS date, 'A1' AS account, 5 AS amount")
    turn_on(CostModel(activities={"order": Activity(rate=Decimal(1))}))
    done = refresh()
    assert mart.parts_by_account(done, ["A1"])["A1"][0]["quantity"] == 1
