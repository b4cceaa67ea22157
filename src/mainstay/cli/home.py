"""Commands about the data home: make it, serve it, say whether all is well."""

import socket
from collections.abc import Callable, Iterator
from decimal import Decimal

import click
import duckdb
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from mainstay.cli.beside import workers
from mainstay.cli.shell import Command, say, told
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
    """Serve the pages, with workers for background jobs beside, until told to stop."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    settings.MAINSTAY_HOME.joinpath("uploads").mkdir(mode=0o700, exist_ok=True)
    server = Granian(
        "mainstay.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=8,
        # What it says when all is well goes to stdout, which is for results.
        log_level=LogLevels.error,
        log_access=False,
    )
    with workers(settings.MAINSTAY_WORKERS):
        server.serve()


def health(*, deep: bool = False) -> Iterator[tuple[str, str]]:
    """Each part with “ok” or what is wrong with it; `deep` counts everything again."""
    for name, probe in (_parts() | (_deep() if deep else {})).items():
        try:
            probe()
            yield name, "ok"
        except Refused as error:
            yield name, told(error.message, error.params)
        except (DatabaseError, OSError, duckdb.Error) as error:
            yield name, str(error)


def _parts() -> dict[str, Callable[[], None]]:
    return {
        "database": _database,
        "ledger": _ledger,
        "figures": _figures,
        "jobs": _jobs,
        "engine": _engine,
        "disk": _disk,
    }


def _deep() -> dict[str, Callable[[], None]]:
    from mainstay.ledger import recount

    return {
        "files": recount.check_files,
        "strays": recount.check_strays,
        "batches": recount.check_batches,
        "replaced": recount.check_covered,
        "counted once": recount.check_units,
        "figures": _figures_deep,
    }


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


def _figures() -> None:
    """Whether the accounts of the current refresh came out to what the ledger held, to the last digit."""
    from mainstay.grading.selectors import current_refresh

    refresh = current_refresh()
    apart = Decimal(refresh.summary.get("difference") or 0) if refresh else Decimal(0)
    if refresh is not None and apart:
        raise Refused(
            N_("The figures as of %(day)s are %(amount)s apart from the ledger. Run: mainstay refresh."),
            day=refresh.as_of.isoformat(),
            amount=apart,
        )


def _figures_deep() -> None:
    from mainstay.grading.marts.recount import check_marts

    _figures()
    check_marts()


def _engine() -> None:
    from mainstay.ledger.engine import opened

    with opened() as engine:
        engine.probe()


def _jobs() -> None:
    """Without a server there need be no worker, as long as no job waits for one."""
    from mainstay.jobs.selectors import stuck

    found = stuck()
    if found:
        raise Refused(
            N_("%(count)s jobs are stuck, the oldest since %(since)s. Run `mainstay serve` or `mainstay worker`."),
            count=len(found),
            since=f"{min(job.asked_at for job in found):%F %H:%M}",
        )


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
    """Serve the pages, and do background jobs."""
    need_ready()
    need_port(host, port)
    say(N_("Mainstay is at http://%(host)s:%(port)s/ (stop it with Ctrl-C)."), host=host, port=port)
    serve_on(host, port)


@click.command("check", cls=Command)
@click.option("--deep", is_flag=True, help="Count every batch, file and figure again.")
@click.pass_context
def check(context: click.Context, deep: bool) -> None:
    """Say whether all is well: database, ledger, figures, jobs, engine, disk."""
    well = True
    for name, state in health(deep=deep):
        click.echo(f"{name}: {state}")
        well = well and state == "ok"
    if not well:
        context.exit(1)
