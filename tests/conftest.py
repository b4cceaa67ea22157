"""What every test stands on: a data home of its own."""

import os
import shutil
import tempfile
from pathlib import Path

import django
import pytest

# Settings read the environment once, at import: no test may touch the home of whoever runs it.
os.environ["MAINSTAY_HOME"] = tempfile.mkdtemp(prefix="mainstay-tests-")
os.environ["DATABASE_URL"] = os.environ.get("MAINSTAY_TEST_DATABASE_URL", "")
os.environ["DJANGO_SETTINGS_MODULE"] = "mainstay.config.settings"
os.environ.pop("LANG", None)
django.setup()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without Chromium the browser tests are passed over, unless they are insisted on."""
    insisted = os.environ.get("CI") or os.environ.get("MAINSTAY_BROWSER")
    if insisted or shutil.which("chromium") or os.environ.get("CHROMIUM"):
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="Chromium is not installed"))


@pytest.fixture(autouse=True)
def home(settings: object, tmp_path: Path) -> Path:
    """A fresh data home for each test."""
    folder = tmp_path / "home"
    (folder / "uploads").mkdir(parents=True)
    settings.MAINSTAY_HOME = folder  # type: ignore[attr-defined]
    settings.HOME_WAS_EMPTY = False  # type: ignore[attr-defined]
    settings.FILE_UPLOAD_TEMP_DIR = folder / "uploads"  # type: ignore[attr-defined]
    settings.MAINSTAY_MEMORY = 1024  # type: ignore[attr-defined]
    # A job is done where it is asked for; tests of workers say otherwise.
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}  # type: ignore[attr-defined]
    return folder
