"""The same expressions on other engines: compiled for some, run on a real PostgreSQL."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import ibis
import pytest
from ibis.expr.types import Table

from mainstay.core.periods import Window
from mainstay.grading.compute import COLUMNS, Sources, graded
from mainstay.grading.scheme import DEFAULT
from mainstay.insight import pareto, products, purchases
from tests import postgres
from tests.grading.grades import AS_OF, mart
from tests.insight.tables import ACCOUNTS, COSTS, LINES, Row, Tables, adventure_works, tiny

SETS = {"tiny": (tiny, AS_OF), "adventure_works": (adventure_works, date(2013, 11, 29))}


@pytest.mark.parametrize("dialect", ["postgres", "databricks", "clickhouse", "snowflake", "bigquery", "trino"])
def test_every_step_compiles_for_other_engines(dialect: str) -> None:
    compiled = []

    def materialise(name: str, table: Table) -> Table:
        compiled.append(str(ibis.to_sql(table, dialect=dialect)))
        return ibis.table(table.schema(), name=name)

    schemas = {"lines": LINES, "costs": COSTS, "accounts": ACCOUNTS}
    given = Sources(*(ibis.table(ibis.Schema.from_pyarrow(schema), name=name) for name, schema in schemas.items()))
    result = graded(given, Window(AS_OF), DEFAULT, materialise)
    accounts = materialise("mart", result.accounts)
    for number, table in enumerate(
        [
            result.summary,
            pareto.summary(accounts),
            pareto.whale_curve(accounts),
            pareto.pareto_curve(accounts),
            products.monthly(given.lines, Window(AS_OF)),
            products.sold(products.monthly(given.lines, Window(AS_OF)), given.lines, Window(AS_OF)),
            purchases.breadth(given.lines, Window(AS_OF), ibis.table({"product": "string"}, name="no_products")),
        ]
    ):
        materialise(f"last_{number}", table)
    assert all(query.startswith(("SELECT", "WITH")) for query in compiled)


@pytest.fixture(scope="module")
def backend() -> Iterator[Any]:
    with postgres.server() as url:
        connected = ibis.connect(url)
        yield connected
        connected.disconnect()


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")
@pytest.mark.parametrize("name", SETS)
def test_postgresql_grades_as_duckdb_does(backend: Any, name: str) -> None:
    make, as_of = SETS[name]
    sources = Sources(*(_copied(backend, f"{name}_{part}", make(), part) for part in ("lines", "costs", "accounts")))
    result = graded(sources, Window(as_of), DEFAULT, lambda step, table: backend.create_table(f"{name}_{step}", table))
    backend.create_table(f"{name}_mart", result.accounts)
    columns = ", ".join(f'"{column}"' for column in COLUMNS)
    found = backend.con.execute(f"SELECT {columns} FROM {name}_mart").fetchall()
    graded_there = {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in found}
    expected = mart(make(), as_of)
    assert graded_there.keys() == expected.keys()
    for code, row in expected.items():
        assert graded_there[code] == _nearly(row)


def _copied(backend: Any, name: str, tables: Tables, part: str) -> Table:
    given = tables.backend.table(part).to_pyarrow()
    table: Table = backend.create_table(name, schema=ibis.Schema.from_pyarrow(given.schema))
    columns = ", ".join(f'"{column}"' for column in given.column_names)
    with backend.con.cursor() as cursor, cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy:
        for row in given.to_pylist():
            copy.write_row(list(row.values()))
    backend.con.commit()
    return table


def _nearly(row: Row) -> Row:
    """Means of percentiles may differ in their last bit between engines."""
    return {name: pytest.approx(value, abs=1e-9) if isinstance(value, float) else value for name, value in row.items()}
