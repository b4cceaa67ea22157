"""All commands, gathered."""

import click

from mainstay import __version__
from mainstay.cli.benchmark.command import benchmark
from mainstay.cli.costmodel import costmodel
from mainstay.cli.data import batches, history, import_command, undo
from mainstay.cli.demo.command import demo
from mainstay.cli.figures import refresh, show
from mainstay.cli.home import check, init, serve
from mainstay.cli.keeping import backup_command, compact, restore_command
from mainstay.cli.money import currency
from mainstay.cli.people import user
from mainstay.cli.shell import Group
from mainstay.cli.workers import worker


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="mainstay")
def cli() -> None:
    """Key account management: which customers you live from, and what to do about each."""


for command in (
    *(demo, init, serve, worker, check, backup_command, restore_command, user),
    *(import_command, batches, history, undo, compact, currency, costmodel, refresh, show, benchmark),
):
    cli.add_command(command)
