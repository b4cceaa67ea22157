"""Commands that grade, and show what came out."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import click

from mainstay.accounts.models import Account
from mainstay.cli import costs, records
from mainstay.cli.home import need_ready
from mainstay.cli.labels import basis, label, target
from mainstay.cli.output import write_objects, write_record, write_rows
from mainstay.cli.shell import MOST, Command, Group, Progress, format_option, say
from mainstay.cli.tables import figure, share, write_pairs, write_table
from mainstay.core.addresses import ENGINE_WANTED
from mainstay.core.codes import clean_code
from mainstay.core.errors import N_, NotFound
from mainstay.grading.marts import curves
from mainstay.grading.playbook import CLASSES, PLAYBOOK
from mainstay.grading.records import account_record
from mainstay.grading.selectors import matrix as matrix_of
from mainstay.grading.selectors import refresh_of
from mainstay.nightly import refresh as nightly

SHARES = ("top20_sales_share", "top20_profit_share", "head_share")
SCORES = ("score", "attractiveness", "potential")


class Day(click.DateTime):
    """A day such as 2024-06-30."""

    name = "date"

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        return super().convert(value, param, ctx).date()


def as_of_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--as-of DATE`."""
    return click.option("--as-of", type=Day(), metavar="DATE", help="A day that was refreshed; the current one.")(
        command
    )


def _order(_context: click.Context, _option: click.Parameter, value: str) -> str:
    if value.removeprefix("-") not in records.ORDERS:
        raise click.BadParameter(f"“{value}” is none of: {', '.join(records.ORDERS)}.")
    return value


@click.command("refresh", cls=Command)
@click.option("--as-of", type=Day(), metavar="DATE", help="The last day that counts; the last one with sales.")
@click.option("--months", type=click.IntRange(1, nightly.MOST_MONTHS), default=nightly.MONTHS, show_default=True)
@click.option("--engine", metavar="URL", help=f"The engine, instead of MAINSTAY_ENGINE: {ENGINE_WANTED}.")
@format_option
def refresh(as_of: date | None, months: int, engine: str | None, form: str) -> None:
    """Grade every account as of a day and publish the figures."""
    need_ready()
    progress = Progress()
    try:
        done = nightly.refresh(as_of=as_of, months=months, engine=engine, progress=progress)
    finally:
        progress.done()
    _summary(curves.totals(done), form)
    if not done.current:
        say(N_("Published; pages go on showing the later day that is current."))


@click.group("show", cls=Group)
def show() -> None:
    """Show figures of a refresh."""
    need_ready()


@show.command("summary")
@as_of_option
@format_option
def summary(as_of: date | None, form: str) -> None:
    """The window, its sales, and how the profit comes about."""
    _summary(curves.totals(refresh_of(as_of)), form)


def _summary(told: dict[str, Any], form: str) -> None:
    if form == "table":
        write_pairs([(label(name), _money(value)) for name, value in costs.shown(costs.adding_up(told)).items()])
    else:
        write_record(told, form)


def _money(value: Any) -> Any:
    """A figure as JSON has it, where money is text; lists of texts as they are."""
    if isinstance(value, list):
        return value
    try:
        return figure(Decimal(value) if isinstance(value, str) and "." in value else value)
    except ArithmeticError:
        return str(value)


@show.command("pareto")
@as_of_option
@format_option
def pareto(as_of: date | None, form: str) -> None:
    """How few accounts bring most of the sales, and how profit and loss are spread. Its curve is in JSON."""
    found = refresh_of(as_of)
    told = curves.shares(found)
    if form == "json":
        points = [[point.n, point.sales, point.profit] for point in curves.curve(found, "whale")]
        points[0] = [0, 0, 0]
        write_record(told | {"curve": points}, form)
    elif form == "csv":
        write_record(told, form)
    else:
        write_pairs([(label(name), _of_pareto(name, value)) for name, value in told.items()])


def _of_pareto(name: str, value: Any) -> str:
    if name in SHARES:
        return share(value)
    return f"{value:.4f}" if isinstance(value, float) else _money(value)


@show.command("matrix")
@as_of_option
@format_option
def matrix(as_of: date | None, form: str) -> None:
    """The eighteen cells with their accounts, sales and profit."""
    found = matrix_of(refresh_of(as_of))
    cells = {
        name: {"accounts": cell.accounts, "sales": cell.sales, "profit": cell.profit}
        for name, cell in found.cells.items()
    }
    if form == "json":
        write_record({"as_of": found.as_of, "cells": cells}, form)
    elif form == "csv":
        write_rows([{"cell": name, **cell} for name, cell in cells.items()], form)
    else:
        write_pairs([(label("as_of"), found.as_of.isoformat())])
        rows = (
            (
                name,
                records.in_language(CLASSES[int(name[1])]),
                *(figure(value) for value in cell.values()),
                target(name, PLAYBOOK[name].target),
            )
            for name, cell in cells.items()
        )
        headings = ("cell", "class", "accounts", "sales", "profit", "target")
        write_table([label(name) for name in headings], rows, right=(2, 3, 4))


@show.command("accounts")
@click.option("--limit", type=click.IntRange(1, MOST), metavar="N", help="The first N.")
@click.option(
    "--order", default="sales", show_default=True, metavar="FIELD", callback=_order, help="-FIELD the other way round."
)
@as_of_option
@format_option
def accounts(limit: int | None, order: str, as_of: date | None, form: str) -> None:
    """The accounts with their cells and figures."""
    rows = records.told(refresh_of(as_of), order=order, limit=limit)
    if form == "table":
        _accounts_table(rows)
    else:
        write_objects(rows, form, records.FIELDS)


def _accounts_table(rows: Iterator[dict[str, Any]]) -> None:
    columns = ("code", "name", "cell", "sales", "sales_share", "profit", "score", "attractiveness", "potential")
    days = ("first_order", "last_order", "orders")
    lines = ([_of_account(name, row[name]) for name in (*columns, *days)] for row in rows)
    write_table([label(name) for name in (*columns, *days)], lines, right=(3, 4, 5, 6, 7, 8, 11))


@show.command("account")
@click.argument("code")
@as_of_option
@format_option
def account(code: str, as_of: date | None, form: str) -> None:
    """Everything about one account, and why it stands where it does."""
    found = refresh_of(as_of)
    wanted = Account.objects.filter(code=clean_code(code) or "").first()
    if wanted is None:
        raise NotFound(N_("There is no account “%(code)s”. `mainstay show accounts` lists them."), code=code)
    record = account_record(found, wanted)
    if record is None:
        raise NotFound(
            N_("%(code)s was not known yet when %(day)s was refreshed. Run: mainstay refresh."),
            code=wanted.code,
            day=found.as_of.isoformat(),
        )
    told = record.told()
    if form == "table":
        shown = costs.shown(costs.adding_up(told) | {"target": target(record.cell, record.target)})
        write_pairs([(label(name), _of_account(name, value)) for name, value in shown.items()])
    else:
        write_record(told, form)


def _of_account(name: str, value: Any) -> Any:
    """A key of `show account` for reading."""
    if name == "sales_share":
        return share(value)
    if name == "class":
        return f"{value} {records.in_language(CLASSES[value])}"
    if name.endswith("_basis"):
        return basis(value)
    if name in SCORES and value is not None:
        return f"{value:.1f}"
    return value if isinstance(value, list) else figure(value)
