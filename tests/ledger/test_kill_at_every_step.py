"""Killed before any of its steps, whatever changes the ledger has happened whole or not at all. quality 39, 41

A step is whatever changes something on disk or in the database: a statement, a commit, a sync, a rename, a removal.
"""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ledger.files import WHOLE
from tests.ledger.forks import Forks

PRELUDE = """
from pathlib import Path
from mainstay.core.errors import Refused
from mainstay.grading.models import Refresh, Standing
from mainstay.ledger import recount, services, writer
from mainstay.ledger.engine import opened
from mainstay.ledger.models import Batch, LedgerFile
from mainstay.ledger.selectors import sales_lines
from mainstay.nightly.refresh import refresh
def bring(path):
    upload = services.Upload(Path(path), Path(path).name)
    services.import_files(order=services.Order(kind="sales", uploads=[upload], on_conflict="replace"))
def undo(number):
    services.undo_batch(batch=number)
def held():
    with opened() as engine:
        table = sales_lines(engine)
        return [table.count().to_pyarrow().as_py(), str(table.amount.sum().to_pyarrow().as_py())]
"""
READY = "from mainstay.cli.home import make_ready; make_ready()"
# What is there; whether all of it adds up, before and after the next writer has swept; then the work once more.
TELL = (
    PRELUDE
    + """
from django.conf import settings
def well():
    for check in (recount.check_files, recount.check_batches, recount.check_covered, recount.check_units):
        check()
told["held"] = held()
told["live"] = list(Batch.objects.filter(state="live").values_list("pk", flat=True))
current = Refresh.objects.filter(current=True).first()
told["current"] = current and [current.pk, current.summary["sales"], current.standings.count()]
with writer.writing():
    pass
recount.check_strays()
well()
assert Batch.objects.filter(state="open").count() == 0
assert not list((settings.MAINSTAY_HOME / "ledger").glob("*/*.parquet.*"))
"""
)
AGAIN = (
    PRELUDE
    + """
try:
    {action}
except Refused as error:
    told["refused"] = str(error)
told["held"] = held()
for check in (recount.check_files, recount.check_batches, recount.check_covered, recount.check_units):
    check()
recount.check_strays()
if Refresh.objects.exists():
    folders = {{path.name for path in Path(argument).glob("marts/*")}}
    published = {{str(pk) for pk in Refresh.objects.filter(state="published").values_list("pk", flat=True)}}
    told["marts"] = folders == published
    told["currents"] = Refresh.objects.filter(current=True).count()
"""
)
ACTIONS = {
    "import": "bring(argument)",
    "undo": "undo(1)",
    "compact": "services.compact_ledger()",
    "refresh": "refresh()",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three files: the second says some of the first again, some otherwise, and some anew; the third likewise."""
    folder = tmp_path_factory.mktemp("files")
    texts = [
        "".join(f"S{n},2024-01-0{1 + n % 5},A{n % 4},{n}.25\n" for n in range(40)),
        "".join(f"S{n},2024-01-0{1 + n % 5},A{n % 4},{n + (n % 3 == 0)}.25\n" for n in range(20, 60)),
        "".join(f"S{n},2024-01-0{1 + n % 5},A{n % 5},{n + (n % 4 == 0)}.25\n" for n in range(50, 80)),
    ]
    paths = [folder / f"{number}.csv" for number in range(3)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(WHOLE + text)
    return paths


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    made = Forks(tmp_path_factory.mktemp("kills"))
    made.run(READY)
    made.keep()
    yield made
    made.close()


@pytest.fixture
def ready(forks: Forks, files: list[Path], request: pytest.FixtureRequest) -> Forks:
    """A home where the action has everything to do that it can do."""
    empty = forks.home.with_name("empty")
    if not empty.exists():
        forks.base.rename(empty)
    shutil.rmtree(forks.base, ignore_errors=True)
    shutil.copytree(empty, forks.base)
    forks.reset()
    action = request.node.callspec.params["action"]
    for path in files[: 1 if action == "import" else 3]:
        forks.run(PRELUDE + "bring(argument)", str(path))
    if action == "compact":
        forks.run(PRELUDE + "undo(2)")
    if action == "refresh":
        forks.run(PRELUDE + "refresh()")
    forks.keep()
    return forks


def outcome(forks: Forks, action: str, argument: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What there is before the action and after it."""
    before = forks.run(TELL)
    forks.run(PRELUDE + ACTIONS[action], argument)
    return before, forks.run(TELL)


def check_one(forks: Forks, action: str, argument: Any, expected: tuple[dict[str, Any], dict[str, Any]]) -> None:
    before, after = expected
    found = forks.run(TELL)
    if action == "refresh" and found != before:
        # A killed refresh has used up a number.
        found["current"][0] = after["current"][0]
    assert found in (before, after)
    again = forks.run(AGAIN.format(action=ACTIONS[action]), str(forks.home) if action == "refresh" else argument)
    assert again["held"] == after["held"]
    if action == "refresh":
        assert (again["marts"], again["currents"]) == (True, 1)


def kill_at(forks: Forks, files: list[Path], action: str, steps: Any) -> int:
    """Kill the action before each of these steps; returns how often, until it has no such step any more."""
    argument = str(files[1])
    expected = outcome(forks, action, argument)
    kills = 0
    for step in steps:
        forks.reset()
        if forks.run(PRELUDE + ACTIONS[action], argument, step=step) is not None:
            return kills
        kills += 1
        check_one(forks, action, argument, expected)
    return kills


@pytest.mark.parametrize(("action", "steps"), [("import", (4, 9, 22)), ("undo", (7, 12)), ("compact", (9, 15))])
def test_killed_at_a_few_steps(ready: Forks, files: list[Path], action: str, steps: Any) -> None:
    assert kill_at(ready, files, action, steps) == len(steps)


@pytest.mark.long
@pytest.mark.parametrize(("action", "every", "least"), [
    ("import", 1, 20), ("undo", 1, 12), ("compact", 1, 12), ("refresh", 1, 20),
])  # fmt: skip
def test_killed_at_every_step(ready: Forks, files: list[Path], action: str, every: int, least: int) -> None:
    kills = kill_at(ready, files, action, range(1, 1000, every))
    assert kills >= least


@pytest.mark.long
@pytest.mark.parametrize(("action", "kills"), [("import", 50), ("undo", 50), ("compact", 50), ("refresh", 30)])
def test_killed_at_any_moment(ready: Forks, files: list[Path], action: str, kills: int) -> None:
    """Also inside what DuckDB and the database do."""
    argument, chance = str(files[1]), random.Random(39)
    expected = outcome(ready, action, argument)
    for _number in range(kills):
        ready.reset()
        ready.run(PRELUDE + ACTIONS[action], argument, after=chance.uniform(0.01, 0.9 if action == "refresh" else 0.4))
        check_one(ready, action, argument, expected)
