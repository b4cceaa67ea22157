"""The cost model on other engines: compiled for some, run on a real PostgreSQL."""

from datetime import date
from decimal import Decimal
from typing import Any

import ibis
import pytest
from ibis.expr.types import Table

from mainstay.core.periods import Window
from mainstay.insight import modelled, profit, ties
from mainstay.insight.cost_model import Activity, CostModel, Pool, pieces
from tests import postgres
from tests.insight.tables import COSTS, LINES, adventure_works, rows

WINDOW = Window(date(2013, 11, 29))
ONE = CostModel(
    activities={"order": Activity(rate=Decimal("31.25")), "return": Activity(rate=Decimal("3"))},
    pools=(Pool("Overhead", "orders"),),
)
OTHER = CostModel(
    activities={"line": Activity(rate=Decimal("0.3333")), "delivery": Activity(rate=Decimal("7.7777"))},
    pools=(Pool("P", "sales", amount=Decimal("900000.0001")), Pool("Q", "lines", amount=Decimal("77"), per="month")),
)
PIECES = pieces([(1, "A", date(2010, 1, 1), ONE), (2, "B", date(2013, 5, 1), OTHER)], WINDOW)


@pytest.mark.parametrize("dialect", ["postgres", "databricks", "clickhouse", "snowflake", "bigquery", "trino"])
def test_every_step_compiles_for_other_engines(dialect: str) -> None:
    compiled = []

    def materialise(name: str, table: Table) -> Table:
        compiled.append(str(ibis.to_sql(table, dialect=dialect)))
        return ibis.table(table.schema(), name=name)

    lines, costs = (
        ibis.table(ibis.Schema.from_pyarrow(schema), name=str(n)) for n, schema in enumerate((LINES, COSTS))
    )
    effort = ibis.table(modelled.EFFORT, name="effort")
    found = modelled.computed(lines, costs, effort, PIECES, WINDOW, materialise)
    for number, table in enumerate(
        [modelled.of_parts(found.shares), ties.plain(lines, costs, WINDOW), profit.booked(costs, WINDOW)]
    ):
        materialise(f"last_{number}", table)
    assert all(query.startswith(("SELECT", "WITH")) for query in compiled)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")
def test_postgresql_costs_as_duckdb_does() -> None:
    tables = adventure_works()
    with postgres.server() as url:
        backend: Any = ibis.connect(url)
        copied = []
        for name in ("lines", "costs"):
            given = tables.backend.table(name).to_pyarrow()
            copied.append(backend.create_table(name, schema=ibis.Schema.from_pyarrow(given.schema)))
            with backend.con.cursor() as cursor, cursor.copy(f"COPY {name} FROM STDIN") as copy:
                for row in given.to_pylist():
                    copy.write_row(list(row.values()))
            backend.con.commit()
        effort = backend.create_table("effort", schema=modelled.EFFORT)
        lines, costs = copied
        there = modelled.computed(lines, costs, effort, PIECES, WINDOW, backend.create_table)
        found = backend.to_pyarrow(there.shares).to_pylist()
        pools = backend.to_pyarrow(there.pools).to_pylist()
        backend.disconnect()
    tables.backend.con.execute("CREATE TABLE effort (account VARCHAR, day DATE, minutes BIGINT)")
    here = modelled.computed(
        tables.lines, tables.costs, tables.backend.table("effort"), PIECES, WINDOW, tables.materialise
    )
    assert pools == rows(here.pools, "")
    assert len(found) > 1_000
    assert _sorted(found) == _sorted(rows(here.shares, ""))


def _sorted(shares: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted((row["account"] or "", row["place"], row["quantity"], row["cost"]) for row in shares)
