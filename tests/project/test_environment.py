"""The environment: what it may hold, and what is said where it cannot be used."""

import stat
from pathlib import Path

import pytest

from mainstay.config.environment import BadEnvironment, Environment, database, kept_secret

SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "django.db.backends.postgresql"


def read(home: Path, **more: str) -> Environment:
    return Environment.read({"MAINSTAY_HOME": str(home), **more})


def test_the_defaults_serve_one_machine(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.database["ENGINE"] == SQLITE
    assert found.database["NAME"] == str(tmp_path / "mainstay.sqlite3")
    assert found.database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in found.database["OPTIONS"]["init_command"]
    assert (found.engine, found.ledger) == ("duckdb://", None)
    assert found.hosts == ["localhost", "127.0.0.1", "[::1]"]
    assert (found.debug, found.https, found.language) == (False, False, "en")


def test_what_is_set_is_taken(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        MAINSTAY_SECRET_KEY="given",
        MAINSTAY_DEBUG="true",
        MAINSTAY_HTTPS="1",
        MAINSTAY_LANGUAGE="zh-hans",
        MAINSTAY_HOSTS="kam.example.com",
        MAINSTAY_MEMORY="2048",
        MAINSTAY_THREADS="3",
        MAINSTAY_UPLOAD_LIMIT="50",
        MAINSTAY_CURRENCY="EUR",
        MAINSTAY_PROXIES="1",
    )
    assert (found.secret_key, found.debug, found.https, found.language) == ("given", True, True, "zh-hans")
    assert (found.hosts, found.memory, found.threads, found.upload_limit) == (["kam.example.com"], 2048, 3, 50)
    assert (found.currency, found.proxies) == ("EUR", 1)
    assert not (tmp_path / "secret.key").exists()


def test_an_empty_variable_is_as_good_as_none(tmp_path: Path) -> None:
    found = read(tmp_path, MAINSTAY_DEBUG="", MAINSTAY_MEMORY="", MAINSTAY_LANGUAGE="", DATABASE_URL="")
    assert (found.debug, found.memory, found.language) == (False, 4096, "en")


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("MAINSTAY_DEBUG", "maybe", "0 or 1"),
        ("MAINSTAY_HTTPS", "on", "0 or 1"),
        ("MAINSTAY_LANGUAGE", "de", "en or zh-hans"),
        ("MAINSTAY_MEMORY", "255", "256 or more"),
        ("MAINSTAY_MEMORY", "4GB", "256 or more"),
        ("MAINSTAY_THREADS", "0", "1 or more"),
        ("MAINSTAY_UPLOAD_LIMIT", "-1", "1 or more"),
        ("MAINSTAY_PROXIES", "one", "0 or more"),
        ("DATABASE_URL", "mysql://localhost/kam", "postgresql://"),
        ("DATABASE_URL", "postgresql://localhost", "postgresql://"),
        ("DATABASE_URL", "postgresql://localhost:abc/kam", "postgresql://"),
        ("MAINSTAY_ENGINE", "oracle://host", "duckdb://, spark://local or spark://host:port"),
        ("MAINSTAY_LEDGER", "postgresql://localhost/kam", "sales=schema.table"),
        ("MAINSTAY_LEDGER", "mysql://localhost/kam?sales=lines", "postgresql, databricks"),
        ("MAINSTAY_TIME_ZONE", "Mars", "Asia/Shanghai"),
    ],
)
def test_a_bad_value_is_named_with_what_it_should_be(tmp_path: Path, name: str, value: str, hint: str) -> None:
    with pytest.raises(BadEnvironment) as refused:
        read(tmp_path, **{name: value})
    assert name in str(refused.value)
    assert hint in str(refused.value)


@pytest.mark.parametrize("name", ["DATABASE_URL", "MAINSTAY_ENGINE", "MAINSTAY_LEDGER"])
def test_a_password_in_a_bad_address_is_not_shown(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadEnvironment) as refused:
        read(tmp_path, **{name: "mysql://ann:sesame@localhost/kam"})
    assert "sesame" not in str(refused.value)


def test_the_data_home_is_made_for_its_owner_only(tmp_path: Path) -> None:
    read(tmp_path / "a" / "b")
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_a_data_home_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadEnvironment, match="MAINSTAY_HOME"):
        read(tmp_path / "file" / "home")


def test_the_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first = kept_secret(tmp_path)
    assert len(first) >= 50
    assert kept_secret(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("secret*")] == ["secret.key"]


@pytest.mark.parametrize("url", ["", "sqlite:", "sqlite://"])
def test_without_an_address_the_database_is_in_the_data_home(url: str, tmp_path: Path) -> None:
    assert database(url, tmp_path)["NAME"] == str(tmp_path / "mainstay.sqlite3")


def test_sqlite_may_lie_elsewhere(tmp_path: Path) -> None:
    assert database("sqlite:////srv/kam.sqlite3", tmp_path)["NAME"].lstrip("/") == "srv/kam.sqlite3"


def test_postgresql_by_network(tmp_path: Path) -> None:
    found = database("postgresql://ann:p%40ss@db.example.com:6432/kam?sslmode=require", tmp_path)
    assert found["ENGINE"] == POSTGRESQL
    named = [found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")]
    assert named == ["kam", "ann", "p@ss", "db.example.com", "6432"]
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_postgresql_by_socket(tmp_path: Path) -> None:
    found = database("postgres://postgres@/kam?host=/run/postgresql", tmp_path)
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/run/postgresql", "", {})
