"""One file that holds the whole data home as it is at one moment, made while everybody goes on working.

The database is copied first. What its copy says decides which files of the ledger and of the marts belong to it: these
never change, and stay as long as the backup is at work.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from mainstay import __version__
from mainstay.core import clock
from mainstay.core.errors import N_, Refused
from mainstay.ledger.engine import scratch
from mainstay.ledger.writer import Progress, holding_files, no_progress
from mainstay.nightly.archive import FIRST, FORMAT, SECRET, ArchiveWriter, packed
from mainstay.nightly.database_copy import Copy, copied
from mainstay.people.services import audit_record


@dataclass(frozen=True)
class BackedUp:
    """How many files went into the backup, and its length in bytes."""

    files: int
    bytes: int


def backup(*, to: Path, progress: Progress = no_progress) -> BackedUp:
    """Write the data home to one file; a file that is there already is replaced when all is done. Raises Refused."""
    home: Path = settings.MAINSTAY_HOME
    target = to.expanduser().absolute()
    if target.is_dir():
        raise Refused(N_("%(file)s is a folder. Name the file that is to hold the backup."), file=target)
    if target.resolve().is_relative_to(home.resolve()):
        raise Refused(
            N_("Choose a place outside the data home %(home)s: what is lost with it is no backup."), home=home
        )
    with holding_files(), scratch("backup") as folder, _written_whole(target) as file:
        progress(N_("copying the database"), 0)
        copy = copied(folder)
        with packed(file) as archive:
            archive.add_json(FIRST, _about(copy))
            for path in copy.files:
                archive.add_file(f"database/{path.name}", path)
                path.unlink()
            _add_ledger(archive, copy, progress)
            _add_marts(archive, copy)
            _add_uploads(archive, folder)
            _add_secret(archive)
    audit_record(verb="backup made", about=target.name)
    return BackedUp(files=len(archive.manifest), bytes=target.stat().st_size)


def _about(copy: Copy) -> dict[str, object]:
    return {
        "format": FORMAT,
        "version": __version__,
        "made_at": clock.now().isoformat(),
        "database": copy.vendor,
        "migrations": copy.migrations,
        "tables": copy.tables,
    }


def _add_ledger(archive: ArchiveWriter, copy: Copy, progress: Progress) -> None:
    for number, (path, digest) in enumerate(copy.ledger, 1):
        progress(N_("copying the ledger"), number)
        with _there(path):
            found = archive.add_file(path, settings.MAINSTAY_HOME / path)
        if digest and found != digest:
            raise Refused(N_("%(path)s is damaged. Nothing was written: run `mainstay check --deep`."), path=path)


def _add_marts(archive: ArchiveWriter, copy: Copy) -> None:
    home = settings.MAINSTAY_HOME
    for folder in copy.marts:
        with _there(folder):
            for path in sorted((home / folder).iterdir()):
                archive.add_file(path.relative_to(home).as_posix(), path)


def _add_uploads(archive: ArchiveWriter, folder: Path) -> None:
    """Files that wait to be imported; somebody may be sending or discarding one right now."""
    home: Path = settings.MAINSTAY_HOME
    for path in sorted((home / "uploads").rglob("*")):
        with suppress(FileNotFoundError):
            if path.is_file() and not path.is_symlink():
                kept = Path(shutil.copyfile(path, folder / "upload"))
                archive.add_file(path.relative_to(home).as_posix(), kept)


def _add_secret(archive: ArchiveWriter) -> None:
    path = settings.MAINSTAY_HOME / SECRET
    if path.exists():
        archive.add_file(SECRET, path)


@contextmanager
def _there(path: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise Refused(N_("%(path)s is missing. Nothing was written: run `mainstay check --deep`."), path=path) from None


@contextmanager
def _written_whole(target: Path) -> Iterator[IO[bytes]]:
    """A new file in the folder of `target` that takes its name when all of it is on the disk, else goes again."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise Refused(
            N_("%(folder)s cannot be written to (%(why)s)."), folder=target.parent, why=error.strerror
        ) from None
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        made.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    finally:
        made.unlink(missing_ok=True)
