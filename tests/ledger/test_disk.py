"""A disk that is full, or forbidden, or slow to write: nothing is said to be there that is not. quality 41"""

import errno
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import OperationalError, connection

from mainstay.core.errors import Refused
from mainstay.ledger import compaction, imports, undoing, units, writer
from mainstay.ledger.models import Batch, LedgerFile, State
from mainstay.ledger.services import compact_ledger, undo_batch
from mainstay.nightly.refresh import refresh
from tests.cli.shell import run
from tests.ledger.files import TINY, WHOLE, amounts, bring_text, bring_tiny, held
from tests.ledger.processes import started
from tests.ledgers import TINY_DAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def full(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full_for_duckdb(*_: Any, **__: Any) -> None:
    raise duckdb.IOException("IO Error: Could not write all bytes to file: No space left on device")


def forbidden(*_: Any, **__: Any) -> None:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


WRITE_POINTS: list[tuple[Any, str, Callable[..., None]]] = [
    (units, "write_lines", full_for_duckdb),
    (units, "write_repeats", full_for_duckdb),
    (units, "write_covered", full_for_duckdb),
    (imports, "write_facts", full_for_duckdb),
    (imports, "new_file", forbidden),
    (writer, "fingerprint", full),
    (os, "fsync", full),
    (undoing.release, "write_inheritance", full_for_duckdb),
    (undoing.release, "write_covered_without", full_for_duckdb),
    (compaction._Writing, "_write_part", full_for_duckdb),
    (Path, "rename", full),
]


def _told_by(work: Callable[[], Any]) -> list[Exception]:
    """The error that the work ends with."""
    try:
        work()
    except (Refused, OSError) as error:
        return [error]
    return []


@pytest.mark.parametrize(("owner", "name", "error"), WRITE_POINTS, ids=[point[1] for point in WRITE_POINTS])
def test_whatever_cannot_be_written_nothing_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, error: Any
) -> None:
    """At every place where import, undo or compaction write. A sentence says why."""
    first = bring_text(tmp_path, "sales", WHOLE + "D1,2024-01-02,A,5\nD2,2024-01-02,B,1\n")
    bring_text(tmp_path, "sales", WHOLE + "D2,2024-01-02,B,1\nD3,2024-01-02,B,3\n")
    files = list(LedgerFile.objects.filter(retired_at=None).values_list("path", flat=True))
    told: list[Exception] = []

    def changed() -> None:
        text = WHOLE + "D1,2024-01-02,A,6\nD2,2024-01-02,B,1\nD4,2024-01-02,C,4\n"
        bring_text(tmp_path, "sales", text, on_conflict="replace")

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, error)
        for work in (changed, lambda: undo_batch(batch=first.batch.pk), compact_ledger):
            if not told:
                told += _told_by(work)
    (error,) = told
    assert "No space left" in str(error) or "Permission denied" in str(error)
    assert not isinstance(error, Refused) or "Nothing was changed" in error.message
    if name not in ("write_inheritance", "write_covered_without", "_write_part", "rename"):
        assert list(LedgerFile.objects.filter(retired_at=None).values_list("path", flat=True)) == files
        assert amounts() == [1, 3, 5]
    with writer.writing():
        assert writer.strays() == []
    assert not Batch.objects.filter(state=State.OPEN).exists()


def test_a_file_that_may_not_grow_is_a_sentence_and_no_import(tmp_path: Path) -> None:
    """The system itself refuses to write: a limit on the size of files, as on a full disk."""
    home, limit = tmp_path / "data", 600_000
    ready = "import django; django.setup(); from mainstay.cli.home import make_ready; make_ready()"
    _out, err = started(home, ready, database="").communicate(timeout=120)
    assert not err
    path = tmp_path / "sales.csv"
    rows = "".join(f"D{n},2024-01-02,A{n % 9},{n}.{n % 100:02},{os.urandom(20).hex()}\n" for n in range(30_000))
    path.write_text("document,date,account,amount,product\n" + rows)
    script = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
from mainstay.cli.main import run
sys.argv[0] = "mainstay"
run()
"""
    out, err = started(home, script, "import", "sales", path, database="").communicate(timeout=120)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != limit
    assert out == ""
    assert "File too large" in err.splitlines()[-1]
    assert "Traceback" not in err
    batches = "import sys; from mainstay.cli.main import run; sys.argv[0] = 'mainstay'; run()"
    out, err = started(home, batches, "batches", "--format", "json", database="").communicate(timeout=120)
    assert out.strip() == "[]", err


@pytest.fixture
def order_of_things(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is synced and what is committed, in the order in which it happens: paths, and COMMIT."""
    seen: list[str] = []
    fsync, commit = os.fsync, connection._commit

    def synced(handle: int) -> None:
        seen.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        fsync(handle)

    def committed() -> None:
        seen.append("COMMIT")
        commit()

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(connection, "_commit", committed)
    return seen


def synced_before_last_commit(seen: list[str], made: set[str], home: Path) -> None:
    """Each new file, and every folder from it up to the data home."""
    last = len(seen) - 1 - seen[::-1].index("COMMIT")
    before = set(seen[:last])
    wanted = {str(home / path) for path in made}
    wanted |= {str(folder) for path in list(wanted) for folder in Path(path).parents if folder.is_relative_to(home)}
    assert made
    assert wanted <= before, wanted - before


def test_files_and_folders_are_synced_before_the_database_says_that_they_count(
    tmp_path: Path, home: Path, order_of_things: list[str]
) -> None:
    """quality 41: of an import into new folders, an undo and a compaction"""
    known: set[str] = set()

    def new_files() -> set[str]:
        found = set(LedgerFile.objects.values_list("path", flat=True))
        made = found - known
        known.update(found)
        return made

    first = bring_text(tmp_path, "sales", WHOLE + "D1,2024-01-02,A,5\nD2,2024-01-02,A,5\n")
    synced_before_last_commit(order_of_things, new_files(), home)
    bring_text(tmp_path, "sales", WHOLE + "D1,2024-01-02,A,6\nD2,2024-01-02,A,5\n", on_conflict="replace")
    new_files()
    for work in (lambda: undo_batch(batch=first.batch.pk), compact_ledger):
        order_of_things.clear()
        work()
        synced_before_last_commit(order_of_things, new_files(), home)


def test_marts_are_synced_before_a_refresh_is_published(home: Path, order_of_things: list[str]) -> None:
    """quality 41"""
    bring_tiny()
    order_of_things.clear()
    done = refresh(as_of=TINY_DAY)
    made = {path.relative_to(home).as_posix() for path in (home / done.folder).iterdir()}
    synced_before_last_commit(order_of_things, made, home)


def test_a_database_that_goes_away_at_the_commit_is_refused_with_nothing_half_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """quality 40: the command says so, and the same import afterwards brings everything."""
    accounts_write = imports.Created.carry_out

    def gone(self: Any, batch: Batch) -> Any:
        accounts_write(self, batch)
        raise OperationalError("terminating connection due to administrator command")

    with monkeypatch.context() as patch:
        patch.setattr(imports.Created, "carry_out", gone)
        told = run("import", "sales", TINY / "sales.csv", exit_code=1).stderr
    assert "terminating connection" in told.splitlines()[-1]
    assert not held()
    assert not Batch.objects.filter(state=State.LIVE).exists()
    run("import", "sales", TINY / "sales.csv")
    assert sum(held().values()) == 14
    assert writer.strays() == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that could go away")
def test_a_server_that_ends_our_connection_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """quality 40"""
    accounts_write = imports.Created.carry_out

    def ended(self: Any, batch: Batch) -> Any:
        made = accounts_write(self, batch)
        other = connection.copy()
        with connection.cursor() as mine, other.cursor() as cursor:
            mine.execute("SELECT pg_backend_pid()")
            cursor.execute("SELECT pg_terminate_backend(%s)", mine.fetchone())
        other.close()
        return made

    with monkeypatch.context() as patch:
        patch.setattr(imports.Created, "carry_out", ended)
        told = run("import", "sales", TINY / "sales.csv", exit_code=1).stderr
    assert "What was not reported as done did not happen" in told
    connection.close()
    assert not held()
    run("import", "sales", TINY / "sales.csv")
    assert sum(held().values()) == 14
