"""grading.marts: what pages read of the Parquet of a refresh."""

from datetime import date
from decimal import Decimal
from threading import Thread

import duckdb
import pyarrow as pa
import pytest

from mainstay.accounts.models import Account
from mainstay.grading.marts import curves, purchases
from mainstay.grading.marts.windows import window_months
from mainstay.grading.models import Refresh
from mainstay.nightly.refresh import refresh
from tests.factories import make_account
from tests.ledgers import DEMO, TINY_DAY, adventureworks_ledger, sales_batch, tiny_ledger

pytestmark = pytest.mark.django_db

WINDOW = "date > DATE '2012-11-29' AND date <= DATE '2013-11-29'"


@pytest.fixture
def tiny() -> Refresh:
    tiny_ledger()
    return refresh(as_of=TINY_DAY)


@pytest.fixture
def company() -> Refresh:
    adventureworks_ledger()
    return refresh()


def _codes(*codes: str) -> pa.Table:
    return pa.table({"code": pa.array(codes, pa.string())})


def test_the_whale_curve_is_as_worked_out_by_hand(tiny: Refresh) -> None:
    points = curves.curve(tiny, "whale")
    assert [(point.n, point.code, point.profit) for point in points] == [
        (0, "", Decimal(0)),
        (1, "A1", Decimal("195.3333")),
        (2, "B1", Decimal("235.3333")),
        (3, "E1", Decimal("255.3333")),
        (4, "C1", Decimal("261.3333")),
        (5, "D1", Decimal("265.3333")),
    ]
    assert points[-1].sales == Decimal("1310.3333")


def test_the_pareto_curve_is_as_worked_out_by_hand(tiny: Refresh) -> None:
    points = curves.curve(tiny, "pareto")
    assert [(point.code, point.sales) for point in points[1:]] == [
        ("A1", Decimal("750.3333")),
        ("B1", Decimal("1050.3333")),
        ("C1", Decimal("1210.3333")),
        ("E1", Decimal("1270.3333")),
        ("D1", Decimal("1310.3333")),
    ]


def test_a_part_has_its_own_curve_shares_and_groups(tiny: Refresh) -> None:
    part = _codes("B1", "C1", "F1")
    assert [(point.n, point.code, point.sales, point.profit) for point in curves.curve(tiny, "whale", part)[1:]] == [
        (1, "B1", Decimal(300), Decimal(40)),
        (2, "C1", Decimal(460), Decimal(46)),
    ]
    shares = curves.shares(tiny, part)
    assert set(shares) == set(tiny.pareto)
    # 80% of 460 is 368: both make the head; ceil(0.2 × 2) is one account.
    assert (shares["head_accounts"], shares["head_share"], shares["top20_accounts"]) == (2, 1.0, 1)
    assert shares["top20_sales_share"] == pytest.approx(300 / 460)
    assert (shares["peak_profit"], shares["peak_accounts"]) == ("46.0000", 2)
    groups = curves.groups(tiny, part)
    assert [member.code for member in groups.head.members] == ["B1", "C1"]
    assert (groups.middle.accounts, groups.tail.accounts, groups.tail.profit) == (0, 0, Decimal(0))


def test_the_whole_as_a_part_is_the_whole(company: Refresh) -> None:
    codes = _codes(*Account.objects.values_list("code", flat=True))
    assert curves.curve(company, "pareto", codes) == curves.curve(company, "pareto")
    assert curves.curve(company, "whale", codes) == curves.curve(company, "whale")
    shares = curves.shares(company, codes)
    assert {name: pytest.approx(told) if isinstance(told, float) else told for name, told in shares.items()} == (
        curves.shares(company)
    )
    assert curves.groups(company, codes) == curves.groups(company)


def test_totals_of_a_part_leave_out_what_belongs_to_nobody(tiny: Refresh) -> None:
    assert curves.totals(tiny) == tiny.summary
    assert curves.totals(tiny, _codes("A1", "B1", "F1")) == {
        "as_of": "2024-06-30",
        "window_start": "2023-07-01",
        "lines": 5,
        "accounts": 3,
        "active": 2,
        "sales": "1050.3333",
        "goods_cost": "760.0000",
        "purchaser_cost": "815.0000",
        "non_purchaser_cost": "45.0000",
        "profit": "190.3333",
        "overhead": None,
        "profit_after_overhead": None,
        "unattributed_sales": None,
        "currency": "",
        # K1, K2 and K4 of the cost file
        "booked_cost": "100.0000",
        "costs": dict.fromkeys(("goods", "rebate", "finance", "other"), "0.0000")
        | {"delivery": "25.0000", "service": "30.0000", "selling": "45.0000"},
        "overhead_costs": None,
        "difference": None,
        "modelled_cost": None,
        "modelled_cost_unallocated": None,
        "profit_after_model": None,
        "overhead_in_model": None,
        "profit_after_model_and_overhead": None,
        "model": None,
    }
    nothing = curves.totals(tiny, _codes())
    assert (nothing["accounts"], nothing["sales"], nothing["profit"]) == (0, "0.0000", "0.0000")


def test_a_thinned_curve_keeps_the_points_that_matter(company: Refresh) -> None:
    whole = {point.n: point for point in curves.curve(company, "whale")}
    peak, head = company.pareto["peak_accounts"], company.pareto["head_accounts"]
    thin = curves.thinned_curve(company, "whale", keep=(peak, head), points=50)
    assert 50 <= len(thin) <= 55
    assert {0, 493, peak, head} <= {point.n for point in thin}
    assert all(whole[point.n] == point for point in thin)
    assert whole[peak].profit == Decimal("790548.1772")
    assert whole[493].profit == max(whole.values(), key=lambda point: point.n).profit
    assert len(curves.thinned_curve(company, "whale")) == 494
    assert [point.n for point in curves.thinned_curve(company, "pareto", _codes())] == [0]


def test_groups_are_those_of_a_query_of_their_own(company: Refresh) -> None:
    groups = curves.groups(company, limit=3)
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            CREATE TABLE bought AS
            WITH lines AS (SELECT account AS code, sum(amount) AS sales, sum(cost) AS goods
                FROM '{DEMO}/sales.parquet' WHERE {WINDOW} GROUP BY account),
            spent AS (SELECT account AS code, sum(amount::DECIMAL(18,4)) AS cost
                FROM read_csv('{DEMO}/costs.csv', all_varchar=true, header=true)
                WHERE date::DATE > DATE '2012-11-29' AND date::DATE <= DATE '2013-11-29' GROUP BY account)
            SELECT code, sales, sales - goods - coalesce(cost, 0) AS profit FROM lines LEFT JOIN spent USING (code)
            """
        )
        tail = connection.execute(
            "SELECT count(*), sum(sales)::DECIMAL(18,4), sum(profit)::DECIMAL(18,4) FROM bought WHERE profit <= 0"
        ).fetchall()
        worst = connection.execute("SELECT code FROM bought ORDER BY profit, code LIMIT 3").fetchall()
        largest = connection.execute("SELECT code FROM bought ORDER BY sales DESC, code LIMIT 3").fetchall()
    assert [(groups.tail.accounts, groups.tail.sales, groups.tail.profit)] == tail
    assert [(member.code,) for member in groups.tail.members] == worst
    assert [(member.code,) for member in groups.head.members] == largest
    assert groups.tail.accounts == company.pareto["unprofitable_accounts"]
    assert groups.head.accounts == company.pareto["head_accounts"]


def test_months_of_an_account_are_those_of_the_two_windows(tiny: Refresh) -> None:
    def told(code: str) -> list[tuple[object, ...]]:
        return [(row.month, row.before, row.sales, row.goods_cost, row.lines) for row in window_months(tiny, code)]

    assert [row for row in told("A1") if not row[1]] == [
        (date(2024, 1, 1), False, Decimal(700), Decimal(490), 2),
        (date(2024, 6, 1), False, Decimal("50.3333"), Decimal(40), 1),
    ]
    assert [(before, sales) for _month, before, sales, _cost, _lines in told("A1") if before] == [(True, Decimal(60))]
    assert told("F1") == []
    # S13 lies after the as-of date.
    assert told("B1") == [(date(2024, 2, 1), False, Decimal(300), Decimal(230), 2)]


def test_products_bought_in_the_window_and_before(tiny: Refresh) -> None:
    found = purchases.assortment(tiny, "A1")
    assert found.bought.rows == [
        purchases.Bought(
            product="P1",
            sales=Decimal("650.3333"),
            profit=Decimal("210.3333"),
            quantity=Decimal(11),
            sales_before=Decimal(60),
            quantity_before=Decimal(1),
        ),
        purchases.Bought(
            product="P2",
            sales=Decimal(100),
            profit=Decimal(10),
            quantity=Decimal(5),
            sales_before=Decimal(0),
            quantity_before=None,
        ),
    ]
    sums = (found.bought.count, found.bought.sales, found.bought.profit, found.bought.sales_before)
    assert sums == (2, Decimal("750.3333"), Decimal("220.3333"), Decimal(60))
    assert (found.lost.count, found.lost.rows, found.lost.sales) == (0, [], 0)
    few = purchases.assortment(tiny, "A1", limit=1)
    assert ([row.product for row in few.bought.rows], few.bought.count) == (["P1"], 2)
    # G1 bought before the window before: nothing to show.
    assert purchases.assortment(tiny, "G1").bought.rows == []


def test_a_product_of_the_window_before_alone_is_lost() -> None:
    make_account("A1")
    sales_batch(
        "SELECT 'S1' AS document, DATE '2024-06-10' AS date, 'A1' AS account, 'NEW' AS product, 0 AS amount "
        "UNION ALL SELECT 'S2', DATE '2023-03-10', 'A1', 'OLD', 7"
    )
    found = purchases.assortment(refresh(as_of=TINY_DAY), "A1")
    assert [row.product for row in found.bought.rows] == ["NEW"]
    assert [(row.product, row.sales_before) for row in found.lost.rows] == [("OLD", Decimal(7))]
    assert found.lost.sales_before == 7


def test_products_that_others_buy(tiny: Refresh) -> None:
    """No industry has ten buyers, so all accounts count: P1 has A1, B1, E1; P2 has A1, C1, D1; P3 has B1."""
    assert purchases.not_bought(tiny, "F1") == [
        purchases.NotBought("P1", 1),
        purchases.NotBought("P2", 2),
        purchases.NotBought("P3", 3),
    ]
    assert purchases.not_bought(tiny, "A1") == [purchases.NotBought("P3", 3)]
    assert purchases.not_bought(tiny, "F1", limit=1) == [purchases.NotBought("P1", 1)]


def test_an_industry_with_ten_buyers_speaks_for_itself() -> None:
    for index in range(12):
        make_account(f"N{index:02}", industry="Food" if index < 11 else "Steel")
    sales_batch(
        "SELECT 'S' || i AS document, DATE '2024-01-10' AS date, 'N' || lpad(i::VARCHAR, 2, '0') AS account, "
        "'P' || (i % 3) AS product, 5 AS amount FROM range(10) t(i) "
        "UNION ALL SELECT 'X', DATE '2024-01-10', 'N11', 'P9', 5"
    )
    done = refresh()
    assert [told.product for told in purchases.not_bought(done, "N10")] == ["P0", "P1", "P2"]
    assert [told.product for told in purchases.not_bought(done, "N11")] == ["P0", "P1", "P2"]
    assert [told.product for told in purchases.not_bought(done, "N00")] == ["P1", "P2"]


def test_a_line_without_product_is_in_the_products_total() -> None:
    make_account("A1")
    sales_batch("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 'A1' AS account, 5 AS amount")
    done = refresh()
    assert [(told.product, told.sales) for told in purchases.assortment(done, "A1").bought.rows] == [(None, Decimal(5))]


def test_many_readers_at_once_take_turns(tiny: Refresh) -> None:
    found: list[int] = []
    threads = [Thread(target=lambda: found.append(len(curves.curve(tiny, "whale")))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [6] * 20
