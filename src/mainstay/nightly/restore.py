"""A backup brought back into an empty data home: all of it, or nothing."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from mainstay.core.errors import N_, Refused
from mainstay.ledger.writer import Progress, no_progress, sync, turn
from mainstay.nightly.archive import FORMAT, SECRET, TOPS, damaged, unpack
from mainstay.nightly.database_copy import is_empty, restored

STAGING = ".restoring-"


def restore(*, archive: Path, progress: Progress = no_progress) -> dict[str, Any]:
    """Bring a backup back; returns what it says of itself: version, made_at. The database is as old as the backup.

    Raises Refused where the data home is not empty, and for an archive that is damaged, of a newer version, or of the
    other database. Nothing is left behind then.
    """
    home: Path = settings.MAINSTAY_HOME
    with turn("restore", N_("waiting for another restore"), progress), _as_before(home):
        _check_empty(home)
        with _staging(home) as folder:
            progress(N_("reading the backup"), 0)
            about = unpack(archive, folder, lambda about: _check_fits(archive, about))
            sync([path for path in folder.rglob("*") if path.is_file()])
            progress(N_("restoring"), 0)
            with _placed(folder, home), restored(folder / "database", about):
                pass
        sync([path for path in home.iterdir() if path.is_file()])
    return about


def _check_empty(home: Path) -> None:
    for left in home.glob(f"{STAGING}*"):
        shutil.rmtree(left)
    kept = [top for top in TOPS for path in (home / top).rglob("*") if path.is_file()]
    if kept or not is_empty():
        raise Refused(
            N_(
                "The data home %(home)s or its database is not empty. A backup is restored into an empty one: set "
                "MAINSTAY_HOME to another folder (and DATABASE_URL to another database), or move what is there away."
            ),
            home=home,
        )


def _check_fits(archive: Path, about: dict[str, Any]) -> None:
    """Refuse what this version and this database cannot take."""
    if not isinstance(about.get("format"), int) or not isinstance(about.get("migrations"), list):
        raise damaged(archive)
    known = set(MigrationLoader(None).disk_migrations)
    unknown = [name for name in about["migrations"] if tuple(name) not in known]
    if about["format"] > FORMAT or unknown:
        raise Refused(
            N_("%(file)s was made by a newer Mainstay, %(version)s. Restore it with that version or a later one."),
            file=archive,
            version=about.get("version"),
        )
    if about.get("database") != connection.vendor:
        raise Refused(
            N_(
                "%(file)s holds a database of %(theirs)s, and DATABASE_URL names one of %(ours)s. A backup goes back "
                "into the kind of database it came from."
            ),
            file=archive,
            theirs=about.get("database"),
            ours=connection.vendor,
        )


@contextmanager
def _as_before(home: Path) -> Iterator[None]:
    """Where it fails, a home that was empty when this process started is so again: a start makes files of its own."""
    try:
        yield
    except BaseException:
        if settings.HOME_WAS_EMPTY:
            for name in (SECRET, "restore.lock"):
                (home / name).unlink(missing_ok=True)
            with suppress(OSError):  # somebody else has put something there
                (home / "uploads").rmdir()
        raise


@contextmanager
def _staging(home: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=STAGING, dir=home))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _placed(folder: Path, home: Path) -> Iterator[None]:
    """The files in their places; taken out again where what follows fails."""
    placed: list[Path] = []
    try:
        for top in TOPS:
            if top != "database" and (folder / top).exists():
                if (home / top).exists():
                    shutil.rmtree(home / top)
                (folder / top).rename(home / top)
                placed.append(home / top)
        yield
        if (folder / SECRET).exists():
            (folder / SECRET).replace(home / SECRET)
    except BaseException:
        for path in placed:
            shutil.rmtree(path, ignore_errors=True)
        raise
