"""Money: decimals to four places, in the database an integer of ten-thousandths."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

SCALE = 4
UNIT = Decimal(1).scaleb(-SCALE)
CENT = Decimal("0.01")
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


def cents(value: Decimal) -> Decimal:
    """Round to two places, half away from zero: as money is shown."""
    return value.quantize(CENT, context=_CONTEXT)


def carried(amounts: Sequence[Decimal], shown: Decimal) -> list[Decimal]:
    """The amounts in cents so that they add up to `shown`, which is in cents itself.

    The cents that rounding leaves go to those from which it took most, the first of equal ones first. Amounts that do
    not come to `shown` are rounded each by itself.
    """
    rounded = [cents(amount) for amount in amounts]
    if abs(sum(amounts, Decimal(0)) - shown) > CENT:
        return rounded
    left = int((shown - sum(rounded, Decimal(0))) / CENT)
    cent = CENT if left > 0 else -CENT
    taken = sorted(range(len(amounts)), key=lambda place: (rounded[place] - amounts[place]) * cent)
    for place in taken[: abs(left)]:
        rounded[place] += cent
    return rounded
