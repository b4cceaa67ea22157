"""Codes of currencies, however a file writes them, and what a rate may be."""

import re
from decimal import ROUND_HALF_UP, Context, Decimal

# What accounting systems write instead of the code. A bare dollar sign is none: many currencies bear it.
ALSO = {
    "RMB": "CNY",
    "CNH": "CNY",
    "人民币": "CNY",
    "人民币元": "CNY",
    "美元": "USD",
    "欧元": "EUR",
    "英镑": "GBP",
    "日元": "JPY",
    "日圆": "JPY",
    "港币": "HKD",
    "港元": "HKD",
    "新台币": "TWD",
    "韩元": "KRW",
    "澳元": "AUD",
    "加元": "CAD",
    "新加坡元": "SGD",
    "瑞士法郎": "CHF",
    "卢布": "RUB",
    "印度卢比": "INR",
    "泰铢": "THB",
    "€": "EUR",
    "£": "GBP",
    "¥": "CNY",
    "￥": "CNY",
    "CN¥": "CNY",
    "JP¥": "JPY",
    "US$": "USD",
    "HK$": "HKD",
    "NT$": "TWD",
    "A$": "AUD",
    "C$": "CAD",
    "CA$": "CAD",
    "NZ$": "NZD",
    "S$": "SGD",
    "R$": "BRL",
    "₩": "KRW",
    "₹": "INR",
    "₽": "RUB",
    "฿": "THB",
}
CODE = "[A-Z0-9]{2,12}"
RATE_SCALE = 12
RATE_UNIT = Decimal(1).scaleb(-RATE_SCALE)
# In ten-to-the-minus-twelfths it still fits the 64 bits of the database.
MOST_RATE = Decimal(9_000_000)
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)


def currency_code(text: str | None) -> str:
    """The code that a text means: `eur`, ` EUR `, 欧元 and € are EUR. What is no code stays as it is, in capitals."""
    code = (text or "").strip().upper()
    return ALSO.get(code, code)


def is_currency_code(code: str) -> bool:
    """From 2 to 12 letters and figures, as `currency_code` gives them."""
    return re.fullmatch(CODE, code) is not None


def rate_of(rate: Decimal) -> Decimal:
    """A rate as it is kept: to twelve decimals, rounded half away from zero."""
    return rate.quantize(RATE_UNIT, context=_CONTEXT)


def inverse(rate: Decimal) -> Decimal:
    """The rate the other way round, as it is kept."""
    return rate_of(_CONTEXT.divide(Decimal(1), rate))


def divided(rate: Decimal, units: Decimal) -> Decimal:
    """The rate of one unit, where it was stated for several."""
    return rate_of(_CONTEXT.divide(rate, units))


def is_rate(rate: Decimal) -> bool:
    """Whether a rate can be kept."""
    return rate.is_finite() and 0 < rate <= MOST_RATE and rate_of(rate) > 0


def rate_units(rate: Decimal) -> int:
    """The rate as the database holds it: a whole number of 10⁻¹²."""
    return int(rate_of(rate).scaleb(RATE_SCALE, context=_CONTEXT))


def from_rate_units(units: int) -> Decimal:
    """The rate that so many 10⁻¹² are."""
    return Decimal(units).scaleb(-RATE_SCALE, context=_CONTEXT).quantize(RATE_UNIT, context=_CONTEXT)


def plain_rate(rate: Decimal) -> str:
    """For reading: without the zeros at the end, but four decimals at least."""
    whole, _point, rest = f"{rate_of(rate):f}".partition(".")
    return f"{whole}.{rest.rstrip('0').ljust(4, '0')}"
