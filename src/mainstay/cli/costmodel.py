"""`mainstay costmodel`: the cost model in and out, on and off."""

from pathlib import Path

import click

from mainstay.cli.home import need_ready
from mainstay.cli.output import write_record
from mainstay.cli.shell import Command, Group, format_option, say
from mainstay.cli.tables import write_table
from mainstay.core.errors import N_, Refused
from mainstay.costing import selectors, services, toml


@click.group("costmodel", cls=Group)
def costmodel() -> None:
    """What the work costs that nobody books: versions of a model, on or off."""
    need_ready()


@costmodel.command("show")
@format_option
def show(form: str) -> None:
    """The switch, and every version with its rates and pools."""
    rows = [
        {
            "version": version.pk,
            "name": version.name,
            "valid_from": version.valid_from.isoformat(),
            "state": version.state,
            "note": version.note,
            **version.content,
        }
        for version in selectors.versions()
    ]
    if form != "table":
        write_record({"on": selectors.is_on(), "versions": rows}, form)
        return
    say(N_("The cost model is on.") if selectors.is_on() else N_("The cost model is off."))
    headings = ("version", "name", "valid_from", "state")
    write_table(headings, ([str(row[name]) for name in headings] for row in rows), right=(0,))


@costmodel.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--activate", is_flag=True, help="Let the versions count at once, instead of adding drafts.")
def import_model(file: Path, activate: bool) -> None:
    """Add the versions of a TOML file; those that are there already are left as they are."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise Refused(N_("%(file)s cannot be read (%(why)s)."), file=file, why=error.strerror) from None
    except UnicodeDecodeError as error:
        raise Refused(N_("%(file)s is not TOML (%(why)s)."), file=file, why=error) from None
    stated = toml.read(text, file=str(file))
    added, known = services.versions_import(stated=stated, activate=activate, by=None)
    say(N_("Versions added: %(added)s, known already: %(known)s."), added=added, known=known)


@costmodel.command("export")
@click.argument("file", type=click.Path(path_type=Path))
def export_model(file: Path) -> None:
    """Write every version to a TOML file that `import` reads."""
    found = list(selectors.versions())
    try:
        file.write_text(toml.written(reversed(found)), encoding="utf-8")
    except OSError as error:
        raise Refused(N_("%(file)s cannot be written (%(why)s)."), file=file, why=error.strerror) from None
    say(N_("%(count)s versions written to %(file)s."), count=len(found), file=file)


@costmodel.command("on", cls=Command)
def on() -> None:
    """Cost with the model from the next refresh on."""
    _switch(on=True)


@costmodel.command("off", cls=Command)
def off() -> None:
    """Leave the model out from the next refresh on."""
    _switch(on=False)


def _switch(*, on: bool) -> None:
    services.switch_set(on=on, by=None)
    if on and not selectors.active():
        say(N_("No version is active yet: nothing is costed before one is."))
    text = (
        N_("The cost model is on: the next refresh counts it.")
        if on
        else N_("The cost model is off as of the next refresh.")
    )
    say(text)
