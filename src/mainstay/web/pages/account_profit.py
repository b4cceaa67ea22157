"""An account's Profit: from its sales to its profit step by step, and what a cost model adds."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mainstay.web import charts
from mainstay.web.charts import Step
from mainstay.web.pages.account_head import Head
from mainstay.web.profit_steps import ModelRow, account_steps, model_rows


@dataclass(frozen=True)
class ProfitPage:
    """`model` is None where no cost model was on."""

    head: Head
    steps: list[Step]
    chart: dict[str, Any] | None
    model: list[ModelRow] | None
    tab: str = "profit"


def profit_page(head: Head) -> ProfitPage:
    record = head.record
    if record is None:
        return ProfitPage(head, [], None, None)
    steps = account_steps(record)
    chart = charts.waterfall(steps, currency=head.currency, description=_("How the profit comes about"))
    told = any(step.amount for step in steps)
    model = None if record.model is None else model_rows(record.model, head.currency)
    return ProfitPage(head, steps, chart if told else None, model)
