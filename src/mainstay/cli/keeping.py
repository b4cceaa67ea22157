"""Commands that keep the data home safe: backup, restore, compact."""

from pathlib import Path

import click

from mainstay.cli.home import make_ready, need_ready
from mainstay.cli.output import write_rows
from mainstay.cli.shell import Command, Progress, say
from mainstay.core.errors import N_
from mainstay.ledger.services import compact_ledger
from mainstay.nightly.backup import backup
from mainstay.nightly.restore import restore


@click.command("backup", cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup_command(file: Path) -> None:
    """Write the whole data home to one file, while serving."""
    need_ready()
    progress = Progress()
    try:
        done = backup(to=file, progress=progress)
    finally:
        progress.done()
    say(N_("%(file)s holds %(files)s files, %(size)s MiB."), file=file, files=done.files, size=done.bytes >> 20)


@click.command("restore", cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def restore_command(file: Path) -> None:
    """Bring a backup back into an empty data home."""
    progress = Progress()
    try:
        about = restore(archive=file, progress=progress)
    finally:
        progress.done()
    make_ready()
    say(N_("The data home is as it was at %(time)s. Run `mainstay check --deep`."), time=about.get("made_at"))


@click.command("compact", cls=Command)
def compact() -> None:
    """Write the ledger's files together, clustered by account. What they hold stays."""
    need_ready()
    progress = Progress()
    try:
        done = compact_ledger(progress=progress)
    finally:
        progress.done()
    if done:
        write_rows([vars(one) for one in done], "table")
    else:
        say(N_("There is nothing to compact."))
