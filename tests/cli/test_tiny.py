"""The set worked out by hand, by command line from its files to every figure (tests/data/tiny/expected.md)."""

import csv
import io

import pytest

from mainstay.cli import records
from mainstay.grading.selectors import refresh_of
from tests.cli.shell import run, told
from tests.ledgers import TINY

pytestmark = pytest.mark.django_db

ACCOUNT_KEYS = [
    *("code", "name", "cell", "class", "held_class", "letter", "letter_basis", "score", "attractiveness", "potential"),
    *("potential_basis", "state", "rung", "sales", "profit", "rank", "sales_share", "first_order", "last_order"),
    *("orders", "products", "reasons", "strategy", "target"),
    *("goods_cost", "booked_cost", "costs", "modelled_cost", "profit_after_model", "model"),
]
MODEL_KEYS = (
    *("modelled_cost", "modelled_cost_unallocated", "profit_after_model", "overhead_in_model"),
    *("profit_after_model_and_overhead", "model"),
)


def _kinds(**given: str) -> dict[str, str]:
    kinds = ("goods", "service", "delivery", "rebate", "selling", "finance", "other")
    return dict.fromkeys(kinds, "0.0000") | given


@pytest.fixture
def graded() -> None:
    for kind in ("accounts", "sales", "costs"):
        run("import", kind, TINY / f"{kind}.csv")
    run("refresh", "--as-of", "2024-06-30")


@pytest.mark.usefixtures("graded")
def test_the_summary() -> None:
    assert told("show", "summary") == {
        "as_of": "2024-06-30",
        "window_start": "2023-07-01",
        "lines": 11,
        "accounts": 7,
        "active": 5,
        "sales": "1370.3333",
        "goods_cost": "1020.0000",
        "purchaser_cost": "1085.0000",
        "non_purchaser_cost": "60.0000",
        "profit": "225.3333",
        "overhead": "100.0000",
        "profit_after_overhead": "125.3333",
        "unattributed_sales": "60.0000",
        "currency": "",
        "booked_cost": "125.0000",
        "costs": _kinds(service="30.0000", delivery="25.0000", rebate="10.0000", selling="60.0000"),
        "overhead_costs": _kinds(other="100.0000"),
        "difference": "0.0000",
        **dict.fromkeys(MODEL_KEYS),
    }


@pytest.mark.usefixtures("graded")
def test_the_shares_and_the_whale_curve() -> None:
    found = told("show", "pareto")
    assert found.pop("curve") == [
        [0, 0, 0],
        [1, "750.3333", "195.3333"],
        [2, "1050.3333", "235.3333"],
        [3, "1110.3333", "255.3333"],
        [4, "1270.3333", "261.3333"],
        [5, "1310.3333", "265.3333"],
    ]
    sales = [40, 60, 160, 300, 750.3333]
    differences = sum(abs(one - other) for one in sales for other in sales)
    assert found == {
        "top20_accounts": 1,
        "top20_sales_share": pytest.approx(750.3333 / 1310.3333),
        "top20_profit_share": pytest.approx(195.3333 / 265.3333),
        "head_accounts": 2,
        "head_share": 0.4,
        "gini": pytest.approx(differences / (2 * 5 * 1310.3333)),
        "hhi": pytest.approx(sum((one / 1310.3333) ** 2 for one in sales)),
        "unprofitable_accounts": 0,
        "peak_profit": "265.3333",
        "peak_accounts": 5,
    }


@pytest.mark.usefixtures("graded")
def test_the_matrix_has_all_eighteen_cells() -> None:
    found = told("show", "matrix")
    assert found["as_of"] == "2024-06-30"
    cells = found["cells"]
    assert sorted(cells) == [f"{letter}{number}" for letter in "ABC" for number in range(1, 7)]
    assert {name: cell["accounts"] for name, cell in cells.items() if cell["accounts"]} == {
        "A1": 1,
        "B2": 1,
        "B3": 1,
        "B4": 1,
        "C3": 2,
        "C6": 1,
    }
    assert cells["C3"] == {"accounts": 2, "sales": "200.0000", "profit": "10.0000"}
    assert cells["B4"] == {"accounts": 1, "sales": "0.0000", "profit": "-45.0000"}


@pytest.mark.usefixtures("graded")
def test_one_account_with_its_reasons() -> None:
    found = told("show", "account", "A1")
    assert list(found) == ACCOUNT_KEYS
    assert len(found["reasons"]) == 2
    assert found["strategy"]
    decided = [found[name] for name in ("cell", "class", "letter", "letter_basis", "target")]
    assert decided == ["A1", 1, "A", "estimated", "A1"]
    assert (found["sales"], found["profit"], found["orders"]) == ("750.3333", "195.3333", 2)
    assert (found["first_order"], found["last_order"]) == ("2023-06-30", "2024-06-30")
    assert found["score"] == pytest.approx(91.6667, abs=5e-5)
    assert found["attractiveness"] == pytest.approx(62.5)
    assert (found["goods_cost"], found["booked_cost"]) == ("530.0000", "25.0000")
    assert found["costs"] == _kinds(delivery="25.0000")
    assert [found[name] for name in ("modelled_cost", "profit_after_model", "model")] == [None] * 3


@pytest.mark.usefixtures("graded")
def test_the_list_has_the_keys_of_an_account_but_reasons() -> None:
    found = told("show", "accounts")
    assert all(list(row) == [key for key in ACCOUNT_KEYS if key != "reasons"] for row in found)
    assert [row["code"] for row in found] == ["A1", "B1", "C1", "E1", "D1", "F1", "G1"]


@pytest.mark.usefixtures("graded")
def test_the_list_in_every_order() -> None:
    expected = {
        "-sales": "FGDECBA",
        "profit": "ABECDGF",
        "name": "ABCDEFG",
        "-name": "GFEDCBA",
        "class": "ABCDEFG",
        "rank": "ABCEDFG",
        "last_order": "ADCBEGF",
        "first_order": "GAEBCDF",
        "state": "ABCDEFG",
        "target": "ABECDFG",
    }
    found = {order: told("show", "accounts", "--order", order) for order in expected}
    assert {order: "".join(row["code"][0] for row in rows) for order, rows in found.items()} == expected
    assert all(len(list(records.told(refresh_of(), order=order, limit=None))) == 7 for order in records.ORDERS)


@pytest.mark.usefixtures("graded")
def test_the_first_accounts_as_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(run("show", "accounts", "--limit", "2", "--format", "csv").stdout)))
    assert [(row["code"], row["sales"], row["profit"]) for row in rows] == [
        ("A1", "750.3333", "195.3333"),
        ("B1", "300.0000", "40.0000"),
    ]


@pytest.mark.usefixtures("graded")
def test_everything_is_shown_in_each_form_and_language() -> None:
    for what in (("summary",), ("pareto",), ("matrix",), ("accounts",), ("account", "C1")):
        assert "{" not in run("show", *what).stdout
        assert run("show", *what, "--format", "csv").stdout.count(",") > 2
        assert run("show", *what, "--lang", "zh-hans").stdout.strip()
    english = told("show", "account", "A1")["strategy"]
    chinese = told("show", "account", "A1", "--lang", "zh-hans")["strategy"]
    assert english.isascii()
    assert not chinese.isascii()
    assert run("show", "account", " A1 ", "--format", "json").stdout


@pytest.mark.usefixtures("graded")
def test_the_same_file_twice_adds_nothing() -> None:
    # quality 38
    run("import", "sales", TINY / "sales.csv")
    run("refresh", "--as-of", "2024-06-30")
    assert told("show", "summary")["lines"] == 11
