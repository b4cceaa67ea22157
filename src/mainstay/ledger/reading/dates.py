"""Days as people write them: SQL that reads them, and the evidence for day, month or year first."""

from mainstay.core import clock
from mainstay.core.errors import N_
from mainstay.core.sql import quoted
from mainstay.ledger.reading.cells import ascii_only, once

FIRST, LAST = "1900-01-01", "2199-12-31"
PIVOT = 69  # two-digit years from here on are of the 1900s

NO_DATE = {
    None: N_("“%(value)s” under “%(column)s” is no date; write dates as 2024-12-31."),
    "dmy": N_("“%(value)s” under “%(column)s” is no date as this file writes them: 31/12/2024, day first. Correct it."),
    "mdy": N_(
        "“%(value)s” under “%(column)s” is no date as this file writes them: 12/31/2024, month first. Correct it."
    ),
    "ymd": N_("“%(value)s” under “%(column)s” is no date as this file writes them: 24-12-31, year first. Correct it."),
}
OUT_OF_RANGE = N_("“%(value)s” under “%(column)s” is not between the years 1900 and 2199. Correct it.")

_FROM = "０１２３４５６７８９／．－：\u00a0\u3000\u202f\u2009"
_TO = "0123456789/.-:" + " " * 4
_TIME = (
    r"(?:[T ,]+(?:上午|下午)? ?(?:[01]?[0-9]|2[0-4])[:.时][0-5]?[0-9](?:[:.分][0-5]?[0-9](?:[.,][0-9]+)?秒?|分)? ?"
    r"(?:[AaPp]\.?[Mm]\.?|上午|下午)? ?(?:Z|[A-Z]{2,5}|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Abbreviations, and names that begin alike and mean the same month in several languages.
_NAME = (
    r"(Jan(?:uary?|vier|eiro)?|Feb(?:ruary?|braio)?|Mar(?:ch|s|zo|ço)?|Apr(?:ile?)?|Mayo?|Jun(?:e|i|io|ho)?|"
    r"Jul(?:y|i|io|ho)?|Aug(?:ust)?|Sep(?:t|tember|tembre|tiembre)?|Oct(?:ober|obre|ubre)?|"
    r"Nov(?:ember|embre|iembre|embro)?|Dec(?:ember|embre)?)\.?"
)

_YEAR_FIRST = rf"(?i)^([0-9]{{4}}) ?[-/.年] ?([0-9]{{1,2}}) ?[-/.月] ?([0-9]{{1,2}})(?:日|号)?{_TIME}$"
_COMPACT = rf"^([0-9]{{4}})([0-9]{{2}})([0-9]{{2}}){_TIME}$"
_NUMERIC = rf"^([0-9]{{1,2}}) ?([-/. ]) ?([0-9]{{1,2}}) ?([-/. ]) ?([0-9]{{2}}|[0-9]{{4}}){_TIME}$"
_SHORT_YEAR_FIRST = rf"^([0-9]{{2}}) ?([-/. ]) ?([0-9]{{1,2}}) ?([-/. ]) ?([0-9]{{1,2}}){_TIME}$"
_DAY_NAME = rf"(?i)^([0-9]{{1,2}})(?:st|nd|rd|th|\.)?[-/ ]*{_NAME}[-/, ]*([0-9]{{2}}|[0-9]{{4}}){_TIME}$"
_NAME_DAY = rf"(?i)^{_NAME}[-/ ]*([0-9]{{1,2}})(?:st|nd|rd|th)?[-/, ]+([0-9]{{4}}){_TIME}$"


def _extract(text: str, pattern: str, names: str) -> str:
    groups = ", ".join(f"'{name}'" for name in names)
    return f"regexp_extract({text}, {quoted(pattern)}, [{groups}])"


def _day(parts: str, year: str, month: str, day: str) -> str:
    """The day that the parts of a match make, NULL where they make none; two-digit years find their century."""
    century = f"CASE WHEN {year} >= '{PIVOT}' THEN '19' ELSE '20' END"
    full = f"CASE WHEN length({year}) = 2 THEN {century} || {year} ELSE {year} END"
    return once(parts, "p", f"TRY_CAST({full} || '-' || {month} || '-' || {day} AS DATE)")


def _numeric(text: str, order: str | None) -> str:
    """Day and month as figures. Dots mean day first; slashes, dashes and blanks follow the file's order."""
    parts = _extract(text, _NUMERIC, "axbzy")
    pointed = "p.x = '.'"
    day, month = (
        ("p.a", "p.b")
        if order == "dmy"
        else (f"CASE WHEN {pointed} THEN p.a ELSE p.b END", f"CASE WHEN {pointed} THEN p.b ELSE p.a END")
    )
    known = "p.x = p.z" if order in ("dmy", "mdy") else f"p.x = p.z AND {pointed}"
    return _day(parts, f"CASE WHEN {known} THEN p.y END", month, day)


def _short_year_first(text: str) -> str:
    return _day(_extract(text, _SHORT_YEAR_FIRST, "yxmzd"), "CASE WHEN p.x = p.z THEN p.y END", "p.m", "p.d")


def _named(text: str, pattern: str, names: str) -> str:
    months = "[" + ", ".join(f"'{month}'" for month in _MONTHS) + "]"
    return _day(_extract(text, pattern, names), "p.y", f"list_position({months}, lower(substr(p.m, 1, 3)))", "p.d")


def quick(text: str, order: str | None) -> str:
    """The day, of any year, that is written in a usual form, NULL where it is in none."""
    fifth = f"{text}[5]"
    four = f" AND {text}[3] BETWEEN '0' AND '9'" if order else ""  # of a short year the cast would make the year 24
    iso = f"CASE WHEN {text} >= '0' AND ({fifth} = '-' OR {fifth} = '/'){four} THEN TRY_CAST({text} AS DATE) END"
    return f"coalesce({iso}, {_common(text, order)})"


def slow(text: str, order: str | None) -> str:
    """The same for any form; time and time zone are dropped and the written day kept."""
    rest = (
        *([_short_year_first("x")] if order == "ymd" else []),
        _numeric("x", order),
        _day(_extract("x", _YEAR_FIRST, "ymd"), "p.y", "p.m", "p.d"),
        _day(_extract("x", _COMPACT, "ymd"), "p.y", "p.m", "p.d"),
        _named("x", _DAY_NAME, "dmy"),
        _named("x", _NAME_DAY, "mdy"),
    )
    return once(ascii_only(text, _FROM, _TO), "x", f"coalesce({', '.join(rest)})")


def _common(text: str, order: str | None) -> str:
    """The usual writing of day, month and year, as quick as may be: slashes, or dots where nothing else occurs."""
    sign = "/" if order in ("dmy", "mdy") else "[.]"
    pattern = f"([0-9]{{1,2}}){sign}([0-9]{{1,2}}){sign}([0-9]{{4}})( [0-9:]+)?"
    turned = r"\3-\1-\2\4" if order == "mdy" else r"\3-\2-\1\4"
    return (
        f"CASE WHEN regexp_full_match({text}, '{pattern}') "
        f"THEN TRY_CAST(regexp_replace({text}, '^{pattern}$', '{turned}') AS DATE) END"
    )


def in_range(day: str) -> str:
    return f"CASE WHEN {day} BETWEEN DATE '{FIRST}' AND DATE '{LAST}' THEN {day} END"


def why_no_date(day: str, order: str | None) -> str:
    """The problem of a text whose day (of any year) is `day`."""
    return f"CASE WHEN {day} IS NOT NULL THEN {quoted(OUT_OF_RANGE)} ELSE {quoted(NO_DATE[order])} END"


def evidence(text: str) -> str:
    """SQL: the orders that make a day, such as 'dmy' or 'dmy/mdy', '=' where these two make the same one, else NULL.

    A year of two figures that lies further ahead than the next one is taken for none.
    """
    whole = {part: f"p.{part}::INTEGER" for part in "aby"}
    parts = {"dmy": "yba", "mdy": "yab", "ymd": "aby"}
    fits = {order: _fits(*(whole[part] for part in places)) for order, places in parts.items()}
    fits["ymd"] = f"length(p.a) = 2 AND length(p.y) = 2 AND {fits['ymd']}"
    fitting = ", ".join(f"CASE WHEN {condition} THEN '{order}' END" for order, condition in fits.items())
    same = "CASE WHEN o = 'dmy/mdy' AND p.a::INTEGER = p.b::INTEGER THEN '=' ELSE nullif(o, '') END"
    told = once(f"concat_ws('/', {fitting})", "o", same)
    body = f"CASE WHEN p.a = '' OR p.x = '.' OR p.x <> p.z THEN NULL ELSE {told} END"
    numeric = once(_extract("x", _NUMERIC, "axbzy"), "p", body)
    return once(
        ascii_only(text, _FROM, _TO), "x", f"CASE WHEN regexp_matches(x, '^[0-9]{{1,2}} ?[-/ ]') THEN {numeric} END"
    )


def _fits(year: str, month: str, day: str) -> str:
    ahead = clock.today().year + 2 - 2000
    return f"{month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND 31 AND {year} NOT BETWEEN {ahead} AND {PIVOT - 1}"
