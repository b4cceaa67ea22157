"""Sales of the window against the window before."""

import ibis.expr.types as ir

from mainstay.insight.exact import ratio


def change(sales: ir.DecimalValue, sales_before: ir.DecimalValue) -> ir.FloatingValue:
    """(sales − sales_before) ÷ sales_before as a double; null where the former sales are not positive."""
    return ratio(sales - sales_before, sales_before)
