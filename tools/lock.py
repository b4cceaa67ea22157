"""Writes requirements/*.txt anew from pyproject.toml: pinned, with the hashes of every platform, without addresses.

run.txt is what Mainstay runs on, the PostgreSQL driver included, with what installing the project itself needs;
dev.txt is that and what the tests need.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKS: dict[str, Sequence[str]] = {
    "run.txt": ("--extra", "postgres", "--group", "build"),
    "dev.txt": ("--all-extras", "--group", "dev", "--constraints", "requirements/run.txt"),
}


def compile_lock(name: str, options: Sequence[str], *more: str) -> None:
    """Resolve pyproject.toml into one lock file, for every Python from 3.11 on."""
    command = [os.environ.get("UV", "uv"), "pip", "compile", "pyproject.toml", "--universal", "--generate-hashes"]
    command += ["--python-version", "3.11", "--no-header", "--no-annotate", "--no-emit-index-url", "--quiet"]
    command += ["--no-config", "--default-index", "https://pypi.org/simple"]
    command += [*options, *more, "--output-file", f"requirements/{name}"]
    # The machine's own index settings must not leave a trace.
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("UV_", "PIP_"))}
    subprocess.run(command, cwd=ROOT, env=clean, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Write both; UPGRADE=1 takes the newest versions instead of keeping those that still fit."""
    more = ["--upgrade"] if os.environ.get("UPGRADE") == "1" else []
    for name, options in LOCKS.items():
        compile_lock(name, options, *more)


if __name__ == "__main__":
    main()
