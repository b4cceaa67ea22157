"""Fields that Django lacks."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import models

from mainstay.core.currencies import from_rate_units, rate_units
from mainstay.core.money import from_units, to_units

if TYPE_CHECKING:
    _DecimalInteger = models.BigIntegerField[Decimal, Decimal]
else:
    _DecimalInteger = models.BigIntegerField


class MoneyField(_DecimalInteger):
    """An amount of money: a Decimal of four places in Python, an integer of ten-thousandths in the database.

    SQLite keeps decimals as floats, whose sums lose cents.
    """

    description = "money, in ten-thousandths"

    def from_db_value(self, value: int | None, *_: Any) -> Decimal | None:
        return None if value is None else from_units(value)

    def to_python(self, value: Any) -> Decimal | None:
        return None if value in (None, "") else Decimal(value)

    def get_prep_value(self, value: Any) -> int | None:
        return None if value is None else to_units(Decimal(value))


class RateField(_DecimalInteger):
    """An exchange rate: a Decimal of twelve places in Python, an integer of 10⁻¹² in the database."""

    description = "exchange rate, in 10⁻¹²"

    def from_db_value(self, value: int | None, *_: Any) -> Decimal | None:
        return None if value is None else from_rate_units(value)

    def to_python(self, value: Any) -> Decimal | None:
        return None if value in (None, "") else Decimal(value)

    def get_prep_value(self, value: Any) -> int | None:
        return None if value is None else rate_units(Decimal(value))
