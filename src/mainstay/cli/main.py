"""The console script `mainstay`."""

import os


def run() -> None:
    """Set Django up, then hand over to the commands, whose modules need it at import."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mainstay.config.settings")
    import django

    django.setup()
    from mainstay.cli.commands import cli

    cli(prog_name="mainstay")
