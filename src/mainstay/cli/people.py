"""Commands about those who work here."""

from pathlib import Path

import click

from mainstay.cli.home import need_ready
from mainstay.cli.output import write_record, write_rows
from mainstay.cli.people_file import PeopleFile, read_people
from mainstay.cli.shell import Group, format_option, say, told
from mainstay.core.errors import N_, Refused
from mainstay.core.rows import RefusedRow
from mainstay.people.roles import Role
from mainstay.people.selectors import user_list
from mainstay.people.services import user_add, user_import, user_set_password


@click.group("user", cls=Group)
def user() -> None:
    """People: add, import, list."""
    need_ready()


@user.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(Role.values))
@click.option("--rank", type=click.IntRange(1, 9), help="1 is the ablest.")
@click.option("--name", default="")
@click.option("--team", default="")
@format_option
def add(email: str, role: str, rank: int | None, name: str, team: str, form: str) -> None:
    """Add a person; prints the first password, which nobody can read again."""
    person, password = user_add(email=email, role=role, rank=rank, name=name, team=team)
    write_record({"email": person.email, "name": person.name, "role": role, "password": password}, form)


@user.command("password")
@click.argument("email")
@format_option
def password(email: str, form: str) -> None:
    """Give a person a new password and print it."""
    write_record({"email": email, "password": user_set_password(email=email)}, form)


@user.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@format_option
def import_people(file: Path, form: str) -> None:
    """Add everybody in a file; prints the first passwords of those who are new, which nobody can read again."""
    read = read_people(file)
    if read.left_out:
        say(N_("Left out, since they map to no field: %(columns)s."), columns=", ".join(read.left_out))
    done = user_import(rows=read.rows)
    rows = [
        {"email": person.email, "name": person.name, "role": person.role, "password": password}
        for person, password in done.created
    ]
    write_rows(rows, form, ["email", "name", "role", "password"])
    say(
        N_("%(new)s added, %(changed)s changed, %(known)s as they were."),
        new=len(done.created),
        changed=done.updated,
        known=done.equal,
    )
    for refused in done.refused:
        _report(refused, read, file)
    if done.refused:
        raise Refused(N_("%(count)s rows were left out. Mend them and import the file again."), count=len(done.refused))


def _report(refused: RefusedRow, read: PeopleFile, file: Path) -> None:
    params = {"column": read.columns.get(refused.field, refused.field), "value": refused.value}
    click.echo(f"{file.name}, {read.numbers[refused.index]}: {told(refused.problem, params)}", err=True)


@user.command("list")
@format_option
def list_command(form: str) -> None:
    """List people."""
    columns = ["email", "name", "role", "rank", "team", "active"]
    rows = [
        {
            "email": person.email,
            "name": person.name,
            "role": person.role,
            "rank": person.rank,
            "team": person.team.name if person.team else None,
            "active": person.is_active,
        }
        for person in user_list()
    ]
    write_rows(rows, form, columns)
