"""A copy of the database as it is at one moment, and back: SQLite as a file, PostgreSQL table by table.

PostgreSQL's tables are copied with its own COPY, so that no other program is needed, and come back into tables that the
migrations of that time have made.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from mainstay.core.errors import N_, Refused

SQLITE_FILE = "mainstay.sqlite3"
# Made anew by the migrations, or of no use in another place.
LEFT_OUT = ("django_migrations", "cache")
FILES = "SELECT path, sha256 FROM ledger_ledgerfile WHERE retired_at IS NULL ORDER BY id"
MARTS = "SELECT folder FROM grading_refresh WHERE state = 'published' ORDER BY id"
MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY id"


@dataclass(frozen=True)
class Copy:
    """The database of one moment: its own files, and what it says then.

    `ledger` are (path, SHA-256 or blank) of the files that count, `marts` the folders of published refreshes.
    """

    vendor: str
    files: list[Path]
    ledger: list[tuple[str, str]]
    marts: list[str]
    migrations: list[list[str]]
    tables: dict[str, list[str]] = field(default_factory=dict)


def copied(folder: Path) -> Copy:
    """Copy the database into `folder`, while others go on writing to it."""
    return _copy_postgresql(folder) if connection.vendor == "postgresql" else _copy_sqlite(folder)


def _copy_sqlite(folder: Path) -> Copy:
    path = folder / SQLITE_FILE
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    with closing(sqlite3.connect(path)) as kept:
        ledger, marts, migrations = (kept.execute(query).fetchall() for query in (FILES, MARTS, MIGRATIONS))
    return Copy("sqlite", [path], ledger, _firsts(marts), _lists(migrations))


def _copy_postgresql(folder: Path) -> Copy:
    files, tables = [], {}
    with _at_one_moment() as own, own.cursor() as cursor:
        for table in sorted(own.introspection.table_names(cursor)):
            if table in LEFT_OUT:
                continue
            tables[table] = columns = _columns(own, cursor, table)
            files.append(folder / f"{table}.copy")
            query = f"COPY {own.ops.quote_name(table)} ({_names(own, columns)}) TO STDOUT"
            with files[-1].open("wb") as file, cursor.copy(query) as rows:
                for piece in rows:
                    file.write(piece)
        ledger, marts, migrations = (_asked(cursor, query) for query in (FILES, MARTS, MIGRATIONS))
    return Copy("postgresql", files, ledger, _firsts(marts), _lists(migrations), tables)


@contextmanager
def _at_one_moment() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, for which nothing changes any more."""
    own = connection.copy()
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield own
    finally:
        own.close()


def _asked(cursor: Any, query: str) -> list[Any]:
    cursor.execute(query)
    return list(cursor.fetchall())


def _firsts(rows: Iterable[Sequence[str]]) -> list[str]:
    return [row[0] for row in rows]


def _lists(rows: Iterable[Sequence[str]]) -> list[list[str]]:
    return [list(row) for row in rows]


def _columns(of: BaseDatabaseWrapper, cursor: Any, table: str) -> list[str]:
    return [column.name for column in of.introspection.get_table_description(cursor, table)]


def _names(of: BaseDatabaseWrapper, columns: Iterable[str]) -> str:
    return ", ".join(of.ops.quote_name(column) for column in columns)


def is_empty() -> bool:
    """Whether the database that the settings name holds nothing yet."""
    made = connection.vendor != "sqlite" or _sqlite_path().exists()
    return not (made and connection.introspection.table_names())


def _sqlite_path() -> Path:
    return Path(settings.DATABASES["default"]["NAME"])


@contextmanager
def restored(folder: Path, about: dict[str, Any]) -> Iterator[None]:
    """Bring the copy in `folder` into the empty database; the work within happens before that counts.

    `about` is what the archive says of the copy. Where anything fails, the database is empty as before.
    """
    if about["database"] == "postgresql":
        with transaction.atomic():
            _load_postgresql(folder, about)
            yield
        return
    target = _sqlite_path()
    connection.close()
    yield
    for path in (target, Path(f"{target}-wal"), Path(f"{target}-shm")):
        path.unlink(missing_ok=True)
    (folder / SQLITE_FILE).rename(target)


def _load_postgresql(folder: Path, about: dict[str, Any]) -> None:
    """Make the tables as the migrations of that time had them, and fill them."""
    MigrationExecutor(connection).migrate([(app, name) for app, name in about["migrations"]])
    with connection.cursor() as cursor:
        there = sorted(set(connection.introspection.table_names(cursor)) - set(LEFT_OUT))
        if there != sorted(about["tables"]):
            raise _unfit()
        cursor.execute(f"TRUNCATE {_names(connection, there)}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in there:
            columns = about["tables"][table]
            if sorted(columns) != sorted(_columns(connection, cursor, table)):
                raise _unfit()
            query = f"COPY {connection.ops.quote_name(table)} ({_names(connection, columns)}) FROM STDIN"
            with (folder / f"{table}.copy").open("rb") as file, cursor.copy(query) as rows:
                while piece := file.read(1024 * 1024):
                    rows.write(piece)
            _count_on(cursor, table, columns)


def _count_on(cursor: Any, table: str, columns: Sequence[str]) -> None:
    """New rows take numbers after those that came back."""
    quoted = connection.ops.quote_name(table)
    if "id" in columns:
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [quoted])
        if cursor.fetchone()[0] is not None:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence(%s, 'id'), coalesce(max(id), 0) + 1, false) FROM {quoted}",
                [quoted],
            )


def _unfit() -> Refused:
    return Refused(
        N_(
            "The backup's tables are not those of its version. Nothing was restored: take another backup, or the "
            "version of Mainstay that made it."
        )
    )
