"""How figures are written: money, shares, counts and days, in the language of the page.

Decimals stay exact until the last rounding, which is half away from zero. A negative figure has the minus sign
(U+2212), which is as wide as a digit. What is not known is an en dash.
"""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MINUS = "−"
UNKNOWN = "–"

Number = Decimal | int | float | str | None

_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)
# Written before the amount. In each language its own currency has the bare sign.
_SIGNS = {
    "en": {"USD": "$", "EUR": "€", "GBP": "£", "CNY": "CN¥", "JPY": "¥", "HKD": "HK$", "TWD": "NT$", "KRW": "₩"},
    "zh": {"USD": "US$", "EUR": "€", "GBP": "£", "CNY": "¥", "JPY": "JP¥", "HKD": "HK$", "TWD": "NT$", "KRW": "₩"},
}
_STEPS = {
    "en": ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "K")),
    "zh": ((Decimal(10**8), "亿"), (Decimal(10**4), "万")),
}
# Below this an amount is short enough to be written out.
_WRITTEN_OUT = 10_000


def language() -> str:
    """`zh` or `en`: the language figures are written in."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def exact(value: Number) -> Decimal | None:
    """`value` as a decimal; None where it is not a finite number."""
    if value is None or value == "":
        return None
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def rounded(value: Decimal, places: int) -> Decimal:
    """Half away from zero; never minus zero."""
    result = value.quantize(Decimal(1).scaleb(-places), context=_CONTEXT)
    return abs(result) if result.is_zero() else result


def sign_of(currency: str) -> str:
    """What stands before an amount in `currency`: `$`, or the code and a space; nothing when there is none."""
    if not currency:
        return ""
    return _SIGNS[language()].get(currency.upper(), f"{currency.upper()} ")


def number(value: Number, places: int = 0) -> str:
    """With thousands separators: `1,234.50`."""
    amount = exact(value)
    return UNKNOWN if amount is None else _signed(rounded(amount, places), "", places)


def money(value: Number, currency: str = "", places: int = 2) -> str:
    """An amount written out: `−$1,234.50`."""
    amount = exact(value)
    return UNKNOWN if amount is None else _signed(rounded(amount, places), sign_of(currency), places)


def money_compact(value: Number, currency: str = "") -> str:
    """A large amount in three or four digits: `$36.24M`, in Chinese `US$3624万`; up to 10,000 written out."""
    amount = exact(value)
    if amount is None:
        return UNKNOWN
    size = rounded(abs(amount), 0)
    sign = sign_of(currency)
    if size < _WRITTEN_OUT:
        return _signed(rounded(amount, 0), sign, 0)
    steps = _STEPS[language()]
    for index, (unit, name) in enumerate(steps):
        if size < unit:
            continue
        short, places = _three_digits(amount / unit)
        if index and abs(short) * unit >= steps[index - 1][0]:
            unit, name = steps[index - 1]
            short, places = _three_digits(amount / unit)
        return _signed(short, sign, places) + name
    raise AssertionError("the smallest step is below what is written out")


def percent(ratio: Number, places: int = 1) -> str:
    """A ratio as a share of a hundred: 0.625 → `62.5%`."""
    value = exact(ratio)
    return UNKNOWN if value is None else _signed(rounded(value * 100, places), "", places) + "%"


def change(now: Number, before: Number, places: int = 1) -> str:
    """Growth since `before`: `+12.3%`, `−4.0%`; unknown where there is nothing to compare with."""
    later, earlier = exact(now), exact(before)
    if later is None or earlier is None or earlier <= 0:
        return UNKNOWN
    growth = rounded((later / earlier - 1) * 100, places)
    return ("+" if growth > 0 else "") + _signed(growth, "", places) + "%"


def day(value: date | datetime | None) -> str:
    """`29 Nov 2013`, 2013年11月29日."""
    return UNKNOWN if value is None else formats.date_format(_local(value), _("j M Y"))


def month(value: date | None) -> str:
    """`Nov 2013`, 2013年11月."""
    return UNKNOWN if value is None else formats.date_format(value, _("M Y"))


def moment(value: datetime | None) -> str:
    """`29 Nov 2013, 14:05` by the clock of the workspace."""
    return UNKNOWN if value is None else formats.date_format(_local(value), _("j M Y, H:i"))


def negative(value: Number) -> bool:
    """Is it below zero (and known)?"""
    amount = exact(value)
    return amount is not None and amount < 0


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _signed(amount: Decimal, sign: str, places: int) -> str:
    return f"{MINUS if amount < 0 else ''}{sign}{abs(amount):,.{places}f}"


def _three_digits(amount: Decimal) -> tuple[Decimal, int]:
    """Rounded to at least three digits, with the places that takes."""
    for places, below in ((2, 100), (1, 1000)):
        short = rounded(amount, places)
        if abs(short) < below:
            return short, places
    return rounded(amount, 0), 0
