"""Several processes import at once, on a database on disk: they queue, and every line counts once."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.ledger.processes import started

IMPORT = """
import sys
import django
django.setup()
from pathlib import Path
from mainstay.ledger.services import Order, Upload, import_files
for path in sys.argv[1:]:
    import_files(order=Order(kind="sales", uploads=[Upload(Path(path), Path(path).name)]))
"""
READY = "import django; django.setup(); from mainstay.cli.home import make_ready; make_ready()"
TELL = """
import json
import django
django.setup()
from mainstay.accounts.models import Account
from mainstay.ledger.engine import opened
from mainstay.ledger.models import Batch, State
from mainstay.ledger.selectors import sales_lines
with opened() as engine:
    table = sales_lines(engine)
    lines = [table.count().to_pyarrow().as_py(), str(table.amount.sum().to_pyarrow().as_py())]
print(json.dumps({"lines": lines, "accounts": Account.objects.count(),
    "live": Batch.objects.filter(state=State.LIVE).count(), "open": Batch.objects.filter(state=State.OPEN).count()}))
"""
PROCESSES, FILES, DOCUMENTS = 4, 4, 50


@pytest.fixture
def database() -> Iterator[str]:
    """No other test's: the data home is none either."""
    url = os.environ["DATABASE_URL"]
    if not url:
        yield ""
        return
    with postgres.new_database(url) as own:
        yield own


@pytest.mark.postgres
def test_importers_queue_and_no_line_is_lost_or_doubled(tmp_path: Path, database: str) -> None:
    """Each file overlaps the next process's: the same documents come from two at once. quality 38"""
    home = tmp_path / "data"
    out, err = started(home, READY, database=database).communicate(timeout=120)
    processes = []
    for number in range(PROCESSES):
        paths = []
        for place in range(FILES):
            first = (number * FILES + place) * DOCUMENTS
            path = tmp_path / f"{number}-{place}.csv"
            rows = [f"S{d},2024-01-02,A{d % 70},{d}.25" for d in range(first, first + 2 * DOCUMENTS)]
            path.write_text("document,date,account,amount\n" + "\n".join(rows) + "\n")
            paths.append(path)
        processes.append(started(home, IMPORT, *paths, database=database))
    for process in processes:
        _out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    out, err = started(home, TELL, database=database).communicate(timeout=120)
    documents = (PROCESSES * FILES + 1) * DOCUMENTS
    total = sum(range(documents)) + documents / 4
    assert json.loads(out) == {
        "lines": [documents, f"{total:.4f}"],
        "accounts": 70,
        "live": PROCESSES * FILES,
        "open": 0,
    }, err


RACE = "from mainstay.ledger import compaction; compaction.SMALL_FILES = 2\n"


@pytest.mark.postgres
def test_the_same_file_from_several_at_once_counts_once(tmp_path: Path, database: str) -> None:
    """quality 38: five processes race, each compacts after its imports. One brings the lines, the others nothing."""
    home = tmp_path / "data"
    started(home, READY, database=database).communicate(timeout=120)
    paths = []
    for number in range(3):
        paths.append(tmp_path / f"{number}.csv")
        rows = [f"S{number}-{d},2024-01-02,A{d % 7},{d}.25" for d in range(DOCUMENTS)]
        paths[-1].write_text("document,date,account,amount\n" + "\n".join(rows) + "\n")
    script = IMPORT.replace("for path in", RACE + "for path in")
    processes = [
        started(home, script, *(paths if number % 2 else paths[::-1]), database=database) for number in range(5)
    ]
    for process in processes:
        _out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    out, err = started(home, TELL, database=database).communicate(timeout=120)
    total = 3 * (sum(range(DOCUMENTS)) + DOCUMENTS / 4)
    assert json.loads(out) == {
        "lines": [3 * DOCUMENTS, f"{total:.4f}"], "accounts": 7, "live": 15, "open": 0,
    }, err  # fmt: skip
