"""Which column serves a field that no heading tells, by what the columns hold: where only one can be meant."""

import re
from collections.abc import Callable, Mapping, Sequence

from mainstay.ledger.reading.kinds import Kind

LEAST = 3  # cells that must hold something before anything is concluded from them
Cells = Sequence[str]
Rows = Sequence[Sequence[str | None]]

_TIME = r"(?:[T ][0-9:.]{4,15}(?: ?[AaPp][Mm])?Z?)?"
_DATES = (
    rf"(?:19|20|21)[0-9]{{2}}[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12][0-9]|3[01]){_TIME}",
    r"(?:19|20|21)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}[日号]",
    rf"(?:0?[1-9]|[12][0-9]|3[01])([-/.])(?:0?[1-9]|[12][0-9]|3[01])\1(?:19|20|21)[0-9]{{2}}{_TIME}",
)
_DATE = [re.compile(pattern) for pattern in _DATES]
_MAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[A-Za-z]{2,24}")
_NUMBER = re.compile(
    r"[-+(]? ?(?P<sign>[¥￥$€£]?) ?[-+]?(?:[0-9]{1,3}(?:[,.' ][0-9]{3})+|[0-9]+)(?:[.,](?P<part>[0-9]+))?\)?-?"
)
_CODE = re.compile(r"[^\s,;@]{1,40}")


def by_content(
    kind: Kind, columns: Sequence[str], rows: Rows, *, fields: Mapping[str, str], left_alone: set[str]
) -> dict[str, str]:
    """Field → heading of what the rows show; never a field that is `left_alone` or has a column, nor a column in use.

    Guessed are required fields, e-mail addresses, and of sales the account.
    """
    named = [column for column in columns if column and columns.count(column) == 1]
    free = {column: _cells(rows, columns.index(column)) for column in named if column not in fields.values()}
    free = {column: cells for column, cells in free.items() if len(cells) >= LEAST}
    wanted = {field.name for field in kind.fields if field.name not in fields and field.name not in left_alone}
    found: dict[str, str] = {}
    for name, holds in _tests(kind).items():
        fitting = [column for column, cells in free.items() if holds(cells)]
        if name in wanted and len(fitting) == 1 and not (name == "amount" and _multiplied(kind, fields)):
            found[name] = fitting[0]
    for column in found.values():
        free.pop(column, None)
    return found | _codes(kind, columns, rows, {**fields, **found}, wanted - found.keys(), free)


def _tests(kind: Kind) -> dict[str, Callable[[Cells], bool]]:
    """What a column must hold throughout to be the one for a field."""
    tests: dict[str, Callable[[Cells], bool]] = {"email": _are_mails}
    if kind.field("date"):
        tests = {"date": _are_dates, "amount": _are_money}
    choices = kind.field("kind")
    if choices and choices.choices:
        words = {word.casefold() for _name, words in choices.choices for word in words}
        tests["kind"] = lambda cells: all(cell.casefold() in words for cell in cells)
    return tests


def _codes(
    kind: Kind,
    columns: Sequence[str],
    rows: Rows,
    fields: Mapping[str, str],
    wanted: set[str],
    free: Mapping[str, Cells],
) -> dict[str, str]:
    """Codes look alike: a document is told by having one day, an account by being the same in a whole document."""
    codes = [column for column, cells in free.items() if _are_codes(cells)]
    if kind.name == "accounts" and "code" in wanted:
        unique = [column for column in codes if len(set(free[column])) == len(free[column])]
        return {"code": unique[0]} if len(unique) == 1 and len(codes) == 1 else {}
    if kind.name != "sales" or "date" not in fields:
        return {}
    found: dict[str, str] = {}
    if "document" in wanted:
        day = columns.index(fields["date"])
        single = [code for code in codes if _determines(rows, columns.index(code), day) and _varied(free[code])]
        if len(single) != 1:
            return {}
        found["document"] = single[0]
    document = columns.index(found.get("document") or fields["document"])
    if "account" in wanted and "account_name" not in fields:
        rest = [code for code in codes if code not in found.values()]
        whole = [code for code in rest if _determines(rows, document, columns.index(code), repeated=True)]
        if len(whole) == 1 and len(set(free[whole[0]])) > 1:
            found["account"] = whole[0]
    return found


def _cells(rows: Rows, place: int) -> list[str]:
    return [text for row in rows if place < len(row) and (text := (row[place] or "").strip())]


def _are_dates(cells: Cells) -> bool:
    return all(any(pattern.fullmatch(cell) for pattern in _DATE) for cell in cells)


def _are_mails(cells: Cells) -> bool:
    return all(_MAIL.fullmatch(cell) for cell in cells)


def _are_money(cells: Cells) -> bool:
    """Numbers of at most two decimals, of which many have some, or a currency's sign."""
    numbers = [_NUMBER.fullmatch(cell) for cell in cells]
    parts = [(number["part"] or "").rstrip("0") if number else "…" for number in numbers]
    if any(len(part) > 2 or part == "…" for part in parts):
        return False
    shown = sum(bool(number and (number["sign"] or number["part"])) for number in numbers)
    return shown * 4 >= len(cells)


def _are_codes(cells: Cells) -> bool:
    """Short texts without blanks, each with a figure in it, that are neither dates nor money."""
    codes = all(_CODE.fullmatch(cell) and any(sign.isdigit() for sign in cell) for cell in cells)
    small = all(cell.isdecimal() and len(cell) < 4 for cell in cells)  # places, quantities
    return codes and not small and not _are_dates(cells) and not _are_money(cells)


def _varied(cells: Cells) -> bool:
    return len(set(cells)) * 5 >= len(cells)


def _determines(rows: Rows, one: int, other: int, *, repeated: bool = False) -> bool:
    """Whether each value under `one` has a single value under `other`; with `repeated`, several rows show it."""
    seen: dict[str, str] = {}
    again = False
    for row in rows:
        key, value = (row[one] or "").strip(), (row[other] or "").strip()
        if key and key in seen:
            again = True
            if seen[key] != value:
                return False
        seen[key] = value
    return again or not repeated


def _multiplied(kind: Kind, fields: Mapping[str, str]) -> bool:
    return kind.product is not None and all(name in fields for name in kind.product)
