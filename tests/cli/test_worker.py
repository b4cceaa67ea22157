"""mainstay worker, and the workers beside the server: processes on a database on disk."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ledger.processes import started

COMMAND = "from mainstay.cli.main import run; run()"
SETUP = """
import os, signal, sys
import django
django.setup()
from django.core.management import call_command
from mainstay.jobs.models import Job, Worker
from mainstay.people.models import User
"""
# A director, and an upload of a small sales file whose import is asked for.
ASK = (
    SETUP
    + """
from mainstay.cli.home import make_ready
from mainstay.core import clock
from mainstay.people.services import user_add
from mainstay.web.pages.imports_jobs import importing
from mainstay.web.pages.imports_uploads import Pending, Stored, save
from django.conf import settings
make_ready()
person = User.objects.first() or user_add(email="ada@example.com", role="director", password="correct horse 9")[0]
token = sys.argv[1] * 32
folder = settings.MAINSTAY_HOME / "uploads" / token
folder.mkdir(parents=True)
(folder / "f").write_text("document,date,account,amount\\nS1,2024-01-10,A1,100\\nS2,2024-01-11,A2,20\\n")
pending = Pending(token, person.pk, "sales", "default", (Stored("f", "sales.csv", 80),), clock.now())
save(pending)
importing(pending, person, None)
"""
)
# Does the jobs that wait and kills itself, uncleaned, at the step that is named.
DEADLY = (
    SETUP
    + """
import importlib
module, name, when = sys.argv[1:]
owner = importlib.import_module(module)
real = getattr(owner, name)
def deadly(*args, **options):
    if when == "after":
        real(*args, **options)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, name, deadly)
from mainstay.jobs.worker import work
work(once=True)
"""
)
TELL = (
    SETUP
    + """
from mainstay.ledger.models import Batch, State
print([job.state for job in Job.objects.order_by("asked_at")], Batch.objects.filter(state=State.LIVE).count(),
      Worker.objects.count())
"""
)


def done(home: Path, script: str, *arguments: object) -> str:
    process = started(home, script, *arguments)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.strip()


def command(home: Path, *words: object) -> "subprocess.Popen[str]":
    environment = {**os.environ, "MAINSTAY_HOME": str(home), "DATABASE_URL": "", "MAINSTAY_WORKERS": "1"}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", COMMAND, *map(str, words)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def until(wanted: Callable[[], bool]) -> None:
    for _time in range(600):
        if wanted():
            return
        time.sleep(0.1)
    raise AssertionError("it never came")


def test_once_does_what_waits(home: Path) -> None:
    done(home, ASK, "a")
    assert done(home, TELL) == "['waiting'] 0 0"
    worker = command(home, "worker", "--once")
    out, err = worker.communicate(timeout=120)
    assert (worker.returncode, out) == (0, ""), err
    assert done(home, TELL) == "['done'] 1 0"


@pytest.mark.long
@pytest.mark.parametrize(
    ("module", "name", "when", "after_death", "in_the_end"),
    [
        ("mainstay.jobs.services", "job_begin", "after", "['running'] 0 1", "['failed'] 0 0"),
        ("mainstay.ledger.imports", "stage", "after", "['running'] 0 1", "['failed'] 0 0"),
        ("mainstay.ledger.imports", "_commit", "before", "['running'] 0 1", "['failed'] 0 0"),
        ("mainstay.jobs.services", "job_settle", "after", "['running'] 0 1", "['failed'] 0 0"),
        ("mainstay.ledger.imports", "_commit", "after", "['done'] 1 1", "['done'] 1 0"),
        ("mainstay.web.works", "settled", "before", "['done'] 1 1", "['done'] 1 0"),
        ("mainstay.jobs.services", "job_finish", "after", "['done'] 1 1", "['done'] 1 0"),
    ],
)
def test_killed_at_any_step_a_job_tells_what_is_true(
    home: Path, module: str, name: str, when: str, after_death: str, in_the_end: str
) -> None:
    """quality 38, 39: a job that failed changed nothing, and one whose batch is live is done."""
    done(home, ASK, "a")
    process = started(home, DEADLY, module, name, when)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    assert done(home, TELL) == after_death
    command(home, "worker", "--once").communicate(timeout=120)
    assert done(home, TELL) == in_the_end


@pytest.mark.long
def test_the_server_brings_a_worker_and_takes_it_along(home: Path) -> None:
    """Ended by TERM, or killed: no worker stays behind. One that is killed is started again."""
    done(home, ASK, "a")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = command(home, "serve", "--port", port)
    until(lambda: done(home, TELL).startswith("['done'] 1"))
    until(lambda: worker_of(server.pid) != 0)
    first = worker_of(server.pid)
    assert first > 0  # 0 would be this process and all its kin
    os.kill(first, signal.SIGKILL)
    until(lambda: worker_of(server.pid) not in (first, 0))
    server.terminate()
    server.communicate(timeout=60)
    until(lambda: done(home, TELL) == "['done'] 1 1")  # the killed one is forgotten by the next
    server = command(home, "serve", "--port", port)
    until(lambda: worker_of(server.pid) != 0)
    until(lambda: done(home, TELL) == "['done'] 1 1")
    worker = worker_of(server.pid)
    assert worker > 0
    children = children_of(server.pid)
    server.kill()
    server.wait(timeout=60)
    until(lambda: not Path(f"/proc/{worker}").exists())
    for child in children:
        if Path(f"/proc/{child}").exists():
            os.kill(child, signal.SIGTERM)
    server.communicate(timeout=60)


def children_of(pid: int) -> list[int]:
    """Of any of its threads."""
    found = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for children in found for child in children.read_text().split()]


def worker_of(pid: int) -> int:
    for child in children_of(pid):
        if b"--beside" in Path(f"/proc/{child}/cmdline").read_bytes():
            return child
    return 0
