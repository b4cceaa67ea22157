"""Everything that is wrong with a form of the cost model, each at its field: the model itself stops at the first."""

from collections.abc import Callable, Mapping
from typing import Any

from mainstay.core.errors import Refused
from mainstay.insight.cost_model import CostModel

Check = Callable[[], object]


def mistakes(checks: Mapping[str, Check]) -> dict[str, Refused]:
    """What is wrong by field; each check raises Refused where its field cannot stand."""
    found: dict[str, Refused] = {}
    for field, check in checks.items():
        try:
            check()
        except Refused as error:
            found[field] = error
    return found


def model_checks(
    capacity_rate: str,
    activities: Mapping[str, Mapping[str, str]],
    pools: Mapping[str, Callable[[], Mapping[str, str]]],
) -> dict[str, Check]:
    """A check for each field: `pools` are by field, and may be refused themselves.

    Whether an activity in minutes has a rate of capacity is looked at where that rate itself is right.
    """
    capacity = {"capacity_rate": capacity_rate}
    usable = capacity if not mistakes({"": lambda: _model(capacity)}) else {"capacity_rate": "1"}

    def of_activity(name: str, values: Mapping[str, str]) -> Check:
        return lambda: _model({**usable, "activities": {name: values}})

    def of_pool(made: Callable[[], Mapping[str, str]]) -> Check:
        return lambda: _model({"pools": [made()]})

    return {
        "capacity_rate": lambda: _model(capacity),
        **{name: of_activity(name, values) for name, values in activities.items()},
        **{field: of_pool(made) for field, made in pools.items()},
    }


def _model(values: Mapping[str, Any]) -> CostModel:
    return CostModel.from_dict(values)
