"""How every command behaves: its language, its errors, what goes to stdout and what to stderr."""

import os
import sys
from collections.abc import Callable
from typing import Any

import click
import duckdb
from django.db import OperationalError
from django.utils import translation

from mainstay.cli.tables import visible
from mainstay.core.errors import N_, Refused

MOST = 2**31 - 1  # that a number given may be
LANGUAGES = ("en", "zh-hans")
OUT_OF_ORDER = N_(
    "The disk, the memory or the database would not do it: %(why)s What was not reported as done did not happen. "
    "See to free space and permission in the data home, then try again."
)


def language_of_environment() -> str:
    """The language that LC_ALL, LC_MESSAGES or LANG ask for, as far as there is one."""
    wanted = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "zh-hans" if wanted.lower().startswith("zh") else "en"


def say(message: str, **params: Any) -> None:
    """Tell the user something that is no result: translated, to stderr."""
    click.echo(told(message, params), err=True)


def told(message: str, params: dict[str, Any]) -> str:
    """A msgid in the user's language, filled in."""
    text = translation.gettext(message)
    return visible(text % params if params else text)


def _speak(_context: click.Context, _option: click.Parameter, language: str | None) -> None:
    if language:
        translation.activate(language)


class Command(click.Command):
    """A command that takes `--lang`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(
            click.Option(
                ["--lang"],
                type=click.Choice(LANGUAGES),
                expose_value=False,
                is_eager=True,
                callback=_speak,
                help="Language of texts; LANG otherwise.",
            )
        )


class Group(click.Group):
    """A group of such commands; the outermost ends with 1 and one line where something is refused."""

    command_class = Command
    group_class = type

    def invoke(self, ctx: click.Context) -> Any:
        if ctx.parent:
            return super().invoke(ctx)
        translation.activate(language_of_environment())
        try:
            return super().invoke(ctx)
        except Refused as error:
            click.echo(told(error.message, error.params), err=True)
            ctx.exit(1)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(1)
        except (OSError, OperationalError, duckdb.IOException, duckdb.OutOfMemoryException) as error:
            why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            click.echo(told(OUT_OF_ORDER, {"why": why[:300]}), err=True)
            ctx.exit(1)


class Progress:
    """Tells on stderr how far a long work is: on a terminal in one line, else a line a step."""

    def __init__(self) -> None:
        self.last = ""

    def __call__(self, step: str, rows: int) -> None:
        text = translation.gettext(step)
        line = f"{text}: {rows:,}" if rows else text
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[2K{line}", err=True, nl=False)
        elif text != self.last:
            click.echo(line, err=True)
        self.last = text

    def done(self) -> None:
        if sys.stderr.isatty() and self.last:
            click.echo("\r\x1b[2K", err=True, nl=False)


def format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--format {table,csv,json}`."""
    return click.option(
        "--format", "form", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True
    )(command)
