"""A backup of an earlier version comes back and is brought up to this one.

Backups of released versions lie in tests/data/releases, one of the demonstration company for each.
"""

from pathlib import Path

import pytest

from tests.ledger.files import TINY
from tests.ledger.processes import started
from tests.nightly.test_backup_under_load import CLI, READY, ended

RELEASES = sorted((TINY.parent / "releases").glob("*.tar"))
# As a version would have made it whose ledger had no more than its first migration.
OLD = """
import sys
import django
django.setup()
from pathlib import Path
from django.core.management import call_command
from mainstay.nightly import backup, database_copy
call_command("migrate", "ledger", "0001_initial", verbosity=0)
database_copy.FILES = "SELECT path, '' FROM ledger_ledgerfile WHERE retired_at IS NULL ORDER BY id"
backup.backup(to=Path(sys.argv[1]))
"""


def check_comes_back(archive: Path, home: Path) -> None:
    ended(started(home, CLI, "restore", archive, database=""))
    assert "sales" in ended(started(home, CLI, "batches", database=""))
    ended(started(home, CLI, "check", "--deep", database=""))


@pytest.mark.long
@pytest.mark.parametrize("archive", RELEASES, ids=[path.stem for path in RELEASES])
def test_a_backup_of_every_released_version_comes_back(archive: Path, tmp_path: Path) -> None:
    """quality 43"""
    check_comes_back(archive, tmp_path / "restored")


@pytest.mark.long
def test_a_backup_with_an_older_database_is_migrated(tmp_path: Path) -> None:
    """quality 43"""
    ended(started(tmp_path / "old", READY, database=""))
    ended(started(tmp_path / "old", CLI, "import", "sales", TINY / "sales.csv", database=""))
    ended(started(tmp_path / "old", OLD, tmp_path / "old.tar", database=""))
    check_comes_back(tmp_path / "old.tar", tmp_path / "restored")
