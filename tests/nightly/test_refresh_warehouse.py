"""A ledger that lives in a warehouse: refreshed from its tables, with the figures of the same lines imported.

A second DuckDB stands for the warehouse in the quick tests, a real PostgreSQL in the long ones.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pytest

from mainstay.accounts.models import Account
from mainstay.core.addresses import Warehouse, warehouse
from mainstay.core.errors import Conflict, Refused
from mainstay.grading.models import Refresh, Standing
from mainstay.ledger import warehouse as part
from mainstay.ledger.engine import opened
from mainstay.ledger.models import Batch, Content, LedgerFile, Product
from mainstay.ledger.schema import COST_COLUMNS, SALES_COLUMNS
from mainstay.ledger.selectors import live_files, sales_lines
from mainstay.ledger.services import Order, Upload, import_files
from mainstay.nightly import refresh as nightly
from mainstay.nightly.refresh import refresh
from tests import postgres
from tests.ledgers import DEMO_DAY, TINY, TINY_DAY, adventureworks_ledger, online_retail_ledger, tiny_ledger
from tests.nightly.marts import published

pytestmark = pytest.mark.django_db
URL = "postgresql://ann:sesame@db.example.com/kam?sales=sales_lines&costs=cost_lines"


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch, settings: Any) -> duckdb.DuckDBPyConnection:
    """The warehouse's own connection; what connects to it gets a cursor of it."""
    connection = duckdb.connect()
    monkeypatch.setattr(part, "_connect", lambda address: ibis.duckdb.from_connection(connection.cursor()))
    # Ibis 12 asks DuckDB for batches by a name that DuckDB 2.0 does not have.
    monkeypatch.setattr(
        part.WarehouseEngine, "batches", lambda engine, table: engine.there.to_pyarrow(table).to_batches()
    )
    settings.MAINSTAY_LEDGER = warehouse(URL)
    return connection


def moved(connection: duckdb.DuckDBPyConnection) -> None:
    """The lines that were imported go to the warehouse, and are no longer here."""
    for kind, table in (("sales", "sales_lines"), ("costs", "cost_lines")):
        connection.execute(f"CREATE TABLE {table} AS FROM read_parquet(?)", [live_files(kind, Content.LINES)])
    LedgerFile.objects.all().delete()
    Batch.objects.all().delete()


def made(connection: duckdb.DuckDBPyConnection, sales: str, costs: str = "") -> None:
    connection.execute(f"CREATE TABLE sales_lines AS {sales}")
    costs = costs or "SELECT DATE '2024-01-10' AS date, 'other' AS kind, 1 AS amount WHERE false"
    connection.execute(f"CREATE TABLE cost_lines AS {costs}")


def test_the_marts_are_those_of_the_same_lines_imported(there: duckdb.DuckDBPyConnection, settings: Any) -> None:
    tiny_ledger()
    settings.MAINSTAY_LEDGER = None
    imported = published(refresh(as_of=TINY_DAY))
    moved(there)
    settings.MAINSTAY_LEDGER = warehouse(URL)
    done = refresh(as_of=TINY_DAY)
    assert published(done) == imported
    assert done.batches == []


def test_the_record_says_where_the_lines_were_and_what_they_held(there: duckdb.DuckDBPyConnection) -> None:
    tiny_ledger()
    moved(there)
    done = refresh()
    assert done.origin["engine"] == "postgresql://db.example.com/kam"
    (count, last, total), *_more = there.execute("SELECT count(*), max(date), sum(amount) FROM sales_lines").fetchall()
    assert done.origin["sales"] == {"rows": count, "last_day": last.isoformat(), "amount": str(total)}
    assert done.as_of == last
    assert "sesame" not in str([*Refresh.objects.values_list()])


def test_columns_of_any_case_and_type_are_taken_and_missing_ones_are_blank(there: duckdb.DuckDBPyConnection) -> None:
    made(
        there,
        'SELECT 17::BIGINT AS "DOCUMENT", TIMESTAMP \'2024-01-10 23:59\' AS "Date", 17850.0::DOUBLE AS account, '
        "' P1 ' AS product, 3 AS quantity, 0.33335::DECIMAL(9, 5) AS unit_price",
    )
    with opened() as engine:
        (row,) = engine.to_pyarrow(sales_lines(engine)).to_pylist()
    assert list(row) == list(SALES_COLUMNS)
    assert (row["source"], row["document"], row["account"]) == ("default", "17", "17850")
    assert row["date"] == date(2024, 1, 10)
    # 3 × 0.33335 = 1.00005: to four decimals, half away from zero.
    assert (row["product"], str(row["amount"]), row["cost"], row["currency"]) == ("P1", "1.0001", None, None)


def test_columns_may_be_named_in_the_address(there: duckdb.DuckDBPyConnection, settings: Any) -> None:
    settings.MAINSTAY_LEDGER = warehouse(f"{URL}&sales.account=customer&sales.document=invoice")
    made(there, "SELECT 'S1' AS invoice, DATE '2024-01-10' AS date, 'C1' AS customer, 5 AS amount")
    refresh()
    assert Standing.objects.get().account.code == "C1"


def test_a_named_column_that_is_not_there_is_told(there: duckdb.DuckDBPyConnection, settings: Any) -> None:
    settings.MAINSTAY_LEDGER = warehouse(f"{URL}&sales.account=customer")
    made(there, "SELECT 'S1' AS document, DATE '2024-01-10' AS date, 5 AS amount")
    with pytest.raises(Refused, match="names customer for sales"):
        refresh()


def test_accounts_and_products_that_nobody_knows_are_made(there: duckdb.DuckDBPyConnection) -> None:
    Account.objects.create(code="A1", name="Kept", search="kept")
    made(
        there,
        "SELECT * FROM (VALUES ('S1', DATE '2024-01-10', 'A1', 'Other', 'P1', 'Bolt', 5), "
        "('S2', DATE '2024-01-11', 'B1', 'New', 'P2', NULL, 6), ('S3', DATE '2024-01-11', '', NULL, NULL, NULL, 7)) "
        "t(document, date, account, account_name, product, product_name, amount)",
        "SELECT DATE '2024-01-10' AS date, 'other' AS kind, 1 AS amount, 'C1' AS account",
    )
    done = refresh()
    assert dict(Account.objects.values_list("code", "name")) == {"A1": "Kept", "B1": "New", "C1": ""}
    assert dict(Product.objects.values_list("code", "name")) == {"P1": "Bolt", "P2": ""}
    assert Standing.objects.count() == 3
    assert (done.summary["unattributed_sales"], done.summary["non_purchaser_cost"]) == ("7.0000", "1.0000")
    refresh()
    assert (Account.objects.count(), Product.objects.count()) == (3, 2)


def test_without_a_table_of_costs_there_are_none(there: duckdb.DuckDBPyConnection, settings: Any) -> None:
    settings.MAINSTAY_LEDGER = warehouse(URL.partition("&")[0])
    made(there, "SELECT 'S1' AS document, DATE '2024-01-10' AS date, 'A1' AS account, 5 AS amount")
    assert refresh().summary["profit"] == "5.0000"


@pytest.mark.parametrize(
    ("sales", "told"),
    [
        ("SELECT 'S1' AS document, 5 AS amount", "has no column date"),
        ("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 5 AS quantity", "has no column amount"),
        ("SELECT 'S1' AS document, NULL::DATE AS date, 5 AS amount", "1 lines of sales_lines .* have no date"),
        ("SELECT ' ' AS document, DATE '2024-01-10' AS date, 5 AS amount", "have no document"),
        ("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 5 AS amount, repeat('x', 201) AS account", "200"),
        ("SELECT 'S1' AS document, DATE '2024-01-10' AS date, 5 AS amount WHERE false", "no sales up to today"),
    ],
)
def test_lines_that_cannot_be_used_are_refused(there: duckdb.DuckDBPyConnection, sales: str, told: str) -> None:
    made(there, sales)
    with pytest.raises(Refused, match=told):
        refresh()
    assert not Refresh.objects.exists()


def test_a_table_that_is_not_there_is_named(there: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(Refused, match=r"table sales_lines at postgresql://db\.example\.com/kam cannot be read"):
        refresh()


def test_lines_that_change_meanwhile_publish_nothing(
    there: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_ledger()
    moved(there)
    written = nightly._marts_written  # type: ignore[attr-defined]

    def write_meanwhile(*given: Any) -> Any:
        there.execute("INSERT INTO sales_lines SELECT * FROM sales_lines LIMIT 1")
        return written(*given)

    monkeypatch.setattr("mainstay.nightly.refresh._marts_written", write_meanwhile)
    with pytest.raises(Conflict, match="changed while they were read"):
        refresh()
    assert not Refresh.objects.filter(current=True).exists()


def test_lines_joined_with_what_lies_here_are_computed_there(there: duckdb.DuckDBPyConnection) -> None:
    made(
        there, "SELECT 'S' AS document, DATE '2024-01-10' AS date, 'A' || i AS account, i AS amount FROM range(3) t(i)"
    )
    with opened() as engine:
        wanted = engine.create_table("wanted", ibis.memtable(pa.table({"account": ["A1", "A7"]})))
        lines = sales_lines(engine)
        assert engine.to_pyarrow(lines.semi_join(wanted, "account").account.max()).as_py() == "A1"


def test_sales_and_costs_are_not_imported_beside_it(settings: Any) -> None:
    settings.MAINSTAY_LEDGER = warehouse(URL)
    for kind in ("sales", "costs"):
        with pytest.raises(Refused, match=r"read at postgresql://db\.example\.com/kam .MAINSTAY_LEDGER.") as refused:
            import_files(order=Order(kind=kind, uploads=[Upload(TINY / f"{kind}.csv", "x.csv")]))
        assert "sesame" not in str(refused.value)
    assert import_files(order=Order(kind="accounts", uploads=[Upload(TINY / "accounts.csv", "x.csv")])).counts["new"]


def test_another_engine_beside_it_is_refused(settings: Any) -> None:
    settings.MAINSTAY_LEDGER = warehouse(URL)
    with pytest.raises(Refused, match=r"lives at postgresql://db\.example\.com/kam"):
        refresh(engine="spark://local")


@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")
def test_one_that_cannot_be_reached_is_told_without_its_password(settings: Any) -> None:
    settings.MAINSTAY_LEDGER = warehouse("postgresql://ann:ses%40me@127.0.0.1:9/kam?sales=lines&sslpassword=hidden")
    with pytest.raises(Refused, match="cannot be reached") as refused:
        refresh()
    assert not any(word in str(refused.value) for word in ("ses%40me", "ses@me", "hidden"))


def test_a_missing_driver_is_named_with_how_to_install_it(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_address: Warehouse) -> Any:
        raise ImportError

    monkeypatch.setattr(part, "_connect", missing)
    settings.MAINSTAY_LEDGER = warehouse("clickhouse://host/db?sales=lines")
    with pytest.raises(Refused, match=r"pip install 'ibis-framework\[clickhouse\]'"):
        refresh()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


LEDGERS: dict[str, tuple[Callable[[], object], date]] = {
    "tiny": (tiny_ledger, TINY_DAY),
    "adventureworks": (adventureworks_ledger, DEMO_DAY),
    "online_retail": (online_retail_ledger, date(2011, 12, 9)),
}


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")
@pytest.mark.parametrize("name", LEDGERS)
def test_postgresql_publishes_what_duckdb_does(name: str, server: str, settings: Any, tmp_path: Path) -> None:
    make, day = LEDGERS[name]
    make()
    imported = published(refresh(as_of=day))
    _copied(server, name)
    # A reader, who may do nothing else.
    address = server.replace("postgres:@", "reader:@", 1)
    settings.MAINSTAY_LEDGER = warehouse(f"{address}&sales={name}.sales_lines&costs={name}.cost_lines")
    done = refresh(as_of=day)
    assert published(done) == imported
    assert done.origin["sales"]["rows"] == sum(
        LedgerFile.objects.filter(kind="sales", content=Content.LINES).values_list("rows", flat=True)
    )


def _copied(url: str, schema: str) -> None:
    """The lines of the ledger's files as tables of PostgreSQL."""
    import psycopg

    with psycopg.connect(url) as connection, duckdb.connect() as files:
        connection.execute("DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
        connection.execute(f"CREATE SCHEMA {schema}")
        for kind, table, columns in (("sales", "sales_lines", SALES_COLUMNS), ("costs", "cost_lines", COST_COLUMNS)):
            told = ", ".join(f"{name} {stored}" for name, stored in columns.items())
            connection.execute(f"CREATE TABLE {schema}.{table} ({told})")
            if not (paths := live_files(kind, Content.LINES)):
                continue
            files.execute("FROM read_parquet(?)", [paths])
            with connection.cursor().copy(f"COPY {schema}.{table} ({', '.join(columns)}) FROM STDIN") as copy:
                while rows := files.fetchmany(10_000):
                    for row in rows:
                        copy.write_row(row)
        connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO reader")
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO reader")
