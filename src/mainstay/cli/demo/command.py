"""`mainstay demo`."""

import click
from django.utils.translation import gettext

from mainstay.cli.demo.company import make
from mainstay.cli.demo.staff import PASSWORD, everybody
from mainstay.cli.home import make_ready, need_port, serve_on
from mainstay.cli.labels import label
from mainstay.cli.shell import Command, Progress, say, told
from mainstay.cli.tables import write_table
from mainstay.core.errors import N_
from mainstay.people.roles import Role

HOST = "127.0.0.1"


@click.command("demo", cls=Command)
@click.option("--no-serve", is_flag=True, help="Stop before serving.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def demo(no_serve: bool, port: int) -> None:
    """Make the demonstration company in the data home, grade it and serve it."""
    if not no_serve:
        need_port(HOST, port)
    make_ready()
    progress = Progress()
    try:
        make(progress)
    finally:
        progress.done()
    _log_ins(port)
    if not no_serve:
        say(N_("Mainstay is at http://%(host)s:%(port)s/ (stop it with Ctrl-C)."), host=HOST, port=port)
        serve_on(HOST, port)


def _log_ins(port: int) -> None:
    rows = [(person.email, person.name, str(Role(person.role).label), person.team or "–") for person in everybody()]
    write_table([gettext("E-mail"), label("name"), gettext("Role"), gettext("Team")], rows)
    click.echo()
    click.echo(told(N_("Address: %(address)s"), {"address": f"http://{HOST}:{port}/"}))
    click.echo(told(N_("Password of everybody: %(password)s"), {"password": PASSWORD}))
