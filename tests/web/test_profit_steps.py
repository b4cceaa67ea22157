"""The steps to the profit, as they are shown, add up to it."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mainstay.cli import costs
from mainstay.core.money import cents
from mainstay.web.charts import Step
from mainstay.web.profit_steps import adding_up

amounts = st.decimals(min_value=-(10**6), max_value=10**6, places=4)


@given(st.lists(amounts, min_size=1, max_size=8), st.lists(amounts, max_size=5))
def test_steps_add_up_to_each_result(first: list[Decimal], second: list[Decimal]) -> None:
    profit, after = sum(first, Decimal(0)), sum([*first, *second], Decimal(0))
    steps = [Step("x", amount) for amount in first] + [Step("Profit", profit, result=True)]
    steps += [Step("y", amount) for amount in second] + [Step("After", after, result=True)]
    shown = adding_up(steps)
    assert [step.amount for step in shown] == [step.amount for step in steps]
    level = Decimal(0)
    for step in shown:
        level = level if step.result else level + step.told
        assert not step.result or step.told == level == cents(step.amount)


@given(st.lists(amounts, min_size=3, max_size=3), st.none() | amounts)
def test_a_summary_of_the_command_line_adds_up(parts: list[Decimal], overhead: Decimal | None) -> None:
    names = ("sales", "purchaser_cost", "non_purchaser_cost")
    profit = parts[0] - parts[1] - parts[2]
    told: dict[str, Any] = dict(zip(names, map(str, parts), strict=True)) | {"profit": str(profit), "overhead": None}
    told["profit_after_overhead"] = None
    if overhead is not None:
        told |= {"overhead": str(overhead), "profit_after_overhead": str(profit - overhead)}
    shown = costs.adding_up(told)
    assert shown["sales"] - shown["purchaser_cost"] - shown["non_purchaser_cost"] == shown["profit"] == cents(profit)
    if overhead is not None:
        assert shown["profit"] - shown["overhead"] == shown["profit_after_overhead"] == cents(profit - overhead)


@given(st.lists(amounts, min_size=4, max_size=4))
def test_an_account_of_the_command_line_adds_up(parts: list[Decimal]) -> None:
    sales, goods, service, delivery = parts
    told = {"sales": sales, "goods_cost": goods, "costs": {"service": service, "delivery": delivery}}
    shown = costs.adding_up(told | {"profit": sales - goods - service - delivery})
    assert shown["sales"] - shown["goods_cost"] - sum(shown["costs"].values()) == shown["profit"]
