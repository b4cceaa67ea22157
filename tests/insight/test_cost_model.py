"""The cost model: worked out by hand on the tiny set, by plain SQL on Adventure Works, and for any ledger at all."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.expr.types import Table

from mainstay.core.errors import Refused
from mainstay.core.periods import Window
from mainstay.insight import modelled
from mainstay.insight.cost_model import Activity, CostModel, Piece, Pool, pieces
from tests.insight.tables import Row, Tables, adventure_works, rows, sold, spent, tiny, written

WINDOW = Window(date(2024, 6, 30))
Shares = dict[tuple[str | None, int], tuple[Decimal, Decimal]]


def money(text: str) -> Decimal:
    return Decimal(text)


def effort_of(tables: Tables, done: Sequence[tuple[str | None, date, int]]) -> Table:
    names = ("account", "day", "minutes")
    given = [dict(zip(names, one, strict=True)) for one in done]
    schema = pa.schema({"account": pa.string(), "day": pa.date32(), "minutes": pa.int64()})
    tables.backend.con.register("given_effort", pa.Table.from_pylist(given, schema))
    tables.backend.con.execute("CREATE TABLE effort AS FROM given_effort")
    return tables.backend.table("effort")


def charged(
    tables: Tables,
    found: Sequence[Piece],
    *,
    window: Window = WINDOW,
    effort: Sequence[tuple[str | None, date, int]] = (),
) -> tuple[list[modelled.Part], Shares, dict[str, int]]:
    """The parts, (account, place) → (quantity, cost), and what each pool holds in ten-thousandths."""
    model = modelled.computed(tables.lines, tables.costs, effort_of(tables, effort), found, window, tables.materialise)
    shares = {(row["account"], row["place"]): (row["quantity"], row["cost"]) for row in rows(model.shares, "")}
    (pools,) = rows(model.pools, "")
    return model.parts, shares, pools


def whole(model: CostModel, window: Window = WINDOW) -> list[Piece]:
    return pieces([(1, "M", window.first_day, model)], window)


HAND = CostModel(
    capacity_rate=money("0.80"),
    activities={
        "order": Activity(minutes=money("12.5")),
        "line": Activity(rate=money("1.50")),
        "return": Activity(rate=money("20")),
        "delivery": Activity(rate=money("4")),
        "visit_minute": Activity(minutes=money("1")),
    },
    pools=(
        Pool("Administration", "orders", amount=money("120")),
        Pool("Overhead", "sales"),
    ),
)


def test_tiny_is_costed_as_worked_out_by_hand() -> None:
    """Window 2023-07-01 to 2024-06-30.

    Orders: A1 S1, S12; B1 S2, S3; C1 S4; D1 S6; E1 S9; nobody S8: eight, 12.5 × 0.80 = 10 each. Returns: C1 S5, E1 S7.
    Lines: A1 3, B1 2, C1 2, D1 1, E1 2, nobody 1. Deliveries as orders, each document having one day. 30 minutes with
    F1, 0.80 each. Administration, 120 a year in twelve whole months, by orders: 15 each. Overhead 100 by sales above
    zero: 750.3333 of 1,370.3333 and so on, rounded down the codes.
    """
    parts, shares, pools = charged(tiny(), whole(HAND), effort=[("F1", date(2024, 1, 5), 30), ("F1", WINDOW.after, 99)])
    assert [part.activity for part in parts] == ["order", "line", "return", "delivery", "visit_minute", "pool", "pool"]
    by_part = [
        {account: values[1] for (account, at), values in shares.items() if at == place} for place in range(len(parts))
    ]
    assert by_part[0] == {"A1": 20, "B1": 20, "C1": 10, "D1": 10, "E1": 10, None: 10}
    assert by_part[1] == {
        "A1": money("4.5"), "B1": 3, "C1": 3, "D1": money("1.5"), "E1": 3, None: money("1.5")
    }  # fmt: skip
    assert by_part[2] == {"C1": 20, "E1": 20}
    assert by_part[3] == {"A1": 8, "B1": 8, "C1": 4, "D1": 4, "E1": 4, None: 4}
    assert by_part[4] == {"F1": 24}
    assert by_part[5] == {"A1": 30, "B1": 30, "C1": 15, "D1": 15, "E1": 15, None: 15}
    exact = {"A1": 750.3333, "B1": 300, "C1": 160, "D1": 40, "E1": 60, None: 60}
    assert {account: round(float(cost), 2) for account, cost in by_part[6].items()} == {
        account: round(100 * sales / 1370.3333, 2) for account, sales in exact.items()
    }
    assert sum(by_part[6].values()) == 100
    assert (pools["pool_5"], pools["pool_6"]) == (1_200_000, 1_000_000)


def test_each_day_counts_to_the_version_that_holds_on_it() -> None:
    """From 2024-03-01 a line costs 5, before 2; S10 of A1 lies before the window."""
    first = CostModel(activities={"line": Activity(rate=money("2"))}, pools=(Pool("P", "lines", money("12")),))
    second = CostModel(activities={"line": Activity(rate=money("5"))})
    found = pieces([(2, "B", date(2024, 3, 1), second), (1, "A", date(2020, 1, 1), first)], WINDOW)
    days = [(piece.name, piece.first, piece.last) for piece in found]
    assert days == [("A", WINDOW.first_day, date(2024, 2, 29)), ("B", date(2024, 3, 1), WINDOW.as_of)]
    parts, shares, _pools = charged(tiny(), found)
    lines = {(account, parts[at].piece): cost for (account, at), (_n, cost) in shares.items() if not parts[at].pool}
    assert lines == {
        ("A1", 0): 4, ("B1", 0): 4, ("E1", 0): 2, ("A1", 1): 5, ("C1", 1): 10, ("D1", 1): 5, ("E1", 1): 5, (None, 1): 5
    }  # fmt: skip
    # Eight of twelve months of 12 a year, by the five lines of those days.
    pool = {account: cost for (account, at), (_n, cost) in shares.items() if parts[at].pool}
    assert pool == {"A1": money("3.2"), "B1": money("3.2"), "E1": money("1.6")}


def test_days_before_the_first_version_cost_nothing() -> None:
    model = CostModel(activities={"order": Activity(rate=money("1"))})
    found = pieces([(1, "A", date(2024, 4, 1), model), (2, "later", date(2024, 7, 1), model)], WINDOW)
    assert [(piece.first, piece.last) for piece in found] == [(date(2024, 4, 1), WINDOW.as_of)]
    _parts, shares, _pools = charged(tiny(), found)
    assert {account: cost for (account, _at), (_n, cost) in shares.items()} == {"A1": 1, "D1": 1, None: 1}


def test_of_versions_that_begin_on_one_day_the_last_holds() -> None:
    one, other = CostModel(), CostModel(capacity_rate=money("1"))
    found = pieces([(1, "A", date(2024, 1, 1), one), (2, "B", date(2024, 1, 1), other)], WINDOW)
    assert [(piece.version, piece.first) for piece in found] == [(2, date(2024, 1, 1))]
    assert pieces([], WINDOW) == []


@pytest.mark.parametrize(
    ("first", "last", "per", "amount"),
    [
        (date(2023, 7, 1), date(2024, 6, 30), "year", "1200.0000"),
        (date(2012, 11, 30), date(2013, 11, 29), "year", "1200.0000"),
        (date(2024, 2, 1), date(2024, 2, 29), "month", "1200.0000"),
        (date(2024, 2, 15), date(2024, 2, 15), "month", "41.3793"),
        (date(2024, 1, 31), date(2024, 3, 1), "month", "1277.4194"),
        (date(2024, 2, 15), date(2024, 2, 15), "year", "3.4483"),
    ],
)
def test_a_fixed_pool_is_spread_over_the_days_of_each_month(first: date, last: date, per: str, amount: str) -> None:
    pool = Pool("P", "sales", amount=money("1200"), per=per)
    assert Piece(CostModel(pools=(pool,)), first, last).amount(pool) == money(amount)


def test_a_pool_that_nothing_drives_stays_unallocated() -> None:
    model = CostModel(
        pools=(Pool("P", "sales", amount=money("12")), Pool("Q", "orders"), Pool("R", "lines", money("0")))
    )
    tables = written([sold("A", WINDOW.as_of, "-5")], [spent(None, WINDOW.as_of, "-3")])
    _parts, shares, _pools = charged(tables, whole(model))
    found = {key: cost for key, (_n, cost) in shares.items() if cost}
    assert found == {(None, 0): 12, (None, 1): -3}


def test_kinds_of_overhead_go_to_the_pool_that_names_them() -> None:
    day = WINDOW.as_of
    costs = [spent(None, day, "10", "service"), spent(None, day, "5", "other"), spent(None, day, "2", None)]
    costs += [
        spent(None, day, "1", "odd"),
        spent("A", day, "99", "service"),
        spent(None, WINDOW.after, "50", "service"),
    ]
    model = CostModel(pools=(Pool("S", "orders", kind="service"), Pool("O", "orders", kind="other")))
    _parts, shares, _pools = charged(written([sold("A", day, "1")], costs), whole(model))
    assert {key: cost for key, (_n, cost) in shares.items()} == {("A", 0): 10, ("A", 1): 8}


def test_a_document_over_two_days_is_one_order_and_two_deliveries() -> None:
    day, before = WINDOW.as_of, WINDOW.as_of - timedelta(days=1)
    both = {"document": "D"}
    lines = [sold("A", before, "1", **both), sold("A", day, "2", **both), sold("A", day, "-1", **both)]
    rates = {name: Activity(rate=money("1")) for name in ("order", "line", "return", "delivery")}
    _parts, shares, _pools = charged(written(lines), whole(CostModel(activities=rates)))
    assert [shares["A", place][0] for place in range(4)] == [1, 3, 1, 2]


def test_adventure_works_is_costed_as_sql_by_hand_costs_it() -> None:
    tables, window = adventure_works(), Window(date(2013, 11, 29))
    second = date(2013, 5, 1)
    one = CostModel(activities={"order": Activity(rate=money("31.25")), "line": Activity(rate=money("0.4"))})
    other = CostModel(
        activities={"order": Activity(rate=money("40")), "delivery": Activity(rate=money("7.7777"))},
        pools=(Pool("P", "sales", amount=money("900000")), Pool("Q", "lines", amount=money("10000.0001"), per="month")),
    )
    found = pieces([(1, "A", date(2010, 1, 1), one), (2, "B", second, other)], window)
    parts, shares, _pools = charged(tables, found, window=window)
    assert len(parts) == 6
    mine: dict[str, Decimal] = {}
    for (account, _at), (_n, cost) in shares.items():
        mine[account] = mine.get(account, Decimal(0)) + cost
    # May to October whole, and 29 of November's 30 days.
    months = Fraction(6) + Fraction(29, 30)
    p, q = (round(months * Fraction(amount) * 10_000) for amount in (Fraction(900_000, 12), Fraction("10000.0001")))
    by_hand = tables.backend.con.execute(
        """
        WITH w AS (SELECT * FROM lines WHERE date > DATE '2012-11-29' AND date <= DATE '2013-11-29'),
        o AS (SELECT account, document, min(date) AS day FROM w WHERE amount > 0 GROUP BY ALL),
        orders AS (SELECT account, sum(CASE WHEN day >= $second THEN 40 ELSE 31.25 END) AS cost FROM o GROUP BY ALL),
        counted AS (SELECT account, count(*) FILTER (date < $second) * 0.4
            + count(DISTINCT (document, date)) FILTER (amount > 0 AND date >= $second) * 7.7777 AS cost,
            count(*) FILTER (date >= $second) AS n, greatest(sum(amount) FILTER (date >= $second), 0) AS s
            FROM w GROUP BY account),
        pooled AS (SELECT account, cost, coalesce(
            $p::DOUBLE / 10000 * s::DOUBLE / (sum(s) OVER ())::DOUBLE + $q::DOUBLE / 10000 * n / sum(n) OVER (), 0)
            AS share
            FROM counted)
        SELECT account, coalesce(o.cost, 0) + p.cost, share FROM pooled p LEFT JOIN orders o USING (account)
        """,
        {"second": second, "p": p, "q": q},
    ).fetchall()
    assert len(by_hand) == len(mine) > 490
    for account, cost, share in by_hand:
        assert float(mine[account]) == pytest.approx(float(cost) + share, abs=2e-4), account
    assert sum(shares[key][1] for key in shares if parts[key[1]].pool) == Decimal(p + q) / 10_000


DAYS = st.sampled_from([WINDOW.as_of - timedelta(days=n) for n in (-1, 0, 1, 30, 31, 200, 365, 366, 367)])
CODES = st.sampled_from(["A", "B", "a", "Ä", "C1", None])
AMOUNTS = st.decimals(-100, 1000, places=4)
LINES = st.lists(
    st.fixed_dictionaries(
        {
            "source": st.just("s"),
            "document": st.sampled_from(["1", "2", "3"]),
            "date": DAYS,
            "account": CODES,
            "product": st.none(),
            "quantity": st.none(),
            "amount": AMOUNTS,
            "cost": st.none(),
        }
    ),
    max_size=25,
)
COSTS = st.lists(
    st.fixed_dictionaries(
        {"date": DAYS, "account": CODES, "kind": st.sampled_from(["service", "other", None, "odd"]), "amount": AMOUNTS}
    ),
    max_size=8,
)
RATES = st.decimals(0, 1000, places=4).map(lambda value: Activity(rate=value))
POOLS = st.builds(
    Pool,
    name=st.just("P"),
    by=st.sampled_from(["sales", "orders", "lines"]),
    amount=st.one_of(st.none(), st.decimals(0, 10**9, places=4)),
    per=st.sampled_from(["year", "month"]),
)
MODELS = st.builds(
    CostModel,
    activities=st.dictionaries(st.sampled_from(["order", "line", "return", "delivery"]), RATES),
    pools=st.lists(POOLS, max_size=1).map(tuple),
)


@settings(max_examples=8, deadline=None)
@given(lines=LINES, costs=COSTS, one=MODELS, other=MODELS, begin=DAYS)
def test_parts_add_up_and_pools_are_shared_out(
    lines: list[Row], costs: list[Row], one: CostModel, other: CostModel, begin: date
) -> None:
    parts_add_up(lines, costs, one, other, begin)


@pytest.mark.long
@settings(max_examples=200, deadline=None)
@given(lines=LINES, costs=COSTS, one=MODELS, other=MODELS, begin=DAYS)
def test_parts_of_hundreds_of_ledgers_add_up(
    lines: list[Row], costs: list[Row], one: CostModel, other: CostModel, begin: date
) -> None:
    parts_add_up(lines, costs, one, other, begin)


def parts_add_up(lines: list[Row], costs: list[Row], one: CostModel, other: CostModel, begin: date) -> None:
    """Each activity is its quantity × its rate; the shares of a pool are the pool, each within one ten-thousandth."""
    found = pieces([(1, "A", date(2000, 1, 1), one), (2, "B", begin, other)], WINDOW)
    parts, shares, pools = charged(written(lines, costs), found)
    for part in parts:
        here = {account: values for (account, at), values in shares.items() if at == part.place}
        if part.rate is not None:
            assert all(cost == quantity * part.rate for quantity, cost in here.values())
            continue
        amount = Decimal(pools[f"pool_{part.place}"] or 0) / 10_000
        assert sum((cost for _n, cost in here.values()), Decimal(0)) == amount
        driving = sum((quantity for quantity, _cost in here.values()), Decimal(0))
        for quantity, cost in here.values():
            if driving:
                assert abs(Fraction(cost) - Fraction(amount) * Fraction(quantity) / Fraction(driving)) <= Fraction(
                    2, 10_000
                )
            else:
                assert cost == amount
    _counts_meet(lines, found, parts, shares)


def _counts_meet(lines: list[Row], found: list[Piece], parts: list[modelled.Part], shares: Shares) -> None:
    for part in parts:
        if part.activity == "line":
            piece = found[part.piece]
            told = sum((n for (_a, at), (n, _c) in shares.items() if at == part.place), Decimal(0))
            assert told == sum(piece.first <= row["date"] <= piece.last for row in lines)


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        ({"activity": {}}, "knows no “activity”"),
        ({"activities": []}, "Activities are a table"),
        ({"activities": {"call": {"rate": "1"}}}, "no activity “call”"),
        ({"activities": {"order": {"rate": "1", "minutes": "2"}}}, "either a rate or minutes"),
        ({"activities": {"order": {}}}, "either a rate or minutes"),
        ({"activities": {"order": {"minutes": "2"}}}, "what a minute of capacity costs"),
        ({"activities": {"order": {"rate": "much"}}}, "needs an amount"),
        ({"activities": {"order": {"rate": "-1"}}}, "must be from 0"),
        ({"activities": {"order": {"rate": "0.00001"}}}, "four decimals"),
        ({"activities": {"order": {"rate": "NaN"}}}, "needs an amount"),
        ({"capacity_rate": True}, "needs an amount"),
        ({"capacity_rate": "1_0"}, "needs an amount"),
        ({"pools": [{"name": "P", "by": "weight", "amount": "1"}]}, "“weight” is none of"),
        ({"pools": [{"name": "P", "by": "sales", "amount": "1", "per": "week"}]}, "“week” is none of"),
        ({"pools": [{"name": "P", "by": "sales"}]}, "needs an amount"),
        ({"pools": [{"name": "", "by": "sales", "amount": "1"}]}, "needs a name"),
        ({"pools": [{"name": "P", "by": "sales", "amount": "1", "kind": "service"}]}, "amount of its own"),
        ({"pools": [{"name": "P", "by": "sales", "amount": "1"}] * 2}, "Two pools are called"),
        ({"pools": [{"name": n, "by": "sales", "amount": "booked"} for n in "PQ"]}, "the same booked overhead"),
    ],
)
def test_a_model_that_makes_no_sense_is_refused(content: dict[str, Any], wrong: str) -> None:
    with pytest.raises(Refused, match=wrong):
        CostModel.from_dict(content)


def test_what_it_tells_it_understands() -> None:
    assert CostModel.from_dict(HAND.to_dict()) == HAND
    assert HAND.rate("order") == money("10.0000")
    assert CostModel().to_dict() == {}


def test_effort_has_a_place_and_is_empty() -> None:
    from mainstay.nightly.effort_taken import effort_taken

    assert effort_taken().schema() == modelled.EFFORT
    assert ibis.duckdb.connect().to_pyarrow(effort_taken()).num_rows == 0
