"""Exact money inside the engine, and the one step from money to a ratio.

Sums stay decimal, so their order cannot change them. A ratio is formed row by row from whole ten-thousandths,
which makes equal ratios equal bit for bit (a decimal cast to a double is rounded before it is divided).
"""

from decimal import Decimal
from typing import cast

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

UNITS = 10_000
MONEY = dt.Decimal(38, 4)
NONE = Decimal("0.0000")


def money(value: ir.Value) -> ir.DecimalValue:
    """As DECIMAL(38, 4), 0 where there is none."""
    return cast(ir.DecimalValue, ibis.coalesce(value.cast(MONEY), ibis.literal(NONE, type=MONEY)))


def units(value: ir.Value) -> ir.IntegerValue:
    """Money as whole ten-thousandths."""
    return cast(ir.IntegerValue, (value.cast(MONEY) * UNITS).cast("int64"))


def ratio(part: ir.Value, whole: ir.Value) -> ir.FloatingValue:
    """part ÷ whole of two amounts as a double; null where the whole is not positive."""
    divisor = (whole > 0).ifelse(units(whole), ibis.null("int64")).cast("float64")
    return cast(ir.FloatingValue, units(part).cast("float64") / divisor)


def count(value: ir.Value) -> ir.IntegerValue:
    """As BIGINT, 0 where there is none."""
    return cast(ir.IntegerValue, ibis.coalesce(value.cast("int64"), ibis.literal(0, type="int64")))
