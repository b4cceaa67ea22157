"""Money: decimals to four places, in the database an integer of ten-thousandths."""

from decimal import ROUND_HALF_UP, Context, Decimal

SCALE = 4
UNIT = Decimal(1).scaleb(-SCALE)
# Sums over a ledger are DECIMAL(38, 4); the default context's 28 digits would round them silently.
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)


def quantize(value: Decimal) -> Decimal:
    """Round to four places, half away from zero."""
    return value.quantize(UNIT, context=_CONTEXT)


def to_units(value: Decimal) -> int:
    """Ten-thousandths, rounded half away from zero."""
    return int(quantize(value).scaleb(SCALE, context=_CONTEXT))


def from_units(units: int) -> Decimal:
    """The amount that `units` ten-thousandths are, always with four places."""
    return Decimal(units).scaleb(-SCALE, context=_CONTEXT).quantize(UNIT, context=_CONTEXT)


def plain(value: Decimal) -> str:
    """The amount as text with four decimals and no exponent: `750.3333`, `-60.0000`."""
    return f"{quantize(value):f}"
