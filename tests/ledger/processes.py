"""Processes of their own, on a data home of their own with its database on disk."""

import os
import subprocess
import sys
from pathlib import Path


def started(
    home: Path, script: str, *arguments: object, database: str | None = None, piped: bool = False
) -> subprocess.Popen[str]:
    """A process that runs `script`, on the database of the tests unless another address is given.

    `piped`: its standard input is ours to write to.
    """
    environment = {**os.environ, "MAINSTAY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "mainstay.config.settings"}
    if database is not None:
        environment["DATABASE_URL"] = database
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", script, *map(str, arguments)],
        env=environment,
        stdin=subprocess.PIPE if piped else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
