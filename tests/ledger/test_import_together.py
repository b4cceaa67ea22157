"""Several processes import at once, on a database on disk: they queue, and every line counts once."""

import json
from pathlib import Path

import pytest

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


@pytest.mark.postgres
def test_importers_queue_and_no_line_is_lost_or_doubled(tmp_path: Path) -> None:
    """Each file overlaps the next process's: the same documents come from two at once. quality 38"""
    home = tmp_path / "data"
    out, err = started(home, READY).communicate(timeout=120)
    processes = []
    for number in range(PROCESSES):
        paths = []
        for place in range(FILES):
            first = (number * FILES + place) * DOCUMENTS
            path = tmp_path / f"{number}-{place}.csv"
            rows = [f"S{d},2024-01-02,A{d % 70},{d}.25" for d in range(first, first + 2 * DOCUMENTS)]
            path.write_text("document,date,account,amount\n" + "\n".join(rows) + "\n")
            paths.append(path)
        processes.append(started(home, IMPORT, *paths))
    for process in processes:
        _out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
    out, err = started(home, TELL).communicate(timeout=120)
    documents = (PROCESSES * FILES + 1) * DOCUMENTS
    total = sum(range(documents)) + documents / 4
    assert json.loads(out) == {
        "lines": [documents, f"{total:.4f}"],
        "accounts": 70,
        "live": PROCESSES * FILES,
        "open": 0,
    }, err
