"""A backup taken while others import, undo, compact and refresh, restored into an empty home: the same to the cent."""

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import postgres
from tests.ledger.processes import started

READY = "import django; django.setup(); from mainstay.cli.home import make_ready; make_ready()"
CLI = "import sys; from mainstay.cli.main import run; sys.argv[0] = 'mainstay'; run()"
# Imports file after file, each of 40 lines over 820; takes every third one back; compacts and refreshes now and then.
WORK = """
import sys, time
import django
django.setup()
from pathlib import Path
from mainstay.ledger import compaction
from mainstay.ledger.services import Order, Upload, import_files, undo_batch
from mainstay.nightly.refresh import refresh
compaction.SMALL_FILES = 4
folder, number = Path(sys.argv[1]), 0
while not (folder / "stop").exists():
    number += 1
    path = folder / f"{number}.csv"
    rows = "".join(f"S{number}-{n},2024-01-02,A{n % 7},{n + 1}\\n" for n in range(40))
    path.write_text("document,date,account,amount\\n" + rows)
    batch = import_files(order=Order(kind="sales", uploads=[Upload(path, path.name)])).batch.pk
    if number % 3 == 0:
        undo_batch(batch=batch)
    if number % 4 == 0:
        refresh()
    (folder / "done").write_text(str(number))
"""
TELL = """
import json
import django
django.setup()
from django.conf import settings
from mainstay.grading.models import Refresh, Standing
from mainstay.accounts.models import Account
from mainstay.ledger.engine import opened
from mainstay.ledger.models import Batch, LedgerFile
from mainstay.ledger.selectors import sales_lines
with opened() as engine:
    table = sales_lines(engine)
    lines = [table.count().to_pyarrow().as_py(), str(table.amount.sum().to_pyarrow().as_py())]
current = Refresh.objects.filter(current=True).first()
print(json.dumps({"lines": lines, "live": Batch.objects.filter(state="live").count(),
    "accounts": Account.objects.count(),
    "files": dict(LedgerFile.objects.filter(retired_at=None).values_list("path", "sha256")),
    "refresh": current and [current.summary["sales"], current.standings.count()],
    "secret": (settings.MAINSTAY_HOME / "secret.key").read_text()}))
"""


def ended(process: Any, exit_code: int = 0) -> str:
    out, err = process.communicate(timeout=240)
    assert process.returncode == exit_code, err
    return str(out)


def waited(folder: Path, number: int) -> None:
    """Until that many files are imported."""
    end = time.monotonic() + 120
    while not (folder / "done").exists() or int((folder / "done").read_text() or 0) < number:
        assert time.monotonic() < end
        time.sleep(0.05)


def check_restored(folder: Path, backups: int, source_url: str, targets: list[str], *, go_on: bool) -> None:
    home, files = folder / "home", folder / "files"
    files.mkdir()
    ended(started(home, READY, database=source_url))
    worker = started(home, WORK, files, database=source_url)
    try:
        for number in range(backups):
            waited(files, 5 * number + 4)
            ended(started(home, CLI, "backup", folder / f"{number}.tar", database=source_url))
        assert worker.poll() is None
    finally:
        (files / "stop").touch()
        ended(worker)
    for number in range(backups):
        other, url = folder / f"restored-{number}", targets[number]
        ended(started(other, CLI, "restore", folder / f"{number}.tar", database=url))
        told = json.loads(ended(started(other, TELL, database=url)))
        assert told["live"] >= 3
        assert told["lines"] == [40 * told["live"], f"{820 * told['live']}.0000"]
        assert told["accounts"] == 7
        assert told["refresh"][1] == 7
        assert float(told["refresh"][0]) % 820 == 0
        assert told["secret"] == (home / "secret.key").read_text()
        for path, digest in told["files"].items():
            assert hashlib.sha256((other / path).read_bytes()).hexdigest() == digest
        assert "wrong" not in ended(started(other, CLI, "check", "--deep", database=url))
        ended(started(other, CLI, "restore", folder / f"{number}.tar", database=url), exit_code=1)
    if not go_on:
        return
    # Who restored goes on: new rows take new numbers.
    (files / "stop").unlink()
    worker = started(other, WORK.replace("number = Path(sys.argv[1]), 0", "number = Path(sys.argv[1]), 1000"), files,
                     database=url)  # fmt: skip
    waited(files, 1002)
    (files / "stop").touch()
    ended(worker)
    ended(started(other, CLI, "check", "--deep", database=url))


def test_a_backup_under_load_comes_back_whole(tmp_path: Path) -> None:
    """quality 42"""
    check_restored(tmp_path, 1, "", [""], go_on=False)


@pytest.mark.long
def test_several_backups_under_load_come_back_whole(tmp_path: Path) -> None:
    """quality 42"""
    check_restored(tmp_path, 4, "", [""] * 4, go_on=True)


@pytest.fixture
def databases() -> Iterator[list[str]]:
    """Addresses of three empty databases of one PostgreSQL."""
    with postgres.server() as url, postgres.new_database(url) as first, postgres.new_database(url) as second:
        yield [url, first, second]


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")
def test_backups_of_postgresql_come_back_whole(tmp_path: Path, databases: list[str]) -> None:
    """quality 42"""
    source, *targets = databases
    check_restored(tmp_path, 2, source, targets, go_on=True)
