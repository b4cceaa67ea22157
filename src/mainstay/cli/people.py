"""Commands about those who work here."""

import click

from mainstay.cli.home import need_ready
from mainstay.cli.output import write_record, write_rows
from mainstay.cli.shell import Group, format_option
from mainstay.people.roles import Role
from mainstay.people.selectors import user_list
from mainstay.people.services import user_add, user_set_password


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
