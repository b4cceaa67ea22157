"""Commands that bring data in and take it out again."""

import tomllib
from pathlib import Path
from typing import Any

import click
from django.utils import translation

from mainstay.cli.home import need_ready
from mainstay.cli.output import write_rows
from mainstay.cli.shell import Command, Progress, format_option, say, told
from mainstay.core.errors import N_, Refused
from mainstay.ledger import services
from mainstay.ledger.models import Kind
from mainstay.ledger.reading import Hints
from mainstay.ledger.selectors import batches as all_batches

BATCH_COLUMNS = (
    *("batch", "kind", "source", "state", "files", "rows", "new", "known"),
    *("first_day", "last_day", "imported_at", "by"),
)


@click.command("import", cls=Command)
@click.argument("kind", type=click.Choice(Kind.values))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--map", "pairs", multiple=True, metavar="FIELD=COLUMN", help="Repeatable. FIELD= leaves a field out.")
@click.option("--mapping", "mapping_file", type=click.Path(path_type=Path), help="A TOML file of FIELD = “COLUMN”.")
@click.option("--source", default="default", show_default=True, help="The system that the documents come from.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, change nothing.")
@click.option("--on-conflict", type=click.Choice(["replace", "keep", "fail"]), default="fail", show_default=True)
@click.option(
    "--errors",
    "errors_to",
    type=click.Path(path_type=Path),
    help="Where to write refused rows, such as refused.csv or refused.xlsx.",
)
@click.option("--allow-errors", is_flag=True, help="Import the other rows when some are refused.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help="Where the file does not tell.")
@click.option("--decimal", type=click.Choice([".", ","]), help="Where the file does not tell.")
@click.option("--encoding", help="Where it is recognised wrongly.")
@click.option("--separator", help="Where it is recognised wrongly.")
@click.option("--sheet", help="The sheet of a workbook; * for all with the same headings.")
def import_command(kind: str, files: tuple[Path, ...], **options: Any) -> None:
    """Import accounts, contacts, sales or costs: all files together are one batch."""
    need_ready()
    mapping, hints = _mapping(options.pop("mapping_file")), {}
    for name in ("date_order", "decimal", "encoding", "separator", "sheet"):
        given = options.pop(name)
        hints[name] = given if given is not None else mapping.pop(name, None)
    mapping |= dict(_pair(pair) for pair in options.pop("pairs"))
    order = services.Order(
        kind=kind,
        uploads=[services.Upload(path=path, name=path.name) for path in files],
        mapping=mapping,
        hints=Hints(**hints),
        **options,
    )
    progress = Progress()
    try:
        outcome = services.import_files(order=order, progress=progress, translate=translation.gettext)
    finally:
        progress.done()
    _report(outcome, order)


def _pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not equals or not field.strip():
        raise click.BadParameter(f"“{text}” should be FIELD=COLUMN.", param_hint="--map")
    return field.strip(), column.strip()


def _mapping(path: Path | None) -> dict[str, str]:
    """Field → column of a TOML file, at its top or under [columns]; hints such as date_order at its top."""
    if path is None:
        return {}
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refused(N_("%(file)s cannot be read (%(why)s)."), file=path, why=error.strerror) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(N_("%(file)s is not TOML (%(why)s)."), file=path, why=error) from None
    flat: dict[str, str] = {name: value for name, value in read.items() if name != "columns"} | read.get("columns", {})
    wrong = [name for name, value in flat.items() if not isinstance(value, str)]
    if wrong:
        raise Refused(N_("%(file)s: %(name)s should be the heading of a column, as text."), file=path, name=wrong[0])
    return flat


def _report(outcome: services.Outcome, order: services.Order) -> None:
    for message, params in outcome.warnings:
        say(message, **params)
    if outcome.left_out:
        say(N_("Left out, since they map to no field: %(columns)s."), columns=", ".join(outcome.left_out))
    for refusal in outcome.refusals[:5]:
        place = f"{refusal['file']}, {refusal['row']}, {refusal['column'] or '–'}"
        click.echo(f"{place}: {told(refusal['problem'], refusal['params'])}", err=True)
    batch = {"batch": outcome.batch.pk} if outcome.batch else {}
    write_rows([{**batch, "kind": order.kind, "source": order.source, **outcome.counts}], "table")
    if order.dry_run:
        say(N_("A dry run: nothing was changed."))


@click.command("batches", cls=Command)
@format_option
def batches(form: str) -> None:
    """List imports, newest first."""
    need_ready()
    rows = [
        {
            "batch": batch.pk,
            "kind": batch.kind,
            "source": batch.source,
            "state": batch.state,
            "files": ", ".join(batch.files),
            "rows": batch.counts.get("rows", 0),
            "new": batch.counts.get("new", 0),
            "known": batch.counts.get("known", 0),
            "first_day": batch.first_day,
            "last_day": batch.last_day,
            "imported_at": batch.live_at,
            "by": batch.by.email if batch.by else None,
        }
        for batch in all_batches()
    ]
    write_rows(rows, form, BATCH_COLUMNS)


@click.command("undo", cls=Command)
@click.argument("batch", type=int)
def undo(batch: int) -> None:
    """Take an import back whole."""
    need_ready()
    services.undo_batch(batch=batch)
    say(N_("Batch %(batch)s is undone. Run `mainstay refresh` to grade without it."), batch=batch)
