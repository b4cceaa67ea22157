"""Commands about the data home: make it, serve it, say whether all is well."""

import socket

import click
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from mainstay.cli.shell import Command, say
from mainstay.core.errors import N_, Refused


def make_ready() -> None:
    """Make or migrate the database of the data home."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def need_ready() -> None:
    """A fresh data home is made; one of an earlier version is not touched unasked."""
    tables = connection.introspection.table_names()
    if "django_migrations" not in tables:
        make_ready()
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise Refused(
            N_("The data home %(home)s is of an earlier version. Run `mainstay init` to bring it up to date."),
            home=settings.MAINSTAY_HOME,
        )


def need_port(host: str, port: int) -> None:
    """Refused where somebody else listens there: two servers would take each other's visitors."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Refused(
            N_("Port %(port)s cannot be used (%(why)s). Choose another one with --port."),
            port=port,
            why=error.strerror,
        ) from None


def serve_on(host: str, port: int) -> None:
    """Serve the pages until told to stop."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    settings.MAINSTAY_HOME.joinpath("uploads").mkdir(mode=0o700, exist_ok=True)
    Granian(
        "mainstay.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=8,
        # What it says when all is well goes to stdout, which is for results.
        log_level=LogLevels.error,
        log_access=False,
    ).serve()


def health() -> dict[str, str]:
    """Each part with “ok” or what is wrong with it."""
    found: dict[str, str] = {}
    for name, probe in {"database": _database, "ledger": _ledger, "engine": _engine, "disk": _disk}.items():
        try:
            probe()
            found[name] = "ok"
        except (Refused, DatabaseError, OSError) as error:
            found[name] = str(error)
    return found


def _database() -> None:
    need_ready()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ledger() -> None:
    from mainstay.ledger.selectors import missing_files

    if settings.MAINSTAY_LEDGER:
        _engine()  # which is the warehouse, and tries its tables
    missing = missing_files()
    if missing:
        raise Refused(
            N_("%(count)s files of the ledger are missing, first %(path)s. Restore a backup."),
            count=len(missing),
            path=missing[0],
        )


def _engine() -> None:
    from mainstay.ledger.engine import opened

    with opened() as engine:
        engine.probe()


def _disk() -> None:
    probe = settings.MAINSTAY_HOME / ".writable"
    probe.touch()
    probe.unlink()


@click.command("init", cls=Command)
def init() -> None:
    """Make the data home, or bring it up to this version."""
    make_ready()
    say(N_("The data home %(home)s is ready."), home=settings.MAINSTAY_HOME)


@click.command("serve", cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the pages."""
    need_ready()
    need_port(host, port)
    say(N_("Mainstay is at http://%(host)s:%(port)s/ (stop it with Ctrl-C)."), host=host, port=port)
    serve_on(host, port)


@click.command("check", cls=Command)
@click.pass_context
def check(context: click.Context) -> None:
    """Say whether all is well: database, ledger, engine, disk."""
    found = health()
    for name, state in found.items():
        click.echo(f"{name}: {state}")
    if any(state != "ok" for state in found.values()):
        context.exit(1)
