"""How booked and modelled cost read in a table."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from mainstay.cli.labels import ACTIVITIES, DRIVERS, KINDS
from mainstay.cli.tables import figure
from mainstay.core.money import carried, cents


def shown(told: Mapping[str, Any]) -> dict[str, Any]:
    """A summary or an account without what is null because no cost model was on; texts for what holds several."""
    left_out = {name for name, value in told.items() if value is None and ("model" in name or name == "costs")}
    return {name: readable(value) for name, value in told.items() if name not in left_out}


def adding_up(told: Mapping[str, Any]) -> dict[str, Any]:
    """A summary or an account whose amounts, in cents, add up to its profit as it is shown."""
    done = dict(told)
    if "purchaser_cost" in told:
        _carry(done, ("sales", "purchaser_cost", "non_purchaser_cost"), "profit", Decimal(0))
        _carry(done, ("overhead",), "profit_after_overhead", -Decimal(done["profit"]))
    elif isinstance(told.get("costs"), Mapping):
        by_name = {"sales": told["sales"], "goods_cost": told["goods_cost"], "profit": told["profit"]} | told["costs"]
        _carry(by_name, ("sales", "goods_cost", *told["costs"]), "profit", Decimal(0))
        done |= {name: by_name[name] for name in ("sales", "goods_cost", "profit")}
        done["costs"] = {kind: by_name[kind] for kind in told["costs"]}
    return done


def _carry(done: dict[str, Any], names: Sequence[str], result: str, before: Decimal) -> None:
    """Put in cents what stands under `names` and `result`: the first less the others is the result.

    `before` is what the others are taken from, as a cost, where the first is none.
    """
    if any(done.get(name) is None for name in (*names, result)):
        return
    shown = cents(Decimal(done[result]))
    signs = [1 if name == "sales" else -1 for name in names]
    amounts = [Decimal(done[name]) * sign for name, sign in zip(names, signs, strict=True)]
    for name, sign, amount in zip(names, signs, carried(amounts, shown + before), strict=True):
        done[name] = amount * sign
    done[result] = shown


def readable(value: Any) -> Any:
    """Kinds of cost and parts of a model line by line; anything else as it is."""
    if isinstance(value, Mapping):
        return [
            f"{gettext(KINDS[kind])}: {figure(Decimal(amount))}"
            for kind, amount in value.items()
            if amount is not None and Decimal(amount)
        ] or [figure(None)]
    if isinstance(value, Sequence) and value and isinstance(value[0], Mapping):
        return [part(one) for one in value]
    return value if value != [] else [figure(None)]


def part(told: Mapping[str, Any]) -> str:
    """A part of the model in one line."""
    cost, quantity = figure(Decimal(told["cost"])), Decimal(told["quantity"])
    if told["rate"] is None:
        name = f"{told['name']} ({gettext(DRIVERS[told['by']])})"
        return f"{name}: {cost}"
    count = f"{quantity:,.0f} × {_rate(told['rate'])}"
    return f"{gettext(ACTIVITIES[told['name']])}: {count} = {cost}"


def _rate(text: str) -> str:
    """A rate with two decimals, or as many as it needs."""
    return f"{Decimal(text):,.4f}".removesuffix("00")
