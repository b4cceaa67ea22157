"""How booked and modelled cost read in a table."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from mainstay.cli.labels import ACTIVITIES, DRIVERS, KINDS
from mainstay.cli.tables import figure


def shown(told: Mapping[str, Any]) -> dict[str, Any]:
    """A summary or an account without what is null because no cost model was on; texts for what holds several."""
    left_out = {name for name, value in told.items() if value is None and ("model" in name or name == "costs")}
    return {name: readable(value) for name, value in told.items() if name not in left_out}


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
