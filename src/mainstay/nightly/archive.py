"""The one file of a backup: a tar of plain files, with a first one that says what it is and a last one with hashes.

It is read and written from beginning to end, so that its size does not matter. The last file lists every other with
its length and SHA-256: what was cut off or changed does not go through.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from mainstay.core import clock
from mainstay.core.errors import N_, Refused

FORMAT = 1
FIRST, LAST = "backup.json", "manifest.json"
# Where files may lie in an archive. What lies elsewhere is refused.
TOPS = ("database", "ledger", "marts", "uploads")
SECRET = "secret.key"  # noqa: S105
LONGEST_JSON = 64 * 1024 * 1024
PIECE = 1024 * 1024

Manifest = dict[str, list[Any]]


class _Hashed:
    """A file that is read once, hashed on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest, self.length = file, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        self.length += len(piece)
        return piece


class ArchiveWriter:
    """Adds files to an archive; `manifest` is what was added: name → [bytes, SHA-256]."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar, self.manifest = tar, Manifest()

    def add_json(self, name: str, content: Any) -> None:
        data = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode()
        self._add(name, io.BytesIO(data), len(data))

    def add_file(self, name: str, path: Path) -> str:
        """Add what `path` holds now; returns its SHA-256."""
        with path.open("rb") as file:
            return self._add(name, file, path.stat().st_size)

    def _add(self, name: str, file: IO[bytes], size: int) -> str:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = size, 0o600, int(clock.now().timestamp())
        hashed = _Hashed(file)
        self.tar.addfile(entry, hashed)
        self.manifest[name] = [hashed.length, hashed.digest.hexdigest()]
        return hashed.digest.hexdigest()


@contextmanager
def packed(file: IO[bytes]) -> Iterator[ArchiveWriter]:
    """An archive to add files to; its last file is written at the end."""
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        writer = ArchiveWriter(tar)
        yield writer
        writer.add_json(LAST, {"files": dict(writer.manifest)})


def unpack(archive: Path, folder: Path, check: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Write the files of an archive below `folder` and compare them with its manifest; returns its first file.

    `check` is given that first file before anything else is read. Raises Refused; what was written stays then.
    """
    found: Manifest = {}
    about: dict[str, Any] | None = None
    listed: Any = None
    with _readable(archive), archive.open("rb") as file, tarfile.open(fileobj=file, mode="r|") as tar:
        for entry in tar:
            name = _safe(entry)
            if listed is not None or name in found or (about is None) != (name == FIRST):
                raise ValueError(name)
            content = tar.extractfile(entry)
            if content is None:
                raise ValueError(name)
            if name == FIRST:
                about = _json(content, found, name)
                check(about)
            elif name == LAST:
                listed = _json(content, {}, name)
            else:
                found[name] = _copied(content, folder.joinpath(*PurePosixPath(name).parts), entry.size)
    if about is None or not isinstance(listed, dict) or listed.get("files") != found:
        raise damaged(archive)
    return about


def damaged(archive: Path) -> Refused:
    return Refused(
        N_("%(file)s is damaged or no backup of Mainstay. Nothing was restored: take another backup."), file=archive
    )


@contextmanager
def _readable(archive: Path) -> Iterator[None]:
    """An archive that does not read as one is told in a sentence; trouble with the disk is told as such."""
    try:
        yield
    except FileNotFoundError:
        if archive.exists():
            raise
        raise Refused(N_("There is no file %(file)s."), file=archive) from None
    except (tarfile.TarError, EOFError, ValueError, UnicodeError, RecursionError) as error:
        raise damaged(archive) from error


def _safe(entry: tarfile.TarInfo) -> str:
    """The entry's name, where it is a plain file that stays within its folder. Raises ValueError."""
    path = PurePosixPath(entry.name)
    single = entry.name in (FIRST, LAST, SECRET)
    inside = len(path.parts) > 1 and path.parts[0] in TOPS
    plain = path.as_posix() == entry.name and ".." not in path.parts and "\\" not in entry.name
    if not entry.isreg() or entry.issparse() or not plain or "\x00" in entry.name or not (single or inside):
        raise ValueError(entry.name)
    return entry.name


def _json(content: IO[bytes], found: Manifest, name: str) -> dict[str, Any]:
    hashed = _Hashed(content)
    read = json.loads(hashed.read(LONGEST_JSON))
    if not isinstance(read, dict):
        raise ValueError(name)
    found[name] = [hashed.length, hashed.digest.hexdigest()]
    return read


def _copied(content: IO[bytes], to: Path, size: int) -> list[Any]:
    to.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    hashed = _Hashed(content)
    to.touch(mode=0o600)
    with to.open("wb") as file:
        while piece := hashed.read(PIECE):
            file.write(piece)
    if hashed.length != size:
        raise EOFError
    return [hashed.length, hashed.digest.hexdigest()]
