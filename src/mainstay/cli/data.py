"""Commands that bring data in and take it out again."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from django.utils import translation

from mainstay.cli.home import need_ready
from mainstay.cli.output import write_rows
from mainstay.cli.shell import MOST, Command, Progress, format_option, say, told
from mainstay.core.errors import N_, Refused
from mainstay.ledger import services
from mainstay.ledger.history import Standing, Statement, Told, unit_history
from mainstay.ledger.mappings import mapping_named
from mainstay.ledger.models import Kind
from mainstay.ledger.reading import Hints, kind_named
from mainstay.ledger.schema import LINES
from mainstay.ledger.selectors import batches as all_batches

BATCH_COLUMNS = (
    *("batch", "kind", "source", "state", "files", "rows", "new", "known"),
    *("first_day", "last_day", "imported_at", "by"),
)


@click.command("import", cls=Command)
@click.argument("kind", type=click.Choice(Kind.values))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--map", "pairs", multiple=True, metavar="FIELD=COLUMN", help="Repeatable. FIELD= leaves a field out.")
@click.option("--mapping", metavar="NAME|FILE", help="A saved mapping, or a TOML file of FIELD = “COLUMN”.")
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
    """Import accounts, contacts, sales, costs, aliases, products or rates: all files together are one batch."""
    need_ready()
    mapping, hints = _mapping(kind, options.pop("mapping")), {}
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


def _mapping(kind: str, wanted: str | None) -> dict[str, str]:
    """Field → column of a file or of what was saved under a name; hints such as date_order beside."""
    if wanted is None:
        return {}
    path = Path(wanted)
    if path.exists() or path.suffix == ".toml":
        return _mapping_file(path)
    saved = mapping_named(kind, wanted)
    return {**saved.hints, **saved.fields}


def _mapping_file(path: Path) -> dict[str, str]:
    """Field → column of a TOML file, at its top or under [columns]; hints such as date_order at its top."""
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
    for change in outcome.changes:
        say(
            N_("%(about)s: %(field)s “%(before)s” would become “%(now)s”."),
            about=change.about,
            field=_label(order.kind, change.field),
            before=change.before,
            now=change.now,
        )
    for conflict in outcome.conflicts:
        say(CONFLICT, **_conflict_told(conflict))
    batch = {"batch": outcome.batch.pk} if outcome.batch else {}
    write_rows([{**batch, "kind": order.kind, "source": order.source, **outcome.counts}], "table")
    if order.dry_run:
        say(N_("A dry run: nothing was changed."))


def _label(kind: str, field: str) -> str:
    """A field's label in the language of the command."""
    found = kind_named(kind).field(field)
    return translation.gettext(found.label) if found else field


CONFLICT = N_(
    "%(document)s (%(file)s, row %(row)s) is there with other content: batch %(batch)s says %(old)s, the file %(new)s. "
    "What differs: %(fields)s."
)


def _conflict_told(conflict: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of CONFLICT: both sides with amount, days and accounts."""
    name = f"{conflict['document']} / {conflict['line']}" if conflict["line"] else conflict["document"]
    sides = {
        side: ", ".join(
            [
                conflict[side]["amount"],
                " – ".join(day for day in (conflict[side]["date"], conflict[side]["last_date"]) if day),
                *conflict[side]["accounts"],
            ]
        )
        for side in ("old", "new")
    }
    told = {name: conflict[name] for name in ("file", "row", "batch")}
    return told | sides | {"document": name, "fields": ", ".join(conflict["fields"])}


@click.command("history", cls=Command)
@click.argument("document")
@click.option("--kind", type=click.Choice(list(LINES)), default="sales", show_default=True, help="What it is one of.")
@click.option("--source", default="default", show_default=True, help="The system that the document comes from.")
@format_option
def history(document: str, kind: str, source: str, form: str) -> None:
    """Tell every import that said a document (of costs: a reference), with its lines, and which of them count."""
    need_ready()
    found = unit_history(kind=kind, source=source, document=document)
    fields = [name for name in LINES[kind].columns if name not in ("source", "document", "unit", "batch")]
    columns = ("batch", "imported_at", "by", "files", "state", "replaced_by", *fields)
    rows = [row for said in found.statements for row in _lines_told(said, fields)]
    write_rows(rows, form, columns)
    if found.lost:
        say(
            N_(
                "The lines of imports that were undone are kept for a day only; these may have said it too: "
                "%(batches)s."
            ),
            batches=", ".join(str(batch.pk) for batch in found.lost),
        )


def _lines_told(said: Statement, fields: Sequence[str]) -> list[dict[str, Any]]:
    """A row for each line that a batch said; one without a line where it said the same as before."""
    if not said.lines:
        return [_line_told(said, dict.fromkeys(fields), None)]
    return [_line_told(said, told.line.now, told) for told in said.lines if told.line.now is not None]


def _line_told(said: Statement, line: Mapping[str, Any], told: Told | None) -> dict[str, Any]:
    standing = said.standing.value
    if told is not None and said.standing == Standing.PARTLY:
        standing = Standing.REPLACED.value if told.replaced_by else Standing.HOLDS.value
    return {
        "batch": said.batch.pk,
        "imported_at": said.batch.live_at,
        "by": said.batch.by.email if said.batch.by else None,
        "files": ", ".join(said.batch.files),
        "state": standing,
        "replaced_by": told.replaced_by if told else None,
        **{name: value for name, value in line.items() if name not in ("source", "document", "unit", "batch")},
    }


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
@click.argument("batch", type=click.IntRange(1, MOST))
def undo(batch: int) -> None:
    """Take an import back whole."""
    need_ready()
    services.undo_batch(batch=batch)
    say(N_("Batch %(batch)s is undone. Run `mainstay refresh` to grade without it."), batch=batch)
