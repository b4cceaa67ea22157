"""`mainstay benchmark`."""

from pathlib import Path

import click
from django.conf import settings

from mainstay.cli.benchmark.measure import measure
from mainstay.cli.benchmark.report import markdown, write
from mainstay.cli.shell import Command
from mainstay.ledger.engine import scratch


@click.command("benchmark", cls=Command)
@click.option("--lines", default=20_000_000, show_default=True, type=click.IntRange(1_000), help="Sales lines.")
@click.option("--accounts", default=400_000, show_default=True, type=click.IntRange(10))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to keep the tables, too.")
def benchmark(lines: int, accounts: int, out: Path | None) -> None:
    """Measure import, refresh and pages on this machine, beside hand-written SQL. Takes its own data."""
    with scratch("benchmark") as folder:
        told = measure(folder, lines=lines, accounts=accounts, say=lambda step: click.echo(f"{step} …", err=True))
    text = markdown(
        told,
        accounts=accounts,
        memory=settings.MAINSTAY_MEMORY,
        threads=settings.MAINSTAY_THREADS,
    )
    click.echo(text, nl=False)
    if out:
        write(text, out)
