"""`mainstay worker`."""

import click

from mainstay.cli.home import need_ready
from mainstay.cli.shell import Command, say
from mainstay.core.errors import N_
from mainstay.jobs.worker import work


@click.command("worker", cls=Command)
@click.option("--once", is_flag=True, help="Do the jobs that wait, then end.")
@click.option("--beside", type=int, hidden=True, help="End when this process, which started it, does.")
def worker(once: bool, beside: int | None) -> None:
    """Do background jobs: imports, undos, refreshes asked for in the browser."""
    need_ready()
    if beside is None and not once:
        say(N_("Waiting for jobs (stop it with Ctrl-C)."))
    work(once=once, parent=beside)
