"""mainstay refresh and show: what is refused, and what goes where."""

import pytest

from mainstay.core import clock
from tests.cli.shell import run, told
from tests.ledgers import DEMO_DAY, TINY_DAY, adventureworks_ledger, tiny_ledger

pytestmark = pytest.mark.django_db


def test_before_the_first_refresh_it_says_what_to_run() -> None:
    result = run("show", "summary", exit_code=1)
    assert result.stdout == ""
    assert "mainstay refresh" in result.stderr


def test_a_day_that_was_not_refreshed_is_refused_naming_the_days_there_are() -> None:
    tiny_ledger()
    run("refresh", "--as-of", "2024-06-30")
    run("refresh", "--as-of", "2024-05-31")
    result = run("show", "matrix", "--as-of", "2024-06-29", exit_code=1)
    assert result.stdout == ""
    assert "2024-06-30, 2024-05-31" in result.stderr
    assert told("show", "summary", "--as-of", "2024-05-31")["as_of"] == "2024-05-31"
    assert told("show", "summary")["as_of"] == "2024-06-30"


def test_an_unknown_account_is_refused() -> None:
    tiny_ledger()
    run("refresh", "--as-of", "2024-06-30")
    result = run("show", "account", "Z9", exit_code=1)
    assert result.stdout == ""
    assert "Z9" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("show", "accounts", "--order", "reasons"),
        ("show", "accounts", "--order", "sales; DROP TABLE"),
        ("show", "accounts", "--limit", "0"),
        ("show", "accounts", "--limit", "99999999999999999999"),
        ("undo", "99999999999999999999"),
        ("show", "summary", "--as-of", "30.6.2024"),
        ("show", "summary", "--format", "xml"),
        ("refresh", "--months", "0"),
        ("show",),
        ("shows",),
    ],
)
def test_wrong_usage_ends_with_two(words: tuple[str, ...]) -> None:
    # quality 20
    assert run(*words, exit_code=2).stdout == ""


def test_an_unknown_order_names_the_fields_there_are() -> None:
    assert "sales_share" in run("show", "accounts", "--order", "size", exit_code=2).stderr


def test_results_go_to_stdout_and_progress_to_stderr() -> None:
    tiny_ledger()
    result = run("refresh", "--as-of", "2024-06-30")
    assert "1,370.33" in result.stdout
    assert "1,370.33" not in result.stderr
    assert result.stderr


def test_a_day_to_come_and_an_unknown_engine_are_refused() -> None:
    tiny_ledger()
    with clock.frozen(TINY_DAY):
        assert "2024-07-01" in run("refresh", "--as-of", "2024-07-01", exit_code=1).stderr
    assert "There is no such engine" in run("refresh", "--engine", "nosuch://", exit_code=1).stderr


def test_without_a_day_the_last_one_with_sales_counts() -> None:
    tiny_ledger()
    run("refresh", "--months", "6")
    assert told("show", "summary")["as_of"] == "2024-07-01"
    assert told("show", "summary")["window_start"] == "2024-01-02"


def test_the_published_figures_of_the_demonstration_company() -> None:
    adventureworks_ledger()
    run("refresh")
    summary = told("show", "summary")
    assert summary["as_of"] == DEMO_DAY.isoformat()
    assert (summary["lines"], summary["accounts"], summary["active"]) == (30_726, 701, 493)
    assert summary["sales"] == "36240484.6966"
    assert summary["purchaser_cost"] == "37820224.5515"
    assert summary["profit"] == "-1579739.8549"
    shares = told("show", "pareto")
    assert (shares["top20_accounts"], shares["head_accounts"], shares["unprofitable_accounts"]) == (99, 148, 316)
    assert shares["top20_sales_share"] == pytest.approx(0.62536, abs=5e-6)
    assert (shares["peak_profit"], shares["peak_accounts"]) == ("790548.1772", 177)
    assert shares["curve"][177][2] == "790548.1772"
    assert len(shares["curve"]) == 494
    classes: dict[str, int] = {}
    for name, cell in told("show", "matrix")["cells"].items():
        classes[name[1]] = classes.get(name[1], 0) + cell["accounts"]
    assert list(classes.values()) == [38, 110, 345, 0, 66, 142]
