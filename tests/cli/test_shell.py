"""What every command has in common."""

from collections.abc import Iterator

import click
import pytest

from tests.cli.shell import run


def commands(group: click.Group) -> Iterator[click.Command]:
    for command in group.commands.values():
        if isinstance(command, click.Group):
            yield from commands(command)
        else:
            yield command


def test_every_command_takes_a_language() -> None:
    from mainstay.cli.commands import cli

    without = [command.name for command in commands(cli) if "--lang" not in {o for p in command.params for o in p.opts}]
    assert not without


@pytest.mark.django_db
def test_what_is_refused_ends_with_one_line_on_stderr() -> None:
    result = run("undo", "99", exit_code=1)
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.django_db
def test_a_refusal_is_in_the_language_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    english = run("show", "summary", exit_code=1).stderr
    chinese = run("show", "summary", "--lang", "zh-hans", exit_code=1).stderr
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert run("show", "summary", exit_code=1).stderr == chinese != english
