"""The whole data home in one file, made while others work, and back."""

import io
import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mainstay.core.errors import Refused
from mainstay.grading.models import Refresh
from mainstay.ledger.models import Batch, LedgerFile
from mainstay.ledger.services import undo_batch
from mainstay.nightly import backup as backups
from mainstay.nightly import database_copy
from mainstay.nightly import restore as restoring
from mainstay.nightly.backup import backup
from mainstay.nightly.refresh import refresh
from mainstay.nightly.restore import restore
from tests.ledger.files import WHOLE, bring_text, bring_tiny
from tests.ledgers import TINY_DAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def made(tmp_path: Path, home: Path) -> Path:
    """A backup of a home with a ledger, marts, and an upload that waits."""
    bring_tiny()
    refresh(as_of=TINY_DAY)
    (home / "uploads" / "waits.csv").write_text("a,b\n")
    (home / "secret.key").write_text("key")
    backup(to=tmp_path / "kept.tar")
    return tmp_path / "kept.tar"


_kept: list[bytes] = []


@pytest.fixture
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The same, for tests that only read it: made once."""
    if not _kept:
        _kept.append(request.getfixturevalue("made").read_bytes())
    (tmp_path / "kept.tar").write_bytes(_kept[0])
    return tmp_path / "kept.tar"


def names(archive: Path) -> list[str]:
    with tarfile.open(archive) as tar:
        return tar.getnames()


def test_it_holds_what_the_database_names_and_nothing_else(made: Path, home: Path) -> None:
    undo_batch(batch=Batch.objects.latest("pk").pk)
    (home / "ledger" / "sales" / "stray.parquet").write_text("left by a crash")
    (home / "marts" / "99").mkdir()
    backup(to=made)
    found = names(made)
    counting = set(LedgerFile.objects.filter(retired_at=None).values_list("path", flat=True))
    assert {name for name in found if name.startswith("ledger/")} == counting
    published = set(Refresh.objects.values_list("folder", flat=True))
    assert {name.rpartition("/")[0] for name in found if name.startswith("marts/")} == published
    assert found[0] == "backup.json"
    assert found[-1] == "manifest.json"
    assert {"uploads/waits.csv", "secret.key"} <= set(found)
    assert made.stat().st_mode & 0o077 == 0


def test_a_place_inside_the_data_home_is_refused(home: Path) -> None:
    with pytest.raises(Refused, match="outside the data home"):
        backup(to=home / "kept.tar")


def test_a_folder_is_no_file_for_a_backup(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is a folder"):
        backup(to=tmp_path)
    with pytest.raises(Refused, match="is a folder"):
        backup(to=Path())


def test_a_backup_that_breaks_off_leaves_the_one_before(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = made.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "_add_marts", full)
    with pytest.raises(OSError, match="No space left"):
        backup(to=made)
    assert made.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if "kept" in path.name] == ["kept.tar"]


def test_a_file_that_changed_on_the_disk_is_named_and_not_kept(made: Path, home: Path) -> None:
    path = LedgerFile.objects.filter(retired_at=None).latest("pk").path
    (home / path).write_bytes((home / path).read_bytes()[:-1] + b"x")
    with pytest.raises(Refused, match=re.escape(path)):
        backup(to=made)
    (home / path).unlink()
    with pytest.raises(Refused, match="is missing"):
        backup(to=made)


@pytest.fixture
def empty(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data home, whose database is taken for empty too."""
    folder = tmp_path / "empty"
    folder.mkdir()
    settings.MAINSTAY_HOME = folder
    monkeypatch.setattr(restoring, "is_empty", lambda: True)
    return folder


def left(home: Path) -> list[str]:
    return sorted(path.name for path in home.iterdir() if not path.name.endswith(".lock"))


def rewritten(archive: Path, change: Callable[[str, bytes], tuple[str, bytes] | None], **more: Any) -> Path:
    """The same archive with other files in it."""
    changed = archive.with_name("changed.tar")
    with tarfile.open(archive) as old, tarfile.open(changed, "w") as new:
        for entry in old:
            found = change(entry.name, old.extractfile(entry).read())
            if found is None:
                continue
            entry.name, content = found
            entry.size = len(content)
            for name, value in more.items() if entry.name.startswith("ledger/") else ():
                setattr(entry, name, value)
            new.addfile(entry, io.BytesIO(content) if entry.isreg() else None)
    return changed


def test_a_backup_cut_off_anywhere_is_refused_and_leaves_nothing(archive: Path, empty: Path) -> None:
    whole = archive.read_bytes()
    for place in (0, 100, 600, len(whole) // 3, len(whole) // 2, whole.rindex(b"manifest.json")):
        archive.write_bytes(whole[:place])
        with pytest.raises(Refused, match="is damaged or no backup"):
            restore(archive=archive)
        assert left(empty) == []


def test_a_changed_byte_is_refused_wherever_it_is(archive: Path, empty: Path) -> None:
    whole = archive.read_bytes()
    with tarfile.open(archive) as tar:
        places = [entry.offset_data + entry.size // 2 for entry in tar if entry.size and entry.name != "backup.json"]
    for place in places:
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(Refused, match="is damaged or no backup"):
            restore(archive=archive)
    assert left(empty) == []


@pytest.mark.parametrize(
    "name",
    ["../out", "/tmp/out", "ledger/../../out", "ledger/./a", "ledger\\..\\out", "other/file", "ledger", "x" * 300],
)
def test_a_name_that_leads_out_is_refused(archive: Path, empty: Path, name: str) -> None:
    def change(old: str, content: bytes) -> tuple[str, bytes]:
        if old == "manifest.json":
            content = content.replace(b'"uploads/waits.csv"', json.dumps(name).encode())
        return (name if old == "uploads/waits.csv" else old), content

    with pytest.raises(Refused, match="is damaged or no backup"):
        restore(archive=rewritten(archive, change))
    assert left(empty) == []
    assert not (empty.parent / "out").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_what_is_no_plain_file_is_refused(archive: Path, empty: Path, kind: bytes) -> None:
    changed = rewritten(archive, lambda name, content: (name, content), type=kind, linkname="/etc/passwd")
    with pytest.raises(Refused, match="is damaged or no backup"):
        restore(archive=changed)
    assert left(empty) == []


def about_changed(archive: Path, **changes: Any) -> Path:
    def change(name: str, content: bytes) -> tuple[str, bytes]:
        return name, json.dumps(json.loads(content) | changes).encode() if name == "backup.json" else content

    return rewritten(archive, change)


def test_one_of_a_newer_version_is_refused(archive: Path, empty: Path) -> None:
    newer = about_changed(archive, migrations=[["ledger", "0999_later"]], version="9.9")
    with pytest.raises(Refused, match=r"newer Mainstay, 9\.9"):
        restore(archive=newer)
    with pytest.raises(Refused, match=r"newer Mainstay, 9\.9"):
        restore(archive=about_changed(archive, format=2, version="9.9"))
    assert left(empty) == []


def test_one_of_the_other_database_is_refused(archive: Path, empty: Path) -> None:
    with pytest.raises(Refused, match="the kind of database it came from"):
        restore(archive=about_changed(archive, database="oracle"))
    assert left(empty) == []


def test_a_file_that_is_not_there_or_no_tar_is_refused(tmp_path: Path, empty: Path) -> None:
    with pytest.raises(Refused, match="There is no file"):
        restore(archive=tmp_path / "none.tar")
    (tmp_path / "sales.csv").write_text("document,date\n" * 200)
    with pytest.raises(Refused, match="is damaged or no backup"):
        restore(archive=tmp_path / "sales.csv")


def test_a_new_home_is_empty_where_a_backup_is_refused(tmp_path: Path) -> None:
    """What starting makes goes again: the key, the folder of uploads, the lock."""
    home, junk = tmp_path / "new", tmp_path / "junk.tar"
    junk.write_text("no backup")
    start = [sys.executable, "-c", "from mainstay.cli.main import run; run()", "restore", str(junk)]
    environment = {**os.environ, "MAINSTAY_HOME": str(home), "DATABASE_URL": ""}
    done = subprocess.run(start, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is damaged or no backup" in done.stderr
    assert list(home.iterdir()) == []
    (home / "secret.key").write_text("of its owner")
    assert subprocess.run(start, env=environment, capture_output=True, check=False).returncode == 1
    assert (home / "secret.key").read_text() == "of its owner"


def test_a_home_that_is_not_empty_is_refused(made: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    before = left(home)
    with pytest.raises(Refused, match="is not empty"):
        restore(archive=made)
    monkeypatch.setattr(restoring, "is_empty", lambda: True)
    with pytest.raises(Refused, match="is not empty"):
        restore(archive=made)
    assert left(home) == before


def test_files_go_again_where_the_database_cannot_be_brought_back(
    archive: Path, empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(database_copy, "_load_postgresql", full)
    monkeypatch.setattr(database_copy, "_sqlite_path", full)
    with pytest.raises(OSError, match="No space left"):
        restore(archive=archive)
    assert left(empty) == []


def test_what_changes_after_the_database_was_copied_is_not_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_tiny()
    copy = backups.copied

    def then_changed(folder: Path) -> Any:
        found = copy(folder)
        bring_text(tmp_path, "sales", WHOLE + "D1,2024-01-02,A,5\n")
        undo_batch(batch=Batch.objects.earliest("pk").pk)
        return found

    before = set(LedgerFile.objects.values_list("path", flat=True))
    monkeypatch.setattr(backups, "copied", then_changed)
    backup(to=tmp_path / "kept.tar")
    assert {name for name in names(tmp_path / "kept.tar") if name.startswith("ledger/")} == before
