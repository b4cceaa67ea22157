"""From purchases to profit step by step: of an account, of the company or a part of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from mainstay.core.money import carried, cents
from mainstay.web.charts import Step
from mainstay.web.cost_words import KINDS, part_days, part_name, part_note

Part = Mapping[str, Any]
NOTHING = Decimal("0.0000")


@dataclass(frozen=True)
class ModelRow:
    """A part of the model as its table shows it; `unallocated` is None where it is not to be seen."""

    name: str
    note: str
    days: str
    cost: Decimal
    unallocated: Decimal | None


def booked_steps(costs: Mapping[str, Any] | None, booked: Any) -> list[Step]:
    """Each kind that anything was booked for; one step for all where the kinds are not known."""
    if costs is None or any(value is None for value in costs.values()):
        return [Step(_("Booked cost"), -Decimal(booked or 0))]
    return [Step(str(KINDS[kind]), -Decimal(amount)) for kind, amount in costs.items() if Decimal(amount)]


def model_steps(parts: Sequence[Part] | None, before: Sequence[Step] = ()) -> list[Step]:
    """Parts of one name together, whichever version they are of; those that came to nothing are left out.

    A name that a step `before` has says that it is the model's: bars of one name would fall together.
    """
    taken = {step.label for step in before}
    sums: dict[str, Decimal] = {}
    for part in parts or ():
        name = part_name(part)
        sums[name] = sums.get(name, NOTHING) - Decimal(part["cost"])
    return [
        Step(_("%(name)s (model)") % {"name": name} if name in taken else name, amount)
        for name, amount in sums.items()
        if amount
    ]


def model_rows(parts: Sequence[Part] | None, currency: str) -> list[ModelRow]:
    return [
        ModelRow(
            name=part_name(part),
            note=part_note(part, currency),
            days=part_days(part),
            cost=Decimal(part["cost"]),
            unallocated=Decimal(part["unallocated"]) if part.get("unallocated") is not None else None,
        )
        for part in parts or ()
    ]


def adding_up(steps: Sequence[Step]) -> list[Step]:
    """The steps with what is shown of them: up to each result they add up to it, cent by cent."""
    done: list[Step] = []
    changes: list[Step] = []
    level = Decimal(0)
    for step in steps:
        if not step.result:
            changes.append(step)
            continue
        shown = cents(step.amount)
        parts = carried([change.amount for change in changes], shown - level)
        done += [replace(change, shown=part) for change, part in zip(changes, parts, strict=True)]
        done.append(replace(step, shown=shown))
        changes, level = [], shown
    return done + changes


def account_steps(record: Any) -> list[Step]:
    """Of an account (`grading.records.AccountRecord`)."""
    return adding_up(_account_steps(record))


def _account_steps(record: Any) -> list[Step]:
    steps = [Step(_("Sales"), record.sales), Step(_("Cost of goods"), -record.goods_cost)]
    steps += booked_steps(record.costs, record.booked_cost)
    steps.append(Step(_("Profit"), record.profit, result=True))
    if record.model is None:
        return steps
    steps += model_steps(record.model, steps)
    return [*steps, Step(_("Profit after the model"), record.profit_after_model, result=True)]


def company_steps(sums: Mapping[str, Any]) -> list[Step]:
    """Of a summary, from purchases by kind of cost; with a model, overhead that it shares out is not counted twice."""
    return adding_up(_company_steps(sums))


def _company_steps(sums: Mapping[str, Any]) -> list[Step]:
    steps = [Step(_("Purchases"), Decimal(sums["sales"])), Step(_("Cost of goods"), -Decimal(sums["goods_cost"]))]
    spent = Decimal(sums["purchaser_cost"]) + Decimal(sums["non_purchaser_cost"]) - Decimal(sums["goods_cost"])
    steps += booked_steps(sums.get("costs"), spent)
    steps.append(Step(_("Profit"), Decimal(sums["profit"]), result=True))
    if sums.get("model") is None:
        return steps + _overhead(sums["overhead"], _("Overhead"), _("Profit after overhead"), sums)
    steps += model_steps(sums["model"], steps)
    steps.append(Step(_("Profit after the model"), Decimal(sums["profit_after_model"]), result=True))
    if sums.get("overhead_in_model") is None:
        return steps
    left = Decimal(sums["overhead"]) - Decimal(sums["overhead_in_model"])
    return steps + _overhead(left, _("Other overhead"), _("Profit after model and overhead"), sums)


def _overhead(amount: Any, name: str, after: str, sums: Mapping[str, Any]) -> list[Step]:
    if amount is None or not Decimal(amount):
        return []
    key = "profit_after_overhead" if sums.get("model") is None else "profit_after_model_and_overhead"
    return [Step(name, -Decimal(amount)), Step(after, Decimal(sums[key]), result=True)]
