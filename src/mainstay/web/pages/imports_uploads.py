"""Uploads that wait to be imported: each in a folder of a random name, its files too, gone after a day.

`upload.json` in the folder says whose it is, what its user calls the files, what was chosen, and what became of it.
"""

import fcntl
import json
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile

from mainstay.core import clock
from mainstay.core.errors import N_, NotFound
from mainstay.jobs.selectors import jobs_active
from mainstay.ledger.models import Kind
from mainstay.ledger.orders import Order
from mainstay.ledger.orders import Upload as LedgerUpload
from mainstay.ledger.reading import Hints
from mainstay.people.models import User

KEPT = timedelta(days=1)
MOST = 5  # uploads of one person that wait; the oldest gives way
HINTS = ("date_order", "decimal", "sheet", "encoding", "separator")
_TOKEN = re.compile(r"[0-9a-f]{32}")
_RECORD = "upload.json"


@dataclass(frozen=True)
class Stored:
    """A file: its random name here, what its user calls it, its bytes."""

    stored: str
    name: str
    size: int


@dataclass(frozen=True)
class Choices:
    """What was chosen on the page: `given` is field → heading, empty to leave a field out."""

    given: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, str] = field(default_factory=dict)
    on_conflict: str = "fail"
    allow_errors: bool = False


@dataclass(frozen=True)
class Pending:
    """An upload. `check` is what the last dry run told, `batch` what it became, with `told` beside it.

    `job` imports it, `check_job` reads it beforehand; `mapping` is the saved one that was chosen.
    """

    token: str
    owner: int
    kind: str
    source: str
    files: tuple[Stored, ...]
    created: datetime
    choices: Choices = Choices()
    check: Mapping[str, Any] | None = None
    batch: int | None = None
    told: Mapping[str, Any] = field(default_factory=dict)
    job: str = ""
    check_job: str = ""
    mapping: int | None = None

    @property
    def folder(self) -> Path:
        return _home() / self.token

    @property
    def refused(self) -> Path:
        """Where the rows that cannot be used are written, in the format of the files."""
        return self.folder / "refused"

    @property
    def names(self) -> list[str]:
        return [file.name for file in self.files]

    @property
    def more(self) -> int:
        """How many files there are beside the first."""
        return len(self.files) - 1

    @property
    def kind_label(self) -> Any:
        return Kind(self.kind).label

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def hints(self) -> Hints:
        return Hints(**self.choices.hints)

    def path(self, file: Stored) -> Path:
        return self.folder / file.stored

    def order(self, person: User, *, dry_run: bool, errors_to: Path) -> Order:
        """What is to be imported, as it was chosen."""
        return Order(
            kind=self.kind,
            uploads=[LedgerUpload(path=self.path(file), name=file.name) for file in self.files],
            source=self.source,
            mapping=self.choices.given,
            hints=self.hints,
            on_conflict=self.choices.on_conflict,
            allow_errors=self.choices.allow_errors,
            errors_to=errors_to,
            dry_run=dry_run,
            by=person,
        )


def keep(*, person: User, kind: str, source: str, files: Sequence[TemporaryUploadedFile]) -> Pending:
    """Take uploaded files over into a folder of their own."""
    token = secrets.token_hex(16)
    folder = _home() / token
    folder.mkdir(mode=0o700, parents=True)
    stored = []
    for file in files:
        name = secrets.token_hex(16)
        Path(file.temporary_file_path()).replace(folder / name)
        stored.append(Stored(name, (file.name or "")[-200:], file.size or 0))
    pending = Pending(token, person.pk, kind, source, tuple(stored), clock.now())
    save(pending)
    return pending


def pending_of(person: User, token: str) -> Pending:
    """The upload of that token. NotFound where it is another person's, has expired or never was."""
    found = _read(token)
    if found is None or found.owner != person.pk or _expired(found):
        raise NotFound(N_("There is no such upload, or it lay for more than a day. Upload the file again."))
    return found


@contextmanager
def turn(pending: Pending) -> Iterator[Pending]:
    """The right to work on an upload, which is then as the last one left it; others wait meanwhile."""
    with (pending.folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = _read(pending.token)
        if found is None:
            raise NotFound(N_("There is no such upload, or it lay for more than a day. Upload the file again."))
        yield found


def save(pending: Pending) -> None:
    record = asdict(replace(pending, choices=Choices())) | {
        "created": pending.created.isoformat(),
        "choices": asdict(pending.choices),
    }
    write_json(pending.folder / _RECORD, record)


def write_json(path: Path, record: Any) -> None:
    """Whoever reads it finds the old one or the new one, whole."""
    new = path.with_name(f"{secrets.token_hex(8)}.json")
    new.write_text(json.dumps(record, default=str), encoding="utf-8")
    new.replace(path)


def discard(pending: Pending) -> None:
    shutil.rmtree(pending.folder, ignore_errors=True)


def drop_files(pending: Pending) -> None:
    """The files are in the ledger: here they are needed no longer."""
    for file in pending.files:
        pending.path(file).unlink(missing_ok=True)
    for look in pending.folder.glob("look*.json"):
        look.unlink(missing_ok=True)


def waiting(person: User) -> list[Pending]:
    """What a person has sent and not imported, the latest first."""
    home = _home()
    found = [_read(path.name) for path in home.iterdir()] if home.is_dir() else []
    mine = [one for one in found if one is not None and one.owner == person.pk and one.batch is None]
    return sorted((one for one in mine if not _expired(one)), key=lambda one: one.created, reverse=True)


def sweep(person: User | None = None) -> None:
    """Remove what is older than a day, and of `person` the oldest where too many wait.

    What a job works with stays.
    """
    home, in_use = _home(), {job.about.get("token") for job in jobs_active()}
    mine = []
    for path in home.iterdir() if home.is_dir() else ():
        found = _read(path.name)
        if path.name in in_use:
            continue
        if found is None:
            _sweep_stray(path)
        elif _expired(found):
            discard(found)
        elif person is not None and found.owner == person.pk:
            mine.append(found)
    mine.sort(key=lambda found: found.created)
    for found in mine[: max(len(mine) - MOST, 0)]:
        discard(found)


def _sweep_stray(path: Path) -> None:
    """What an upload that broke off has left."""
    try:
        if path.stat().st_mtime > (clock.now() - KEPT).timestamp():
            return
    except FileNotFoundError:
        return
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _read(token: str) -> Pending | None:
    if not _TOKEN.fullmatch(token):
        return None
    try:
        record = json.loads((_home() / token / _RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Pending(
        **record
        | {
            "files": tuple(Stored(**file) for file in record["files"]),
            "created": datetime.fromisoformat(record["created"]),
            "choices": Choices(**record["choices"]),
        }
    )


def _expired(pending: Pending) -> bool:
    return clock.now() - pending.created > KEPT


def _home() -> Path:
    home: Path = settings.MAINSTAY_HOME / "uploads"
    return home
