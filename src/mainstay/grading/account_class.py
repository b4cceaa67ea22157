"""The class 客户类别 of an account, 1 to 6: the first rule that holds."""

from collections.abc import Callable
from typing import NamedTuple, cast

import ibis
import ibis.expr.types as ir

from mainstay.core.periods import Window, months_before
from mainstay.grading.potential import ASSESSED
from mainstay.grading.scheme import GradingScheme
from mainstay.grading.threshold import reaches


class Rule(NamedTuple):
    """`holds(table, scheme)` over the account mart's columns decides for `account_class`."""

    name: str
    account_class: int
    holds: Callable[[ir.Table, GradingScheme], ir.BooleanValue]


def _known(condition: ir.BooleanValue) -> ir.BooleanValue:
    """Not known is not so."""
    return cast(ir.BooleanValue, ibis.coalesce(condition, False))


def _assessed(table: ir.Table) -> ir.BooleanValue:
    return cast(ir.BooleanValue, table.potential_basis == ASSESSED)


def _anchor(table: ir.Table, _scheme: GradingScheme) -> ir.BooleanValue:
    return cast(ir.BooleanValue, table.active & table.in_core & table.bought_previous)


def _head(table: ir.Table, _scheme: GradingScheme) -> ir.BooleanValue:
    return cast(ir.BooleanValue, table.active & table.in_head)


def _growth(table: ir.Table, scheme: GradingScheme) -> ir.BooleanValue:
    promising = reaches(table.potential, scheme.growth_potential) & reaches(
        table.attractiveness, scheme.growth_attractiveness
    )
    return table.active & _known(promising)


def _ordinary(table: ir.Table, _scheme: GradingScheme) -> ir.BooleanValue:
    return cast(ir.BooleanValue, table.active)


def _prospect(table: ir.Table, _scheme: GradingScheme) -> ir.BooleanValue:
    return cast(ir.BooleanValue, table.stated_need & table.recent_contact)


def _faded(table: ir.Table, scheme: GradingScheme) -> ir.BooleanValue:
    promising = _assessed(table) & _known(reaches(table.potential, scheme.regain_potential))
    return cast(ir.BooleanValue, table.bought_before & ~promising)


def _dismissed(table: ir.Table, scheme: GradingScheme) -> ir.BooleanValue:
    poor = _assessed(table) & _known(~reaches(table.potential, scheme.dismiss_potential))
    return cast(ir.BooleanValue, ~table.bought_before & poor)


RULES = (
    Rule("anchor", 1, _anchor),
    Rule("head", 2, _head),
    Rule("growth", 2, _growth),
    Rule("ordinary", 3, _ordinary),
    Rule("prospect", 4, _prospect),
    Rule("faded", 6, _faded),
    Rule("dismissed", 6, _dismissed),
)
OTHER, OTHER_CLASS = "suspect", 5


def stated_need(accounts: ir.Table) -> ir.BooleanValue:
    """Somebody wrote down what the account needs."""
    return cast(ir.BooleanValue, ibis.coalesce(accounts.need.strip() != "", False))


def recent_contact(accounts: ir.Table, window: Window, scheme: GradingScheme) -> ir.BooleanValue:
    """The last contact lies in (as of − the scheme's months, as of]."""
    day = accounts.last_contact
    return _known((day > months_before(window.as_of, scheme.contact_months)) & (day <= window.as_of))


def decided(table: ir.Table, scheme: GradingScheme) -> ir.Table:
    """`table` with `rule`, the name of the first that holds, and `class` TINYINT."""
    rules = [(rule, rule.holds(table, scheme)) for rule in RULES]
    name = ibis.cases(*((holds, rule.name) for rule, holds in rules), else_=OTHER)
    number = ibis.cases(*((holds, rule.account_class) for rule, holds in rules), else_=OTHER_CLASS)
    # Ibis takes the numbers for int8 already and the engine for integers: cast there and back.
    return table.mutate(**{"rule": name, "class": number.cast("int16").cast("int8")})
