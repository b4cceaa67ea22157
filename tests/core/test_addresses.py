"""Addresses of engines and of ledgers in a warehouse."""

import pytest

from mainstay.core.addresses import engine_address, masked, warehouse

URL = "postgresql://ann:ses%40me@db.example.com:6432/erp?sales=kam.sales&costs=kam.costs&sslmode=require"


def test_duckdb_is_an_engine() -> None:
    assert [engine_address(url).shown for url in ("duckdb://", "duckdb:")] == ["duckdb://", "duckdb://"]


def test_spark_within_this_machine() -> None:
    found = engine_address("spark://local?spark.sql.shuffle.partitions=8")
    assert (found.kind, found.master, found.shown, found.masters) == ("spark", "", "spark://local", [])
    assert found.options == {"spark.sql.shuffle.partitions": "8"}


def test_a_cluster_with_a_master_that_stands_by() -> None:
    found = engine_address("spark://one:7077,[::1]:7078?spark.authenticate.secret=sesame")
    assert found.master == found.shown == "spark://one:7077,[::1]:7078"
    assert found.masters == [("one", 7077), ("::1", 7078)]
    assert (found.on_loopback, found.secrets) == (False, ["sesame"])
    assert "sesame" not in repr(found)


def test_a_cluster_on_loopback() -> None:
    assert engine_address("spark://127.0.0.1:7077").on_loopback


@pytest.mark.parametrize(
    "url",
    [
        "",
        "duckdb",
        "duckdb:///x.db",
        "spark://",
        "spark://host",
        "spark://host:x",
        "spark://host:70000",
        "spark://ann:pw@host:7077",
        "spark://host:7077/x",
        "spark://host:7077?memory=1g",
        "spark://host:7077?x",
        "postgresql://host/db",
    ],
)
def test_what_is_no_engine(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (whoever asks says what it should be)
        engine_address(url)


def test_a_warehouse_with_its_tables() -> None:
    found = warehouse(URL)
    assert found.tables == {"sales": ("kam", "sales"), "costs": ("kam", "costs")}
    assert found.url == "postgresql://ann:ses%40me@db.example.com:6432/erp?sslmode=require"
    assert found.backend == "postgres"


def test_a_warehouse_is_shown_without_who_and_password() -> None:
    found = warehouse(URL)
    assert found.shown == "postgresql://db.example.com:6432/erp"
    assert not any(word in repr(found) for word in ("ses%40me", "ses@me"))
    assert masked("no entry for ann with ses@me or ses%40me", found.secrets) == "no entry for ann with … or …"


def test_columns_may_be_named() -> None:
    found = warehouse("clickhouse://h/db?sales=lines&sales.account=customer&access_token=abc")
    assert found.columns == {"sales": {"account": "customer"}, "costs": {}}
    assert (found.options, found.secrets[-1]) == ({"access_token": "abc"}, "abc")


def test_a_token_in_place_of_a_user_is_a_secret() -> None:
    found = warehouse("databricks://dapi123@host/main?http_path=/x&sales=a.b.c")
    assert "dapi123" in found.secrets
    assert found.shown == "databricks://host/main"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://host/db",
        "postgresql://host/db?costs=c",
        "postgresql://host:x/db?sales=s",
        "postgresql://host/db?sales=",
        "postgresql://host/db?sales=a.b.c.d",
        "postgresql://host/db?sales=a..b",
        "mysql://host/db?sales=s",
    ],
)
def test_what_is_no_warehouse(url: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (whoever asks says what it should be)
        warehouse(url)
