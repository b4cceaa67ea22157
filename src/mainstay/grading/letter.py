"""The letter 相互关系 of an account, A to C: its assessed score, else an estimate from its history."""

from typing import cast

import ibis
import ibis.expr.types as ir

from mainstay.grading.attractiveness import mean
from mainstay.grading.scheme import GradingScheme
from mainstay.grading.threshold import reaches

ASSESSED, ESTIMATED, UNASSESSED = "assessed", "estimated", "unassessed"
# What the estimate is made of: columns of the account mart, each with a percentile of its own.
PARTS = ("age", "months", "products", "contacts")
NO_ORDER = -1


def measures(table: ir.Table) -> dict[str, ir.Value]:
    """The four parts as columns `<part>_value`; without an order an account stands below one that ordered today."""
    return {
        "age_value": ibis.coalesce(table.days_since_first, NO_ORDER),
        "months_value": table.months_bought,
        "products_value": table.products,
        "contacts_value": table.contacts,
    }


def telling(table: ir.Table) -> ir.Table:
    """One row: `<part>_telling`, whether the active accounts differ in that part at all."""
    spread = table.aggregate(
        **{f"{part}_least": table[f"{part}_value"].min(where=table.active) for part in PARTS},
        **{f"{part}_most": table[f"{part}_value"].max(where=table.active) for part in PARTS},
    )
    return spread.select(
        **{f"{part}_telling": ibis.coalesce(spread[f"{part}_most"] > spread[f"{part}_least"], False) for part in PARTS}
    )


def decided(table: ir.Table, scheme: GradingScheme) -> ir.Table:
    """`table` with `score` DOUBLE or null, `letter` and `letter_basis`.

    Needs `assessed_score`, `has_history` and `<part>_percentile`, null where the part is left out.
    """
    history = mean([(table[f"{part}_percentile"], 1.0) for part in PARTS])
    scored = table.mutate(
        score=ibis.coalesce(table.assessed_score, table.has_history.ifelse(history, ibis.null("float64"))),
    )
    basis = ibis.cases(
        (scored.assessed_score.notnull(), ASSESSED), (scored.score.notnull(), ESTIMATED), else_=UNASSESSED
    )
    return scored.mutate(letter=of_score(scored.score, scheme), letter_basis=basis)


def of_score(score: ir.FloatingValue, scheme: GradingScheme) -> ir.StringValue:
    """A or B from their thresholds on, else C; B where there is no score."""
    letter = ibis.cases(
        (reaches(score, scheme.letter_a), "A"), (reaches(score, scheme.letter_b), "B"), (score.isnull(), "B"), else_="C"
    )
    return cast(ir.StringValue, letter)
