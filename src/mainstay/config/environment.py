"""Every setting that comes from the environment, read once, typed, with a message that says what to do."""

import os
import secrets
import zoneinfo
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from mainstay.core.addresses import ENGINE_WANTED, LEDGER_WANTED, Warehouse, engine_address
from mainstay.core.addresses import warehouse as warehouse_address

T = TypeVar("T")
DATABASE_URL_WANTED = "DATABASE_URL should be like postgresql://user:password@host:5432/name."


class BadEnvironment(SystemExit):
    """A variable of the environment cannot be used; the text names it and what it should hold."""


@dataclass(frozen=True)
class Environment:
    """What the environment says. Sizes are in MiB. `home_was_empty` before this start, or was not there."""

    home: Path
    home_was_empty: bool
    database: dict[str, Any]
    engine: str
    ledger: Warehouse | None
    secret_key: str
    debug: bool
    hosts: list[str]
    https: bool
    proxies: int
    language: str
    time_zone: str
    currency: str
    memory: int
    threads: int
    upload_limit: int
    workbook_limit: int
    workers: int

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Environment":
        home = Path(environ.get("MAINSTAY_HOME") or Path.home() / ".mainstay").expanduser().absolute()
        home_was_empty = not any(home.glob("*"))
        make_home(home)
        return cls(
            home=home,
            home_was_empty=home_was_empty,
            database=database(environ.get("DATABASE_URL", ""), home),
            engine=_address(environ, "MAINSTAY_ENGINE", _engine, ENGINE_WANTED) or "duckdb://",
            ledger=_address(environ, "MAINSTAY_LEDGER", warehouse_address, LEDGER_WANTED),
            secret_key=environ.get("MAINSTAY_SECRET_KEY") or kept_secret(home),
            debug=_read(environ, "MAINSTAY_DEBUG", "0", _switch, "0 or 1"),
            hosts=[host.strip() for host in environ.get("MAINSTAY_HOSTS", "localhost,127.0.0.1,[::1]").split(",")],
            https=_read(environ, "MAINSTAY_HTTPS", "0", _switch, "0 or 1"),
            proxies=_read(environ, "MAINSTAY_PROXIES", "0", _whole(0), "0 or more"),
            language=_read(environ, "MAINSTAY_LANGUAGE", "en", _one_of("en", "zh-hans"), "en or zh-hans"),
            time_zone=_read(environ, "MAINSTAY_TIME_ZONE", "UTC", _zone, "a time zone such as Asia/Shanghai"),
            currency=environ.get("MAINSTAY_CURRENCY", ""),
            memory=_read(environ, "MAINSTAY_MEMORY", "4096", _whole(256), "MiB, 256 or more"),
            threads=_read(environ, "MAINSTAY_THREADS", str(os.cpu_count() or 1), _whole(1), "1 or more"),
            upload_limit=_read(environ, "MAINSTAY_UPLOAD_LIMIT", "2048", _whole(1), "MiB, 1 or more"),
            workbook_limit=_read(environ, "MAINSTAY_WORKBOOK_LIMIT", "200", _whole(1), "MiB, 1 or more"),
            workers=_read(environ, "MAINSTAY_WORKERS", "2", _whole(0), "0 or more"),
        )


def _engine(url: str) -> str:
    engine_address(url)
    return url


def _address(environ: Mapping[str, str], name: str, convert: Callable[[str], T], wanted: str) -> T | None:
    """None where it is not set. It may hold a password: what is wrong is not shown."""
    url = environ.get(name)
    try:
        return convert(url) if url else None
    except ValueError:
        raise BadEnvironment(f"{name} should be {wanted}.") from None


def make_home(home: Path) -> None:
    """Make the data home where it is missing, for its owner only."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadEnvironment(
            f"The data home {home} cannot be made ({error.strerror}). Set MAINSTAY_HOME to a folder you may write to."
        ) from None


def kept_secret(home: Path) -> str:
    """The key that signs sessions: made once, kept in the data home, readable by its owner only."""
    path = home / "secret.key"
    made = home / f"secret.{secrets.token_hex(8)}"
    try:
        if not path.exists():
            made.touch(mode=0o600)
            made.write_text(secrets.token_urlsafe(50))
            # Two first starts at once: one link wins, and nobody reads a half-written key.
            os.link(made, path)
    except FileExistsError:
        pass
    except OSError as error:
        raise BadEnvironment(
            f"The data home {home} cannot be written to ({error.strerror}). "
            "Set MAINSTAY_HOME to a folder you may write to."
        ) from None
    finally:
        with suppress(OSError):
            made.unlink(missing_ok=True)
    return path.read_text()


def database(url: str, home: Path) -> dict[str, Any]:
    """Django's entry for DATABASE_URL; without one, SQLite in the data home."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        raise BadEnvironment(DATABASE_URL_WANTED) from None
    if not url or parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path or str(home / "mainstay.sqlite3"),
            # Measured: without both, writers that meet see "database is locked".
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
            },
        }
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise BadEnvironment(DATABASE_URL_WANTED)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _read(environ: Mapping[str, str], name: str, default: str, convert: Callable[[str], T], wanted: str) -> T:
    text = environ.get(name) or default
    try:
        return convert(text)
    except ValueError:
        raise BadEnvironment(f"{name} is “{text}”; it should be {wanted}.") from None


def _switch(text: str) -> bool:
    if text.lower() not in {"0", "1", "false", "true"}:
        raise ValueError
    return text.lower() in {"1", "true"}


def _zone(text: str) -> str:
    try:
        return zoneinfo.ZoneInfo(text).key
    except (zoneinfo.ZoneInfoNotFoundError, OSError):
        raise ValueError from None


def _whole(least: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if (number := int(text)) < least:
            raise ValueError
        return number

    return convert


def _one_of(*choices: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text not in choices:
            raise ValueError
        return text

    return convert
