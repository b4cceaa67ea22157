"""Calls the command line as a shell would."""

import json
from typing import Any

from click.testing import CliRunner, Result


def run(*words: object, exit_code: int = 0) -> Result:
    """The result of `mainstay WORDS…`, which must end with `exit_code`."""
    from mainstay.cli.commands import cli

    result = CliRunner().invoke(cli, [str(word) for word in words], prog_name="mainstay")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == exit_code, result.output
    return result


def told(*words: object) -> Any:
    """What a command tells as JSON."""
    return json.loads(run(*words, "--format", "json").stdout)
