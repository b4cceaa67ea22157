"""`mainstay benchmark`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from django.conf import settings

from mainstay.cli.benchmark import report, suite, suite_report
from mainstay.cli.benchmark.measure import measure
from mainstay.cli.shell import MOST, Command, say
from mainstay.core.errors import N_
from mainstay.ledger.engine import scratch

LINES, ACCOUNTS = 20_000_000, 400_000
ROUNDS = 3


def _sizes(_context: click.Context, _option: click.Parameter, value: str | None) -> list[int] | None:
    """Millions of lines, parted by commas, as numbers of lines, smallest first."""
    if value is None:
        return None
    try:
        lines = sorted({round(float(part) * suite.MILLION) for part in value.split(",")})
    except (ValueError, OverflowError):
        lines = []
    if not lines or not 1_000 <= lines[0] <= lines[-1] <= 1_000 * suite.MILLION:
        raise click.BadParameter(f"{value!r} is no list of millions of lines from 0.001 to 1000, such as 1,10,100.")
    return lines


@click.command("benchmark", cls=Command)
@click.option("--lines", type=click.IntRange(1_000, MOST), help=f"Sales lines.  [default: {LINES:,}]")
@click.option("--accounts", type=click.IntRange(10, MOST), help=f"Accounts.  [default: {ACCOUNTS:,}]")
@click.option(
    "--sizes", metavar="MILLIONS", callback=_sizes, help="Measure the ledger at these sizes instead, such as 1,10,100."
)
@click.option("--rounds", type=click.IntRange(1, 99), help=f"With --sizes: runs of each step.  [default: {ROUNDS}]")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="With --sizes: work in this folder and keep it, so that a measurement that broke off goes on.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to keep the tables, too; what they are made of stands beside them as .json.",
)
def benchmark(
    lines: int | None,
    accounts: int | None,
    sizes: list[int] | None,
    rounds: int | None,
    keep: Path | None,
    out: Path | None,
) -> None:
    """Measure import, refresh and pages on this machine, beside hand-written SQL. Takes its own data."""
    if sizes and (lines or accounts):
        raise click.UsageError("--sizes says how many lines there are: leave --lines and --accounts out.")
    if not sizes and (rounds or keep):
        raise click.UsageError("--rounds and --keep belong to --sizes.")
    if out and out.suffix == ".json":
        raise click.UsageError("--out is for the tables; what they are made of goes into a .json beside them.")
    if sizes:
        text, kept = _by_sizes(sizes, rounds or ROUNDS, keep)
    else:
        text, kept = _one_size(lines or LINES, accounts or ACCOUNTS)
    click.echo(text, nl=False)
    if out:
        report.write(text, out)
        report.write(kept, out.with_suffix(".json"))


def _one_size(lines: int, accounts: int) -> tuple[str, str]:
    with scratch("benchmark") as folder:
        told = measure(folder, lines=lines, accounts=accounts, say=_step)
    limits = {"memory": settings.MAINSTAY_MEMORY, "threads": settings.MAINSTAY_THREADS}
    return report.markdown(told, accounts=accounts, **limits), report.json_of(told)


def _by_sizes(sizes: list[int], rounds: int, keep: Path | None) -> tuple[str, str]:
    say(
        N_("This takes about %(minutes)s minutes on two processors, and up to %(gigabytes)s GB of disk in %(folder)s."),
        minutes=suite.minutes(sizes, rounds),
        gigabytes=suite.gigabytes(sizes),
        folder=keep or settings.MAINSTAY_HOME,
    )
    with _folder(keep) as folder:
        results = suite.measure_sizes(folder, sizes=sizes, rounds=rounds, say=_step)
    return suite_report.markdown(results), results.to_json()


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with scratch("benchmark") as folder:
            yield folder
    else:
        keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield keep.resolve()


def _step(step: str) -> None:
    click.echo(f"{step} …", err=True)
