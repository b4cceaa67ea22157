"""Days as people write them: SQL that reads them, and the evidence for day first or month first."""

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
    known = "p.x = p.z" if order else f"p.x = p.z AND {pointed}"
    return _day(parts, f"CASE WHEN {known} THEN p.y END", month, day)


def _named(text: str, pattern: str, names: str) -> str:
    months = "[" + ", ".join(f"'{month}'" for month in _MONTHS) + "]"
    return _day(_extract(text, pattern, names), "p.y", f"list_position({months}, lower(substr(p.m, 1, 3)))", "p.d")


def quick(text: str, order: str | None) -> str:
    """The day, of any year, that is written in a usual form, NULL where it is in none."""
    fifth = f"{text}[5]"
    iso = f"CASE WHEN {text} >= '0' AND ({fifth} = '-' OR {fifth} = '/') THEN TRY_CAST({text} AS DATE) END"
    return f"coalesce({iso}, {_common(text, order)})"


def slow(text: str, order: str | None) -> str:
    """The same for any form; time and time zone are dropped and the written day kept."""
    rest = (
        _numeric("x", order),
        _day(_extract("x", _YEAR_FIRST, "ymd"), "p.y", "p.m", "p.d"),
        _day(_extract("x", _COMPACT, "ymd"), "p.y", "p.m", "p.d"),
        _named("x", _DAY_NAME, "dmy"),
        _named("x", _NAME_DAY, "mdy"),
    )
    return once(ascii_only(text, _FROM, _TO), "x", f"coalesce({', '.join(rest)})")


def _common(text: str, order: str | None) -> str:
    """The usual writing of day, month and year, as quick as may be: slashes, or dots where nothing else occurs."""
    sign = "/" if order else "[.]"
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
    """SQL: 'dmy' or 'mdy' where only that order makes a day, '?' where both do and differ, '=' where they agree."""
    body = (
        "CASE WHEN p.a = '' OR p.x = '.' OR p.x <> p.z THEN NULL "
        "WHEN p.a::INTEGER BETWEEN 13 AND 31 AND p.b::INTEGER BETWEEN 1 AND 12 THEN 'dmy' "
        "WHEN p.b::INTEGER BETWEEN 13 AND 31 AND p.a::INTEGER BETWEEN 1 AND 12 THEN 'mdy' "
        "WHEN p.a::INTEGER > 12 OR p.b::INTEGER > 12 THEN NULL WHEN p.a::INTEGER = p.b::INTEGER THEN '=' ELSE '?' END"
    )
    numeric = once(_extract("x", _NUMERIC, "axbzy"), "p", body)
    return once(
        ascii_only(text, _FROM, _TO), "x", f"CASE WHEN regexp_matches(x, '^[0-9]{{1,2}} ?[-/ ]') THEN {numeric} END"
    )
