"""Processes of their own, on a data home of their own with its database on disk."""

import os
import subprocess
import sys
from pathlib import Path


def started(home: Path, script: str, *arguments: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "MAINSTAY_HOME": str(home), "DJANGO_SETTINGS_MODULE": "mainstay.config.settings"}
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", script, *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
