"""80:20: ranks, core and head, concentration, curves."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.expr.types import Table

from mainstay.core.periods import Window
from mainstay.insight import compute, pareto
from tests.grading import oracle
from tests.insight.tables import Row, adventure_works, by_code, one, rows, tiny

SCHEMA = pa.schema(
    {"code": pa.string(), "active": pa.bool_(), "sales": pa.decimal128(38, 4), "profit": pa.decimal128(38, 4)}
)


def figures(*accounts: tuple[str, Any, Any]) -> Table:
    """(code, sales, profit) of active accounts, and one that is not active and must not count."""
    made = [
        {"code": code, "active": True, "sales": Decimal(sales), "profit": Decimal(profit)}
        for code, sales, profit in accounts
    ]
    idle = {"code": "idle", "active": False, "sales": Decimal(0), "profit": Decimal(-99)}
    backend = ibis.duckdb.connect()
    backend.con.register("given", pa.Table.from_pylist([*made, idle], SCHEMA))
    backend.con.execute("CREATE TABLE figures AS FROM given")
    return backend.table("figures")


def ranked(*accounts: tuple[str, Any, Any]) -> dict[Any, Row]:
    return by_code(pareto.ranked(figures(*accounts)))


def summary(*accounts: tuple[str, Any, Any]) -> Row:
    return one(pareto.summary(figures(*accounts)))


@pytest.fixture(scope="module")
def tiny_figures() -> Table:
    tables = tiny()
    made = compute.account_figures(tables.lines, tables.costs, tables.accounts, Window(date(2024, 6, 30)))
    return tables.materialise("made", made)


def test_tiny_has_the_80_20_figures_worked_by_hand(tiny_figures: Table) -> None:
    found = one(pareto.summary(tiny_figures))
    assert (found["active"], found["top20_accounts"], found["head_accounts"]) == (5, 1, 2)
    assert found["top20_sales_share"] == pytest.approx(750.3333 / 1310.3333, rel=1e-15)
    assert round(found["top20_sales_share"], 5) == 0.57263
    assert found["head_share"] == 0.4
    assert found["unprofitable_accounts"] == 0
    assert (found["peak_profit"], found["peak_accounts"]) == (Decimal("265.3333"), 5)
    # Σ (2i − n − 1) x ÷ (n Σ x) with x = 40, 60, 160, 300, 750.3333
    assert found["gini"] == pytest.approx((-4 * 40 - 2 * 60 + 2 * 300 + 4 * 750.3333) / (5 * 1310.3333))
    squares = 40**2 + 60**2 + 160**2 + 300**2 + 750.3333**2
    assert found["hhi"] == pytest.approx(squares / 1310.3333**2)


def test_tiny_has_the_whale_curve_worked_by_hand(tiny_figures: Table) -> None:
    curve = rows(pareto.whale_curve(tiny_figures), "n")
    assert [(row["n"], row["code"], str(row["sales"]), str(row["profit"])) for row in curve] == [
        (1, "A1", "750.3333", "195.3333"),
        (2, "B1", "1050.3333", "235.3333"),
        (3, "E1", "1110.3333", "255.3333"),
        (4, "C1", "1270.3333", "261.3333"),
        (5, "D1", "1310.3333", "265.3333"),
    ]


def test_tiny_has_the_pareto_curve_in_order_of_sales(tiny_figures: Table) -> None:
    curve = rows(pareto.pareto_curve(tiny_figures), "n")
    assert [row["code"] for row in curve] == ["A1", "B1", "C1", "E1", "D1"]
    assert curve[-1]["sales"] == Decimal("1310.3333")


def test_adventure_works_has_its_published_figures() -> None:
    tables = adventure_works()
    made = compute.account_figures(tables.lines, tables.costs, tables.accounts, Window(date(2013, 11, 29)))
    found = one(pareto.summary(tables.materialise("made", made)))
    assert (found["active"], found["top20_accounts"], found["head_accounts"]) == (493, 99, 148)
    assert round(found["top20_sales_share"], 5) == 0.62536
    assert found["unprofitable_accounts"] == 316
    assert (found["peak_profit"], found["peak_accounts"]) == (Decimal("790548.1772"), 177)
    assert found["top20_profit_share"] is None


def test_ties_are_ranked_by_code_byte_by_byte() -> None:
    found = ranked(("b", 5, 1), ("B", 5, 1), ("Ä", 5, 1), ("A10", 5, 1), ("A2", 5, 1))
    order = sorted((row["rank"], code) for code, row in found.items() if row["rank"])
    assert [code for _rank, code in order] == ["A10", "A2", "B", "b", "Ä"]
    assert found["idle"]["rank"] is None


def test_core_and_head_are_the_smallest_sets_that_reach_their_shares() -> None:
    found = ranked(("A", 50, 0), ("B", 30, 0), ("C", 20, 0))
    assert [code for code, row in found.items() if row["in_core"]] == ["A"]
    assert [code for code, row in found.items() if row["in_head"]] == ["A", "B"]
    found = ranked(("A", "49.9999", 0), ("B", "30.0001", 0), ("C", 20, 0))
    assert [code for code, row in found.items() if row["in_core"]] == ["A", "B"]


@pytest.mark.parametrize(("count", "top"), [(1, 1), (4, 1), (5, 1), (6, 2), (10, 2), (11, 3)])
def test_the_top_20_percent_are_rounded_up(count: int, top: int) -> None:
    assert summary(*((f"A{n:02}", n, 0) for n in range(count)))["top20_accounts"] == top


def test_without_active_accounts_counts_are_zero_and_shares_null() -> None:
    found = summary()
    counts = ("active", "top20_accounts", "head_accounts", "unprofitable_accounts", "peak_accounts", "peak_profit")
    assert [found[name] for name in counts] == [0] * 6
    assert [found[name] for name in ("top20_sales_share", "top20_profit_share", "head_share", "gini", "hhi")] == [
        None
    ] * 5
    assert rows(pareto.whale_curve(figures())) == []


def test_a_total_that_is_not_positive_leaves_shares_and_indices_null() -> None:
    found = summary(("A", 5, 5), ("B", -5, -6))
    assert [found[name] for name in ("top20_sales_share", "top20_profit_share", "gini", "hhi")] == [None] * 4
    assert (found["head_accounts"], found["head_share"]) == (0, 0)


def test_a_negative_value_leaves_only_gini_null() -> None:
    found = summary(("A", 10, 1), ("B", -5, 1))
    assert found["gini"] is None
    assert found["hhi"] == 5
    assert found["top20_sales_share"] == 2


def test_one_account_holds_everything() -> None:
    found = summary(("A", 7, 3))
    assert (found["gini"], found["hhi"], found["head_share"], found["top20_profit_share"]) == (0, 1, 1, 1)


def test_the_peak_is_the_first_of_equal_tops_and_may_be_the_beginning() -> None:
    assert (summary(("A", 1, 4), ("B", 1, 0))["peak_accounts"]) == 1
    found = summary(("A", 1, -4), ("B", 1, 0))
    assert (found["peak_profit"], found["peak_accounts"], found["unprofitable_accounts"]) == (0, 0, 2)


def test_a_part_of_the_accounts_is_ranked_anew(tiny_figures: Table) -> None:
    """What somebody sees is computed over the accounts he may see."""
    part = tiny_figures.filter(tiny_figures.code.isin(["C1", "D1", "F1"]))
    found = one(pareto.summary(part))
    assert (found["active"], found["top20_accounts"], found["head_accounts"]) == (2, 1, 1)
    assert found["top20_sales_share"] == 0.8
    assert found["peak_profit"] == 10


MONEY = st.one_of(st.integers(-2, 5).map(Decimal), st.decimals(0, 10**9, places=4))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(MONEY, MONEY), max_size=25))
def test_gini_hhi_and_peak_are_those_of_brute_force(values: list[tuple[Decimal, Decimal]]) -> None:
    accounts = [(f"A{n}", sales, profit) for n, (sales, profit) in enumerate(values)]
    table = figures(*accounts)
    found = one(pareto.summary(table))
    sales = [Fraction(value) for value, _profit in values]
    for name, compute_it in (("gini", oracle.gini), ("hhi", oracle.hhi)):
        expected = compute_it(sales)
        assert found[name] == (None if expected is None else pytest.approx(float(expected), rel=1e-12, abs=1e-12))
    mart = {code: {"code": code, "active": True, "profit": Fraction(profit)} for code, _sales, profit in accounts}
    assert (Fraction(found["peak_profit"]), found["peak_accounts"]) == oracle.whale(mart)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(MONEY, MONEY), min_size=1, max_size=25))
def test_both_curves_end_at_the_totals(values: list[tuple[Decimal, Decimal]]) -> None:
    table = figures(*((f"A{n}", sales, profit) for n, (sales, profit) in enumerate(values)))
    totals = (len(values), sum(sales for sales, _profit in values), sum(profit for _sales, profit in values))
    for curve in (pareto.pareto_curve(table), pareto.whale_curve(table)):
        last = rows(curve, "n")[-1]
        assert (last["n"], last["sales"], last["profit"]) == totals
