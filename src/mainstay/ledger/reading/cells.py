"""SQL that turns a cell's text into a clean text, code or choice."""

import re
from collections.abc import Iterable

from mainstay.core.codes import SPACES, UNSEEN
from mainstay.core.currencies import ALSO, CODE, is_currency_code
from mainstay.core.errors import N_
from mainstay.core.sql import quoted
from mainstay.ledger.reading.encoding import ANY, Scan
from mainstay.ledger.reading.kinds import Field

TEXT_LIMIT = 10_000
CODE_LIMIT = 200

TEXT_TOO_LONG = N_("The text under “%(column)s” is longer than 10,000 characters (“%(value)s”). Shorten it.")
CODE_TOO_LONG = N_("The code under “%(column)s” is longer than 200 characters (“%(value)s”). Shorten it.")
NO_CHOICE = N_("“%(value)s” under “%(column)s” is none of: goods, service, delivery, rebate, selling, finance, other.")
NO_CURRENCY = N_("“%(value)s” under “%(column)s” is no code of a currency, such as EUR. Correct it.")
NEEDED = N_("“%(column)s” is empty, but every row needs it. Fill it in.")
NOT_TEXT = N_("The text under “%(column)s” holds a character that no text has (“%(value)s”). Remove it.")
SHEET_ERROR = N_("“%(value)s” under “%(column)s” is an error of the spreadsheet. Mend the formula or the value.")

_ERRORS = (
    "#N/A",
    "#REF!",
    "#DIV/0!",
    "#VALUE!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
    "#FIELD!",
    "#BLOCKED!",
)


def within(text: str, words: tuple[str, ...]) -> str:
    """Whether the text is one of our constants. A list in IN or list_contains() would become a join, and joins lose the
    order of the rows, by which they are numbered."""
    return f"regexp_full_match({text}, {quoted('|'.join(re.escape(word) for word in words))})"


def unprotected(cell: str, scan: Scan = ANY) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from taking it for a formula."""
    if not scan.apostrophes:
        return cell
    guarded = f"starts_with({cell}, '''') AND regexp_matches({cell}, '^''[-=+@\\t\\r]')"
    return f"CASE WHEN {guarded} THEN substr({cell}, 2) ELSE {cell} END"


def once(value: str, name: str, body: str) -> str:
    """`body` over a value that it calls `name`. DuckDB works out an expression that stands twice before the CASE that
    would have spared it; inside a lambda it does not."""
    return f"list_transform([{value}], lambda {name}: {body})[1]"


def trimmed(cell: str, scan: Scan = ANY) -> str:
    """The cell without white space and unseen marks around it, NULL where nothing is left.

    Most cells begin and end with visible ASCII, and the rest is dear.
    """
    if not (scan.strange or scan.blanks):
        return cell
    if not scan.strange:
        return f"CASE WHEN {cell} < '!' OR ends_with({cell}, ' ') THEN nullif(trim({cell}), '') ELSE {cell} END"
    visible = f"{cell} >= '!' AND {cell} < chr(127) AND right({cell}, 1) BETWEEN '!' AND '~'"
    ends = " OR ".join(f"starts_with(s, {quoted(sign)}) OR ends_with(s, {quoted(sign)})" for sign in UNSEEN)
    hidden = f"s < '!' OR right(s, 1) < '!' OR {ends}"
    body = f"CASE WHEN s = '' THEN '' WHEN {hidden} THEN trim(s, {quoted(SPACES)}) ELSE s END"
    return f"CASE WHEN {visible} THEN {cell} ELSE nullif({once(f'trim({cell})', 's', body)}, '') END"


def clean(cell: str, scan: Scan = ANY) -> str:
    """Both: the text of a cell."""
    if not (scan.strange or scan.apostrophes):
        return trimmed(cell, scan)
    return once(unprotected(cell, scan), "u", trimmed("u", scan))


def ascii_only(text: str, from_: str, to: str) -> str:
    """The text with the signs of `from_` as those of `to`; translate() is slow and called where it may do something."""
    translated = f"translate({text}, {quoted(from_)}, {quoted(to)})"
    return f"CASE WHEN regexp_matches({text}, '[^ -~]') THEN {translated} ELSE {text} END"


def code(text: str) -> str:
    """As core.codes.clean_code has it: a whole number that a spreadsheet made 17850.0 is 17850."""
    return (
        f"CASE WHEN ends_with({text}, '0') AND contains({text}, '.') AND regexp_full_match({text}, '-?[0-9]+\\.0+') "
        f"THEN regexp_replace({text}, '\\.0+$', '') ELSE {text} END"
    )


def too_long(text: str, limit: int) -> str:
    """True for a text over the limit; bytes are compared first, since they are at hand."""
    return f"(strlen({text}) > {limit} AND length({text}) > {limit})"


def sheet_error(text: str) -> str:
    return f"(starts_with({text}, '#') AND {within(f'upper({text})', _ERRORS)})"


def no_currency(text: str, sample: Iterable[str | None]) -> str:
    """True for a text that means no currency. Those of the sample are told by themselves, since a pattern is dear."""
    usual = list(dict.fromkeys(cell for cell in sample if cell and is_currency_code(cell.upper())))[:8]
    known = " OR ".join(["false", *(f"{text} = {quoted(cell)}" for cell in usual)])
    upper = f"upper({text})"
    return (
        f"CASE WHEN {text} IS NULL OR {known} THEN false "
        f"ELSE NOT (regexp_full_match({upper}, {quoted(CODE)}) OR {within(upper, tuple(ALSO))}) END"
    )


def choice(text: str, field: Field) -> str:
    """The choice one of whose words the cell holds, else NULL."""
    whens = " ".join(
        f"WHEN {within('x', tuple(word.lower() for word in words))} THEN {quoted(name)}"
        for name, words in field.choices
    )
    return once(f"lower({text})", "x", f"CASE {whens} END")
