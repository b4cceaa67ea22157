"""The command about the currency that figures are in."""

import click
from django.conf import settings

from mainstay.cli.home import need_ready
from mainstay.cli.output import write_record
from mainstay.cli.shell import Command, format_option, say
from mainstay.core.currencies import currency_code
from mainstay.core.errors import N_
from mainstay.ledger.rates import currencies_known
from mainstay.ledger.services import currencies_set
from mainstay.ledger.workings import workings


@click.command("currency", cls=Command)
@click.argument("code", required=False)
@click.option("--unnamed", metavar="CODE", help="The currency of lines that name none.")
@click.option("--oldest-rate", type=click.IntRange(0, 3660), metavar="DAYS", help="How old a rate may be.")
@format_option
def currency(code: str | None, unnamed: str | None, oldest_rate: int | None, form: str) -> None:
    """Show the currency that figures are in, or choose another one."""
    need_ready()
    if code is not None or unnamed is not None or oldest_rate is not None:
        reporting = workings().reporting if code is None else code
        currencies_set(reporting=reporting, unnamed=unnamed, oldest_rate=oldest_rate)
        say(N_("Kept. Run `mainstay refresh` to have the figures follow."))
    now, default = workings(), currency_code(settings.MAINSTAY_CURRENCY)
    told = {
        "currency": now.reporting or default,
        "unnamed": now.unnamed or default or now.reporting,
        "oldest_rate": now.oldest_rate,
        "rates": currencies_known(),
    }
    write_record(told, form)
