"""Static files by an address that changes with their content, so that browsers may keep them for good."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage


@lru_cache(maxsize=1000)
def _fingerprint(name: str) -> str:
    path = finders.find(name)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12] if path else ""


class HashedStorage(StaticFilesStorage):
    def url(self, name: str | None) -> str:
        fingerprint = _fingerprint(name or "")
        return super().url(name) + (f"?v={fingerprint}" if fingerprint else "")
