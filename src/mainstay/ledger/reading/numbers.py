"""Numbers as people write them: SQL that reads them exactly, and the evidence for the decimal sign.

`12,345.60`, `12.345,60`, `12 345,60`, `12'345.60`, `-5`, `5-`, `(5)`, `¥5`, `5 EUR`, `1.5E-05` and full-width digits
are read; groups must be well formed, so that `1.5` in a file whose decimal sign is the comma is a problem and not 15.
"""

from mainstay.core.errors import N_
from mainstay.core.sql import quoted
from mainstay.ledger.reading.cells import ascii_only, once
from mainstay.ledger.reading.encoding import ANY, Scan

NO_NUMBER_POINT = N_(
    "“%(value)s” under “%(column)s” is no number as this file writes them, such as 1234.56. Correct it."
)
NO_NUMBER_COMMA = N_(
    "“%(value)s” under “%(column)s” is no number as this file writes them, such as 1234,56. Correct it."
)
TOO_LARGE = N_("“%(value)s” under “%(column)s” is too large. Correct it.")
PRODUCT_TOO_LARGE = N_("Quantity times unit price is too large in this row (“%(value)s”). Correct one of them.")

DECIMALS = {"money": "DECIMAL(18,4)", "measure": "DECIMAL(18,6)", "rate": "DECIMAL(19,12)"}
# What is multiplied is read to more decimals than are kept.
FACTOR = "DECIMAL(38,12)"
_SEVEN_DECIMALS = len(".1234567")

# Full-width digits and signs, the minus signs and the blanks that text may hold, and what they stand for.
_FROM = "０１２３４５６７８９．，＋－−–‒﹣（）￥＄￡’‘＇ʼ\u00a0\u2009\u202f\u2007\u3000"
_TO = "0123456789.,+-----()¥$£''''" + " " * 5
_CODES = (
    "USD EUR GBP CNY RMB CNH JPY CHF HKD TWD NTD MOP AUD CAD NZD SGD KRW INR SEK NOK DKK PLN CZK HUF RON BGN TRY RUB "
    "UAH BRL MXN ZAR THB MYR IDR PHP VND AED SAR ILS CLP COP ARS PEN EGP NGN KES PKR BDT"
)
_CURRENCY = rf"(?:(?:US|HK|NT|NZ|CN|JP|A|C|S|R)?[$¥€£]|[₹₩₽]|{_CODES.replace(' ', '|')}|元|圓|円)"


def _pattern(decimal: str) -> str:
    """One anchored pattern with the groups o, s, n, t, c: bracket, sign, figures, trailing sign, bracket."""
    other = "," if decimal == "." else r"\."
    point = r"\." if decimal == "." else ","
    groups = [rf"[0-9]{{1,3}}(?:{sign}[0-9]{{3}})+" for sign in (other, " ", "'")]
    if decimal == ".":
        groups.append(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")  # lakh and crore
    whole = "|".join([*groups, "[0-9]+"])
    figures = rf"(?:(?:{whole})(?:{point}[0-9]*)?|{point}[0-9]+)(?:[eE][+-]?[0-9]{{1,3}})?"
    sign = r"[-+]?"
    unit = f"(?:{_CURRENCY})?"
    return rf"^(\()? ?({sign}) ?{unit} ?({sign}) ?({figures}) ?{unit} ?({sign}) ?(\))? ?{unit}$"


def _parts(text: str, decimal: str) -> str:
    plain = ascii_only(text, _FROM, _TO)
    return f"regexp_extract({plain}, {quoted(_pattern(decimal))}, ['o', 's', 'u', 'n', 't', 'c'])"


def _canonical(text: str, decimal: str) -> str:
    """The number as `-1234.5`, NULL where it is none. Signs may stand in one place only; brackets come in pairs."""
    grouping = "[, '']" if decimal == "." else "[. '']"
    bare = f"regexp_replace(p.n, '{grouping}', '', 'g')"
    figures = bare if decimal == "." else f"replace({bare}, ',', '.')"
    marks = "concat(p.s, p.u, p.t)"
    unpaired = f"(p.o = '') <> (p.c = '') OR (p.o <> '' AND {marks} <> '')"
    body = (
        f"CASE WHEN p.n IS NULL OR p.n = '' OR length({marks}) > 1 OR {unpaired} "
        f"THEN NULL WHEN p.o <> '' OR {marks} = '-' THEN '-' || {figures} ELSE {figures} END"
    )
    return once(_parts(text, decimal), "p", body)


def quick(text: str, decimal: str, type_: str, scan: Scan = ANY) -> str:
    """The exact value in the decimal type of `type_` (money, measure, rate) or SQL, rounded half away from zero.

    Of a number in a usual form; NULL where it is in none.
    """
    wanted = DECIMALS.get(type_, type_)
    if decimal == ".":
        plain = f"TRY_CAST({text} AS {wanted})"
        if scan.underscores:
            plain = f"CASE WHEN NOT contains({text}, '_') THEN {plain} END"
        grouped, bare = "[-]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?", f"replace({text}, ',', '')"
    else:
        plain = (
            f"CASE WHEN contains({text}, '_') OR contains({text}, '.') THEN NULL "
            f"WHEN contains({text}, ',') THEN TRY_CAST(replace({text}, ',', '.') AS {wanted}) "
            f"ELSE TRY_CAST({text} AS {wanted}) END"
        )
        grouped, bare = "[-]?[0-9]{1,3}([.][0-9]{3})+(,[0-9]+)?", f"replace(replace({text}, '.', ''), ',', '.')"
    common = f"CASE WHEN regexp_full_match({text}, '{grouped}') THEN TRY_CAST({bare} AS {wanted}) END"
    return f"coalesce({plain}, {common})"


def slow(text: str, decimal: str, type_: str) -> str:
    """The same for any form."""
    return f"TRY_CAST({once(text, 'x', _canonical('x', decimal))} AS {DECIMALS.get(type_, type_)})"


def factor(cell: str, text: str, value: str, decimal: str, scan: Scan = ANY) -> str:
    """`value`, a measure read from the cell and its clean text, to twelve decimals where the cell may hold as many."""
    short = f"strlen({cell}) < {_SEVEN_DECIMALS} AND NOT contains({cell}, 'e') AND NOT contains({cell}, 'E')"
    exact = f"coalesce({quick(cell, decimal, FACTOR, scan)}, {slow(text, decimal, FACTOR)})"
    return f"CASE WHEN {short} THEN {value}::{FACTOR} ELSE {exact} END"


def why_no_number(text: str, decimal: str) -> str:
    """The problem of a text that slow() cannot read."""
    usual = NO_NUMBER_POINT if decimal == "." else NO_NUMBER_COMMA
    number = once(text, "x", _canonical("x", decimal))
    return f"CASE WHEN {number} IS NOT NULL THEN {quoted(TOO_LARGE)} ELSE {quoted(usual)} END"


def evidence(text: str) -> str:
    """SQL: '.' or ',' where the text shows its decimal sign, '?' where it could be read both ways, else NULL."""
    whens = []
    for decimal, point, other in ((".", r"\.", ","), (",", ",", r"\.")):
        shows = (
            rf"^[^.,]*(?:[0-9][0-9{other} ']*)?{point}(?:[0-9]{{1,2}}|[0-9]{{4,}})[^0-9.,]*$",
            rf"^[^.,]*(?:[0-9][0-9{other} ']*)?{point}[0-9]+[eE][+-]?[0-9]+[^0-9.,]*$",
            rf"^[^.,0-9]*(?:[0-9]{{4,}}|0[0-9]*)?{point}[0-9]{{3}}[^0-9.,]*$",
            rf"^[^.,0-9]*[0-9]{{1,3}}(?:{other}[0-9]{{3}})+{point}[0-9]+[^0-9.,]*$",
            rf"^[^.,0-9]*[0-9]{{1,3}}(?:{other}[0-9]{{3}}){{2,}}[^0-9.,]*$",
            rf"^[^.,0-9]*[0-9]{{1,3}}(?:[ '][0-9]{{3}})+{point}[0-9]+[^0-9.,]*$",
        )
        test = " OR ".join(f"regexp_matches(x, {quoted(pattern)})" for pattern in shows)
        whens.append(f"WHEN {test} THEN '{decimal}'")
    body = (
        "CASE WHEN NOT regexp_matches(x, '[.,]') OR NOT regexp_matches(x, '[0-9]') THEN NULL "
        f"{' '.join(whens)} WHEN regexp_matches(x, '^[^.,0-9]*[0-9]{{1,3}}[.,][0-9]{{3}}[^0-9.,]*$') THEN '?' END"
    )
    return once(ascii_only(text, _FROM, _TO), "x", body)
