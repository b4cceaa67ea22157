"""What every test stands on: a data home of its own."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Settings read the environment once, at import: no test may touch the home of whoever runs it.
os.environ["MAINSTAY_HOME"] = tempfile.mkdtemp(prefix="mainstay-tests-")
os.environ.pop("DATABASE_URL", None)
os.environ.pop("LANG", None)


@pytest.fixture(autouse=True)
def home(settings: object, tmp_path: Path) -> Iterator[Path]:
    """A fresh data home for each test."""
    folder = tmp_path / "home"
    (folder / "uploads").mkdir(parents=True)
    settings.MAINSTAY_HOME = folder  # type: ignore[attr-defined]
    settings.FILE_UPLOAD_TEMP_DIR = folder / "uploads"  # type: ignore[attr-defined]
    settings.MAINSTAY_MEMORY = 1024  # type: ignore[attr-defined]
    yield folder
