"""The same expressions on other engines: compiled for some, run on a real PostgreSQL and on Spark.

A refresh runs there only what reads lines (see tests/nightly/test_refresh_spark.py and test_refresh_warehouse.py);
here every step does, to nine digits.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow.parquet as pq
import pytest
from ibis.expr.types import Table

from mainstay.core.addresses import engine_address, warehouse
from mainstay.core.periods import Window
from mainstay.grading.compute import COLUMNS, Sources, graded
from mainstay.grading.marts import company
from mainstay.grading.scheme import DEFAULT
from mainstay.insight import pareto, products, profit, purchases
from mainstay.ledger.schema import SALES_COLUMNS
from mainstay.ledger.spark import session_opened
from mainstay.ledger.warehouse_columns import fields_of
from tests import postgres
from tests.clusters import need_java
from tests.grading.grades import AS_OF, mart
from tests.insight.tables import ACCOUNTS, COSTS, LINES, Row, Tables, adventure_works, tiny

SETS = {"tiny": (tiny, AS_OF), "adventure_works": (adventure_works, date(2013, 11, 29))}


DIALECTS = ("postgres", "databricks", "clickhouse", "snowflake", "bigquery", "trino", "pyspark")


@pytest.fixture(autouse=True)
def spark_known() -> None:
    """Ibis compiles for Spark by options that are there once its backend is."""
    assert ibis.pyspark


@pytest.mark.parametrize("dialect", DIALECTS)
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
            company.popular(products.monthly(given.lines, Window(AS_OF)), given.accounts, None),
        ]
    ):
        materialise(f"last_{number}", table)
    assert all(query.startswith(("SELECT", "WITH")) for query in compiled)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_asked_of_a_warehouse_compiles(dialect: str) -> None:
    """From tables as warehouses have them: capitals, numbers as codes, floating point, time stamps."""
    table = ibis.table(
        {
            "DOCUMENT": "int64",
            "Date": "timestamp",
            "account": "decimal(20, 2)",
            "account_name": "string",
            "product": "string",
            "quantity": "float64",
            "unit_price": "decimal(18, 6)",
            "cost": "decimal(12, 2)",
        },
        name="lines",
    )
    address = warehouse("postgresql://host/db?sales=lines&costs=lines")
    fields = fields_of(table, "sales", address)
    lines, window = fields.select(*SALES_COLUMNS), Window(AS_OF)
    asked = [
        fields.aggregate(rows=fields.count(), last=fields.date.max(), total=fields.amount.sum().cast("decimal(38, 4)")),
        fields.group_by("account").aggregate(name=fields.account_name.max()),
        purchases.by_account(lines, window),
        purchases.breadth(lines, window),
        products.monthly(lines, window),
        profit.booked(ibis.table(ibis.Schema.from_pyarrow(COSTS), name="costs"), window),
        lines.filter(lines.date <= AS_OF, lines.currency.notnull()).select("currency").distinct(),
    ]
    for query in (str(ibis.to_sql(expression, dialect=dialect)) for expression in asked):
        assert query.startswith(("SELECT", "WITH"))


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


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_spark_grades_as_duckdb_does(tmp_path: Path) -> None:
    need_java()
    with session_opened(engine_address("spark://local"), tmp_path) as session:
        spark = ibis.pyspark.connect(session)

        def held(name: str, frame: Any) -> Table:
            # As Parquet: a view would be computed anew at each step.
            path = str(tmp_path / name)
            frame.write.parquet(path)
            session.read.parquet(path).createOrReplaceTempView(name)
            table: Table = spark.table(name)
            return table

        for name, (make, as_of) in SETS.items():
            sources = []
            for part in ("lines", "costs", "accounts"):
                file = tmp_path / f"{name}-{part}.parquet"
                pq.write_table(make().backend.table(part).to_pyarrow(), file)
                sources.append(held(f"{name}_{part}", session.read.parquet(str(file))))
            result = graded(
                Sources(*sources),
                Window(as_of),
                DEFAULT,
                lambda step, table, name=name: held(f"{name}_{step}", session.sql(spark.compile(table))),
            )
            found = session.sql(spark.compile(result.accounts.select(*COLUMNS))).toArrow().to_pylist()
            expected = mart(make(), as_of)
            assert {row["code"] for row in found} == expected.keys()
            for row in found:
                assert row == _nearly(expected[row["code"]])


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
