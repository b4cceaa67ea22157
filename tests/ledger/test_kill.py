"""Killed before or after its commit, an import is not there at all, or whole.

Everything runs in processes of its own, on a data home of its own with its database on disk.
"""

import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.ledger.files import TINY
from tests.ledger.processes import started

# Does one thing and kills itself, uncleaned, before or after the call that is named.
DEADLY = """
import importlib, os, signal, sys
import django
django.setup()
module, name, when, action, argument = sys.argv[1:]
owner = importlib.import_module(module)
*path, name = name.split(".")
for part in path:
    owner = getattr(owner, part)
real = getattr(owner, name)
def deadly(*args, **options):
    if when == "after":
        real(*args, **options)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, deadly)
"""
ACT = """
from pathlib import Path
from mainstay.ledger.services import Order, Upload, import_files, undo_batch
def bring(kind, path):
    return import_files(order=Order(kind=kind, uploads=[Upload(Path(path), Path(path).name)]))
if action == "import":
    bring("sales", argument)
elif action == "undo":
    undo_batch(batch=int(argument))
"""
# Tells what the ledger holds, lets the next writer sweep, and imports the file once more.
REPORT = (
    """
import json, sys
import django
django.setup()
action = ""
"""
    + ACT
    + """
from django.conf import settings
from mainstay.ledger.engine import opened
from mainstay.ledger.models import Batch, LedgerFile
from mainstay.ledger.selectors import sales_lines
def held():
    with opened() as engine:
        table = sales_lines(engine)
        return [table.count().to_pyarrow().as_py(), str(table.amount.sum().to_pyarrow().as_py())]
costs, sales = sys.argv[1:]
first = held()
live = Batch.objects.filter(kind="sales", state="live").count()
bring("costs", costs)
disk = sorted(p.relative_to(settings.MAINSTAY_HOME).as_posix() for p in settings.MAINSTAY_HOME.glob("ledger/*/*"))
listed = sorted(LedgerFile.objects.values_list("path", flat=True))
bring("sales", sales)
print(json.dumps({"held": first, "live": live, "strays": disk != listed, "again": held()}))
"""
)
WHOLE = [14, "7490.3333"]  # tests/data/tiny/sales.csv
NOTHING = [0, "None"]


def report(home: Path, sales: Path) -> dict[str, Any]:
    process = started(home, REPORT, TINY / "costs.csv", sales)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return dict(json.loads(out.splitlines()[-1]))


def killed(home: Path, module: str, name: str, when: str, action: str, argument: object) -> None:
    process = started(home, DEADLY + ACT, module, name, when, action, argument)
    _out, err = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL, err


@pytest.fixture(scope="module")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("killed") / "empty"
    process = started(home, "import django; django.setup(); from mainstay.cli.home import make_ready; make_ready()")
    assert process.wait(timeout=120) == 0
    process.communicate()
    return home


@pytest.fixture
def new_home(empty_home: Path, tmp_path: Path) -> Callable[[str], Path]:
    def copied(name: str) -> Path:
        return Path(shutil.copytree(empty_home, tmp_path / name))

    return copied


def check_import_killed(home: Path, module: str, name: str, when: str) -> None:
    killed(home, module, name, when, "import", TINY / "sales.csv")
    found = report(home, TINY / "sales.csv")
    assert found["held"] == (WHOLE if found["live"] else NOTHING)
    assert not found["strays"]
    assert found["again"] == WHOLE


def test_killed_before_the_commit_nothing_is_there(new_home: Callable[[str], Path]) -> None:
    """quality 39: no file counts before the transaction that says so."""
    check_import_killed(new_home("a"), "mainstay.ledger.writer", "Writer.advance", "before")


def test_killed_after_the_commit_all_is_there(new_home: Callable[[str], Path]) -> None:
    """quality 39, 41"""
    home = new_home("a")
    killed(home, "mainstay.ledger.imports", "_commit", "after", "import", TINY / "sales.csv")
    assert report(home, TINY / "sales.csv")["held"] == WHOLE
