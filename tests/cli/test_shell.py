"""What every command has in common."""

import socket
from collections.abc import Iterator
from pathlib import Path

import click
import duckdb
import pytest

from mainstay.cli.output import _cell
from mainstay.cli.tables import visible
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


@pytest.mark.django_db
def test_a_port_in_use_is_refused_and_not_shared() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run("serve", "--port", port, exit_code=1)
    assert f"Port {port} cannot be used" in result.stderr
    assert "Mainstay is at" not in result.stderr


@pytest.mark.django_db
def test_a_disk_that_would_not_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:

    def full(*_: object, **__: object) -> None:
        raise duckdb.IOException("IO Error: No space left on device\nmore")

    monkeypatch.setattr("mainstay.ledger.imports.stage", full)
    path = tmp_path / "sales.csv"
    path.write_text("document,date,amount\nS1,2024-01-02,5\n")
    result = run("import", "sales", path, exit_code=1)
    assert result.stderr.count("\n") == 1
    assert "No space left on device" in result.stderr


def test_nothing_in_the_data_steers_the_terminal() -> None:
    assert visible("E\x1b]0;pwn\x07\x1b[31m\x9b") == "E�]0;pwn��[31m�"
    assert visible("客户\tA\n") == "客户\tA\n"


def test_a_formula_is_text_in_csv_and_a_negative_amount_a_number() -> None:
    """quality 19"""
    assert [_cell(text) for text in ("-1579739.8549", "-5", "=1+1", "-cmd", "+5", "@x", "-1.5e3")] == [
        "-1579739.8549", "-5", "'=1+1", "'-cmd", "'+5", "'@x", "'-1.5e3",
    ]  # fmt: skip
