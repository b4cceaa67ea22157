"""What the columns of a warehouse's tables are to the ledger."""

from collections.abc import Mapping
from typing import cast

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from mainstay.core.addresses import Warehouse
from mainstay.core.errors import N_, Refused
from mainstay.ledger.schema import IBIS_TYPES, LINES

# What every line must have, in the table and in each row.
REQUIRED = {"sales": ("document", "date", "amount"), "costs": ("date", "kind", "amount")}
# Fields that are no part of the lines, and yet tell what an account or a product is called.
NAMES = {"account": "account_name", "product": "product_name"}
SOURCE = "default"


def nothing(kind: str) -> ir.Table:
    """No lines of a kind."""
    return ibis.memtable([], schema=ibis.schema(_types(kind)))


def fields_of(table: ir.Table, kind: str, warehouse: Warehouse) -> ir.Table:
    """The lines of a warehouse's table in the columns of the ledger's files, with NAMES beside them.

    A column is known by its field's name, in any case, or by the name that the address gives it. What the table does
    not have is null; the source is then `default`, and the amount quantity × unit price. Texts are trimmed, and blank
    ones null; amounts have four decimals, half away from zero. Raises Refused where a column is lacking.
    """
    columns = _columns(table, kind, warehouse)
    given = {name: _value(columns[name], wanted) for name, wanted in _types(kind).items() if name in columns}
    if "amount" not in given and {"quantity", "unit_price"} <= given.keys():
        given["amount"] = _decimal(given["quantity"] * given["unit_price"], 18, 4)
    if lacking := [name for name in REQUIRED[kind] if name not in given]:
        raise Refused(
            N_(
                "The table %(table)s at %(ledger)s has no column %(column)s. Make a view that has it, or name the "
                "column in MAINSTAY_LEDGER: %(kind)s.%(column)s=NAME."
            ),
            table=".".join(warehouse.tables[kind]),
            ledger=warehouse.shown,
            column=lacking[0],
            kind=kind,
        )
    given.setdefault("source", ibis.literal(SOURCE))
    names = {name: _text(columns[name]) for name in NAMES.values() if name in columns}
    absent = {name: ibis.null(wanted) for name, wanted in _types(kind).items()}
    return table.select(**{**absent, **given, **{name: ibis.null("string") for name in NAMES.values()}, **names})


def _types(kind: str) -> dict[str, str]:
    return {name: IBIS_TYPES[stored] for name, stored in LINES[kind].columns.items()}


def _columns(table: ir.Table, kind: str, warehouse: Warehouse) -> Mapping[str, ir.Column]:
    """The table's columns by our fields. Warehouses that fold names write them in capitals."""
    there = {name.lower(): name for name in table.columns}
    named = {name: name for name in (*LINES[kind].columns, *NAMES.values()) if name != "batch"}
    renamed = warehouse.columns[kind]
    unknown = [ours for ours in renamed if ours not in named]
    wrong = [theirs for theirs in renamed.values() if theirs.lower() not in there]
    if unknown or wrong:
        raise Refused(
            N_("MAINSTAY_LEDGER names %(name)s for %(kind)s: there is no such field, or no such column in %(table)s."),
            name=(unknown + wrong)[0],
            kind=kind,
            table=".".join(warehouse.tables[kind]),
        )
    wanted = {ours: there.get(theirs.lower()) for ours, theirs in (named | dict(renamed)).items()}
    return {ours: table[column] for ours, column in wanted.items() if column is not None}


def _value(column: ir.Column, wanted: str) -> ir.Value:
    kind = dt.dtype(wanted)
    if isinstance(kind, dt.Decimal):
        return _decimal(column, kind.precision, kind.scale)
    # Also where it is a day already: a column that may not be null there may become so in a join.
    return _text(column) if kind.is_string() else column.cast(dt.Date(nullable=True))


def _text(column: ir.Column) -> ir.StringValue:
    """Trimmed text; a number without a fraction."""
    kind = column.type()
    whole = column.cast("int64") if kind.is_floating() or (kind.is_decimal() and kind.scale != 0) else column
    return cast(ir.StringValue, whole.cast(dt.String(nullable=True)).strip().nullif(""))


def _decimal(column: ir.Value, precision: int | None, scale: int | None) -> ir.DecimalValue:
    """Rounded first: some engines cut where they cast. PostgreSQL, whose numbers may have any scale, rounds."""
    kind = column.type()
    exact = kind.is_integer() or (kind.is_decimal() and (kind.scale is None or kind.scale <= (scale or 0)))
    value = column.cast(dt.Decimal(38, 9)) if kind.is_floating() else column
    return cast(ir.DecimalValue, (value if exact else value.round(scale)).cast(dt.Decimal(precision, scale)))
