"""One writer at a time, and files that are on the disk before the database says that they count.

The file lock only makes writers queue (it ends with its process, however that ends). What keeps the ledger right,
also between machines, is the revision of `Head`: a commit moves it on from the value its work began with, or fails.
"""

import fcntl
import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb
from django.conf import settings
from django.db.models import F

from mainstay.core import clock
from mainstay.core.errors import N_, Conflict, Refused
from mainstay.ledger.engine import missing_told, scratch_sweep
from mainstay.ledger.models import Batch, Content, Head, LedgerFile, State

Progress = Callable[[str, int], None]


def no_progress(step: str, rows: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Writer:
    """The right to change the ledger as it was at `revision`."""

    revision: int

    def advance(self) -> None:
        """Move the ledger on; to be called in the transaction that changes it."""
        moved = Head.objects.filter(pk=1, revision=self.revision).update(revision=F("revision") + 1)
        if moved != 1:
            raise Conflict(N_("Somebody else changed the ledger meanwhile. Nothing was changed: try again."))


@contextmanager
def turn(name: str, waiting: str, progress: Progress) -> Iterator[None]:
    """Wait for one's turn at what only one may do at a time; it ends with its process, however that ends.

    `waiting` is the msgid that `progress` is told while somebody else has it.
    """
    with (settings.MAINSTAY_HOME / f"{name}.lock").open("w") as lock:
        waited = False
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if not waited:
                    progress(waiting, 0)
                waited = True
                time.sleep(0.1)
        yield


@contextmanager
def turn_if_free(name: str) -> Iterator[bool]:
    """The turn, where nobody has it; False where somebody has."""
    with (settings.MAINSTAY_HOME / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


@contextmanager
def holding_files() -> Iterator[None]:
    """No file that counted when this began goes before it ends, however long it takes."""
    with (settings.MAINSTAY_HOME / "readers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def writing(progress: Progress = no_progress) -> Iterator[Writer]:
    """Wait for the turn to write, sweep what a crash left, and hold the turn."""
    with turn("ledger", N_("waiting for another import"), progress):
        head, _made = Head.objects.get_or_create(pk=1)
        sweep()
        yield Writer(revision=head.revision)


def new_file(kind: str) -> Path:
    """An unused path in the ledger, in a folder that exists."""
    folder: Path = settings.MAINSTAY_HOME / "ledger" / kind
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{uuid.uuid4().hex}.parquet"


def recorded(
    kind: str, content: Content, batch: Batch | None, path: Path, rows: int, holds: Iterable[int] = ()
) -> LedgerFile:
    """What the database will hold of a file that was written, with what tells later whether it is still the same."""
    with disk_errors():
        size, digest = fingerprint(path)
    return LedgerFile(
        kind=kind,
        content=content,
        batch=batch,
        path=relative(path),
        rows=rows,
        holds=sorted(holds),
        bytes=size,
        sha256=digest,
    )


def fingerprint(path: Path) -> tuple[int, str]:
    """A file's length in bytes and its SHA-256."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


def relative(path: Path) -> str:
    """A path as `LedgerFile` keeps it."""
    return path.relative_to(settings.MAINSTAY_HOME).as_posix()


@contextmanager
def disk_errors() -> Iterator[None]:
    """A full or forbidden disk, and a missing file, are told in a sentence."""
    try:
        with missing_told():
            yield
    except (OSError, duckdb.IOException) as error:
        raise Refused(
            N_("The ledger could not be written (%(why)s). Nothing was changed: make room and try again."),
            why=str(error).splitlines()[0],
        ) from error


def sync(paths: list[Path]) -> None:
    """Have the disk hold these files, and the folders that name them, before anybody is told that they are there."""
    home = settings.MAINSTAY_HOME
    with disk_errors():
        folders = {folder for path in paths for folder in path.parents if folder.is_relative_to(home)}
        for path in [*paths, *folders]:
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def sweep() -> None:
    """Take away the files and batches that an import which broke off left behind.

    Only for who holds the turn to write: nobody else's unfinished work can be there then. Files that count no
    longer stay a day, for readers that still hold them, and longer while a refresh or a backup is at work.
    """
    scratch_sweep()
    Batch.objects.filter(state=State.OPEN).delete()
    with turn_if_free("readers") as free:
        if free:
            LedgerFile.objects.filter(retired_at__lt=clock.now() - timedelta(days=1)).delete()
    for path in strays():
        path.unlink(missing_ok=True)


def strays() -> list[Path]:
    """Files in the ledger's folders that the database does not know."""
    there = sorted((settings.MAINSTAY_HOME / "ledger").glob("*/*.parquet"))
    known = set(LedgerFile.objects.values_list("path", flat=True)) if there else set()
    return [path for path in there if relative(path) not in known]
