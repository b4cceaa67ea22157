"""The account mart: tiny by hand, Adventure Works by its published figures, anything else against the oracle."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mainstay.grading.compute import COLUMNS
from tests.grading import oracle
from tests.grading.grades import AS_OF, Found, computed, mart
from tests.insight.tables import (
    ACCOUNTS,
    COSTS,
    LINES,
    Row,
    Tables,
    adventure_works,
    known,
    rows,
    sold,
    spent,
    tiny,
    written,
)

Ledger = tuple[list[Row], list[Row], list[Row]]


@pytest.fixture(scope="module")
def tiny_mart() -> dict[Any, Row]:
    return mart(tiny())


def test_tiny_has_the_classes_letters_and_cells_worked_by_hand(tiny_mart: dict[Any, Row]) -> None:
    cells = {code: row["cell"] for code, row in tiny_mart.items()}
    assert cells == {"A1": "A1", "B1": "B2", "C1": "C3", "D1": "C3", "E1": "B3", "F1": "B4", "G1": "C6"}
    assert {code: row["class"] for code, row in tiny_mart.items()} == {
        "A1": 1, "B1": 2, "C1": 3, "D1": 3, "E1": 3, "F1": 4, "G1": 6
    }  # fmt: skip
    assert {code: row["letter"] for code, row in tiny_mart.items()} == {code: cell[0] for code, cell in cells.items()}


def test_tiny_has_the_potentials_worked_by_hand(tiny_mart: dict[Any, Row]) -> None:
    amounts = {code: row["potential_amount"] for code, row in tiny_mart.items()}
    assert amounts == {code: Decimal("750.3333" if code == "A1" else "300.0000") for code in tiny_mart}
    assert {row["potential_basis"] for row in tiny_mart.values()} == {"estimated"}
    placed = [tiny_mart[code]["potential"] for code in ("A1", "B1", "C1", "D1", "E1")]
    assert placed == [100, 37.5, 37.5, 37.5, 37.5]


def test_tiny_has_the_attractiveness_worked_by_hand(tiny_mart: dict[Any, Row]) -> None:
    found = {code: row["attractiveness"] for code, row in tiny_mart.items()}
    expected = {"A1": 62.5, "B1": 45.8333, "C1": 33.3333, "D1": 41.6667, "E1": 66.6667}
    assert {code: round(value, 4) for code, value in found.items() if value is not None} == expected


def test_tiny_has_the_scores_worked_by_hand(tiny_mart: dict[Any, Row]) -> None:
    scores = {code: row["score"] for code, row in tiny_mart.items()}
    expected = {"A1": 91.6667, "B1": 54.1667, "C1": 25, "D1": 16.6667, "E1": 62.5, "G1": 33.3333}
    assert {code: round(score, 4) for code, score in scores.items() if score is not None} == expected
    basis = {code: row["letter_basis"] for code, row in tiny_mart.items()}
    assert basis == dict.fromkeys(expected, "estimated") | {"F1": "unassessed"}


def test_tiny_core_and_head_are_one_and_two_accounts(tiny_mart: dict[Any, Row]) -> None:
    assert [code for code, row in tiny_mart.items() if row["in_core"]] == ["A1"]
    assert [code for code, row in tiny_mart.items() if row["in_head"]] == ["A1", "B1"]
    assert [code for code, row in tiny_mart.items() if row["in_top20"]] == ["A1"]


def test_the_mart_has_the_columns_and_types_it_promises() -> None:
    tables = tiny()
    computed(tables)
    stored = {name: kind for name, kind, *_ in tables.backend.con.execute("DESCRIBE mart").fetchall()}
    assert tuple(stored) == COLUMNS
    assert stored["class"] == "TINYINT"
    for name in ("sales", "goods_cost", "booked_cost", "profit", "sales_before", "potential_amount"):
        assert stored[name] == "DECIMAL(38,4)"
    for name in ("rank", "profit_rank", "orders", "products", "lines", "months_bought", "contacts", "days_since_first"):
        assert stored[name] == "BIGINT"
    for name in ("score", "attractiveness", "potential", "sales_share", "sales_change"):
        assert stored[name] == "DOUBLE"


def test_adventure_works_has_its_published_classes() -> None:
    found = mart(adventure_works(), date(2013, 11, 29))
    assert Counter(row["class"] for row in found.values()) == {1: 38, 2: 110, 3: 345, 5: 66, 6: 142}
    assert {row["letter"] for row in found.values() if row["class"] == 1} == {"A", "B"}


def test_adventure_works_is_graded_as_the_oracle_grades_it() -> None:
    tables, as_of = adventure_works(), date(2013, 11, 29)
    lines, costs, accounts = (rows(table, "") for table in tables[1:])
    compare((lines, costs, accounts), computed(tables, as_of), as_of)


def test_facts_dated_after_the_as_of_day_change_nothing() -> None:
    tables = tiny()
    early = date(2024, 2, 11)
    cut = Tables(
        tables.backend,
        tables.lines.filter(tables.lines.date <= early),
        tables.costs.filter(tables.costs.date <= early),
        tables.accounts,
    )
    assert mart(tiny(), early) == mart(cut, early)


def test_money_of_an_account_nobody_knows_is_not_lost() -> None:
    tables = written([sold("X", AS_OF, "5")], [spent("Y", AS_OF, "2")], [known("Z")])
    found = mart(tables)
    assert [(row["sales"], row["booked_cost"]) for row in found.values()] == [(5, 0), (0, 2), (0, 0)]


def test_without_any_line_everybody_is_a_suspect_without_a_score() -> None:
    found = mart(written([], [], [known("A"), known("B", need="x", last_contact=AS_OF)]))
    assert [(row["class"], row["letter"], row["letter_basis"]) for row in found.values()] == [
        (5, "B", "unassessed"), (4, "B", "unassessed")
    ]  # fmt: skip
    assert [(row["potential"], row["attractiveness"]) for row in found.values()] == [(None, None)] * 2


def test_with_no_account_at_all_the_mart_is_empty() -> None:
    assert mart(written([])) == {}


def test_one_account_alone_stands_at_100_and_has_no_estimate() -> None:
    """Every part of the estimate is left out, since all active accounts are equal in it."""
    (row,) = mart(written([sold("A", AS_OF, "10", cost=Decimal(4))], accounts=[known("A")])).values()
    assert (row["potential"], row["attractiveness"], row["margin_percentile"]) == (100, 100, 100)
    assert (row["class"], row["letter"], row["letter_basis"], row["score"]) == (2, "B", "unassessed", None)


def test_where_no_cost_is_known_the_margin_is_left_out() -> None:
    lines = [sold("A", AS_OF, "10"), sold("B", AS_OF, "20")]
    found = mart(written(lines, accounts=[known("A"), known("B")]))
    assert [row["margin_percentile"] for row in found.values()] == [None, None]
    # volume 0 and room 100, volume 100 and room 0
    assert [row["attractiveness"] for row in found.values()] == [50, 50]


def test_a_cost_line_alone_makes_the_margin_count() -> None:
    lines = [sold("A", AS_OF, "10"), sold("B", AS_OF, "20")]
    found = mart(written(lines, [spent("B", AS_OF, "1")], [known("A"), known("B")]))
    assert [row["margin_percentile"] for row in found.values()] == [100, 0]


def test_an_account_that_only_returned_is_active_and_has_the_lowest_margin() -> None:
    lines = [sold("A", AS_OF, "-10", cost=Decimal(-20)), sold("B", AS_OF, "20", cost=Decimal(30))]
    found = mart(written(lines, accounts=[known("A"), known("B")]))
    assert found["A"]["active"]
    assert (found["A"]["profit"], found["A"]["margin_percentile"]) == (10, 0)
    assert (found["A"]["first_order"], found["A"]["orders"]) == (None, 0)
    assert found["B"]["margin_percentile"] == 100


def test_negative_totals_leave_core_and_head_empty() -> None:
    lines = [sold("A", AS_OF, "10"), sold("B", AS_OF, "-20")]
    found = mart(written(lines, accounts=[known("A"), known("B")]))
    assert not any(row["in_core"] or row["in_head"] for row in found.values())
    assert [row["sales_share"] for row in found.values()] == [None, None]
    assert [row["rank"] for row in found.values()] == [1, 2]


def test_two_runs_give_the_same_values_bit_for_bit() -> None:
    first, second = (repr(computed(adventure_works(), date(2013, 11, 29))) for _ in range(2))
    assert first == second


# Close together, so that ties, edges of the window and small groups are common.
DAYS = st.sampled_from(
    [AS_OF + timedelta(days=n) for n in (1, 0, -1, -30, -31, -100, -364, -365, -366, -367, -500, -731, -732, -900)]
)
CODES = st.sampled_from(["A", "B", "a", "Ä", "C1", "C10", "C2", "D", "E", "F", "G", "H", "I", "J", "K", "L"])
MONEY = st.one_of(st.integers(-3, 9).map(Decimal), st.decimals(-10, 100, places=4))


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    lines = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "source": st.sampled_from(["s", "t"]),
                    "document": st.sampled_from(["1", "2", "3"]),
                    "date": DAYS,
                    "account": st.one_of(CODES, st.none()),
                    "product": st.sampled_from(["P", "Q", "R", None]),
                    "quantity": st.none(),
                    "amount": MONEY,
                    "cost": st.one_of(st.none(), MONEY),
                }
            ),
            max_size=60,
        )
    )
    costs = draw(
        st.lists(
            st.fixed_dictionaries({"date": DAYS, "account": st.one_of(CODES, st.none()), "amount": MONEY}), max_size=8
        )
    )
    accounts = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "code": CODES,
                    "industry": st.sampled_from(["I", None, ""]),
                    "size": st.sampled_from(["S", "T"]),
                    "country": st.sampled_from(["U", "V"]),
                    "need": st.sampled_from([None, "", " ", "need"]),
                    "last_contact": st.one_of(st.none(), DAYS),
                    "potential": st.one_of(st.none(), st.none(), MONEY),
                    "room": st.sampled_from([None, None, 1.0, 2.5, 5.0]),
                    "score": st.sampled_from([None, None, 0.0, 33.75, 34.0, 67.0, 100.0]),
                    "contacts": st.integers(0, 2),
                }
            ),
            unique_by=lambda account: account["code"],
            max_size=16,
        )
    )
    return lines, costs, accounts


def compare(ledger: Ledger, found: Found, as_of: date) -> None:
    """The mart and the figures of `show pareto` and `show summary` against the oracle."""
    lines, costs, accounts = ledger
    expected = oracle.graded(lines, costs, accounts, as_of)
    assert found.accounts.keys() == expected.keys()
    for code, row in expected.items():
        same_account(found.accounts[code], row)
    same_totals(found.summary, found.accounts, lines, costs, as_of)
    same_concentration(found.pareto, expected)


def same_account(found: Row, expected: Row) -> None:
    exact = {
        "active": "active", "class": "class", "letter": "letter", "letter_basis": "letter_basis", "lines": "lines",
        "orders": "orders", "products": "products", "months_bought": "months", "first_order": "first_order",
        "last_order": "last_order", "bought_before": "before", "bought_previous": "previous", "rank": "rank",
        "in_core": "core", "in_head": "head", "potential_basis": "basis",
    }  # fmt: skip
    assert {name: found[name] for name in exact} == {name: expected[other] for name, other in exact.items()}
    money = {"sales": "sales", "sales_before": "sales_before", "profit": "profit", "potential_amount": "amount"}
    assert {name: Fraction(found[name]) for name in money} == {name: expected[other] for name, other in money.items()}
    for name in ("potential", "attractiveness"):
        assert found[name] == pytest.approx(expected[name] if expected[name] is None else float(expected[name]))
    if found["letter_basis"] == "estimated":
        assert found["score"] == pytest.approx(float(expected["estimate"]))


def same_totals(found: Row, accounts: dict[Any, Row], lines: list[Row], costs: list[Row], as_of: date) -> None:
    """Sums over all lines and over the accounts meet."""
    start = oracle.earlier(as_of, 12)
    now = [row for row in lines if start < row["date"] <= as_of]
    booked = [row for row in costs if start < row["date"] <= as_of]
    active = {row["account"] for row in now} - {None}
    assert found["lines"] == len(now)
    assert (found["accounts"], found["active"]) == (len(accounts), len(active))
    assert found["sales"] == sum(row["amount"] for row in now)
    goods = sum(row["cost"] or 0 for row in now)
    assert found["goods_cost"] == goods
    assert found["purchaser_cost"] == goods + sum(row["amount"] for row in booked if row["account"] in active)
    others = sum(row["amount"] for row in booked if row["account"] not in active and row["account"] is not None)
    assert found["non_purchaser_cost"] == others
    assert found["overhead"] == sum(row["amount"] for row in booked if row["account"] is None)
    assert found["unattributed_sales"] == sum(row["amount"] for row in now if row["account"] is None)
    assert found["sales"] == sum(row["sales"] for row in accounts.values()) + found["unattributed_sales"]
    own_profit = sum(row["profit"] for row in accounts.values())
    assert found["profit"] == own_profit + found["unattributed_sales"] - found["unattributed_goods_cost"]


def same_concentration(found: Row, expected: dict[str, Row]) -> None:
    sales = [row["sales"] for row in expected.values() if row["active"]]
    assert (Fraction(found["peak_profit"]), found["peak_accounts"]) == oracle.whale(expected)
    assert found["head_accounts"] == sum(row["head"] for row in expected.values())
    assert found["top20_accounts"] == -(-len(sales) // 5)
    assert found["unprofitable_accounts"] == sum(row["active"] and row["profit"] <= 0 for row in expected.values())
    for name, compute in (("gini", oracle.gini), ("hhi", oracle.hhi)):
        value = compute(sales)
        assert found[name] == (None if value is None else pytest.approx(float(value), abs=1e-12))


@settings(max_examples=40, deadline=None)
@given(ledger=ledgers())
def test_any_ledger_is_graded_as_the_oracle_grades_it(ledger: Ledger) -> None:
    compare(ledger, computed(written(*ledger)), AS_OF)


@pytest.mark.long
@settings(max_examples=500, deadline=None)
@given(ledger=ledgers())
def test_hundreds_of_ledgers_are_graded_as_the_oracle_grades_them(ledger: Ledger) -> None:
    compare(ledger, computed(written(*ledger)), AS_OF)


def test_a_window_that_ends_on_29_february_begins_after_28_february() -> None:
    days = [date(2023, 2, 28), date(2023, 3, 1), date(2024, 2, 29), date(2024, 3, 1), date(2022, 2, 28)]
    lines = [sold("A", day, "1") for day in days]
    found = computed(written(lines, accounts=[known("A")]), date(2024, 2, 29))
    compare((lines, [], [known("A")]), found, date(2024, 2, 29))
    row = found.accounts["A"]
    assert (row["sales"], row["sales_before"], row["bought_before"]) == (2, 1, True)


def test_schemas_of_the_written_tables_are_those_of_the_sets() -> None:
    """Otherwise the tests above would compute from other types than the readers give."""
    for table, schema in zip(tiny()[1:], (LINES, COSTS, ACCOUNTS), strict=True):
        assert ibis.Schema.from_pyarrow(schema) == table.schema()
