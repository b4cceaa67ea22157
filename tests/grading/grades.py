"""Grading in tests: compiled to SQL once for each day and scheme, since compiling takes longer than computing."""

from datetime import date
from typing import Any, NamedTuple

import ibis
from ibis.expr.types import Table

from mainstay.core.periods import Window
from mainstay.grading.compute import Sources, graded
from mainstay.grading.scheme import DEFAULT, GradingScheme
from mainstay.insight import pareto
from tests.insight.tables import Row, Tables, written

AS_OF = date(2024, 6, 30)

Steps = list[tuple[str, str]]
_COMPILED: dict[tuple[date, str], Steps] = {}


class Found(NamedTuple):
    """What was computed: the mart by code, the row of the summary, the row of 80:20."""

    accounts: dict[Any, Row]
    summary: Row
    pareto: Row


def steps(as_of: date, scheme: GradingScheme) -> Steps:
    """Names and queries, the last three `mart`, `totals` and `shares`."""
    found: Steps = []
    tables = written([])

    def materialise(name: str, table: Table) -> Table:
        found.append((name, str(ibis.to_sql(table, dialect="duckdb"))))
        return tables.materialise(name, table)

    result = graded(Sources(tables.lines, tables.costs, tables.accounts), Window(as_of), scheme, materialise)
    accounts = materialise("mart", result.accounts)
    materialise("totals", result.summary)
    materialise("shares", pareto.summary(accounts))
    return found


def computed(tables: Tables, as_of: date = AS_OF, scheme: GradingScheme = DEFAULT) -> Found:
    key = (as_of, repr(scheme))
    if key not in _COMPILED:
        _COMPILED[key] = steps(as_of, scheme)
    connection = tables.backend.con
    for name, query in _COMPILED[key]:
        connection.execute(f"CREATE TEMP TABLE {name} AS {query}")
    mart, totals, shares = (
        connection.table(name).to_arrow_table().to_pylist() for name in ("mart", "totals", "shares")
    )
    return Found({row["code"]: row for row in sorted(mart, key=lambda row: str(row["code"]))}, totals[0], shares[0])


def mart(tables: Tables, as_of: date = AS_OF, scheme: GradingScheme = DEFAULT) -> dict[Any, Row]:
    """The rows of the account mart by code, in order of it."""
    return computed(tables, as_of, scheme).accounts
