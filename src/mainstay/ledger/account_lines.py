"""One account's sales lines that count, newest first, page by page.

Of clustered files only those are opened whose range has the account in it, and of these only the groups of rows that
hold it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from mainstay.ledger.models import Content, LedgerFile
from mainstay.ledger.reader import reading
from mainstay.ledger.selectors import live_files, revision, undone_in
from mainstay.ledger.units import of_others

PAGE_SIZE = 50


@dataclass(frozen=True)
class SalesLine:
    """A line as its file said it; `batch` is the import that it counts from."""

    source: str
    document: str
    line: str | None
    date: date
    account: str
    product: str | None
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal
    cost: Decimal | None
    currency: str | None
    batch: int


@dataclass(frozen=True)
class Place:
    """Where a page ended: at the line (date, source, document, line), of which `seen` equal ones were shown."""

    date: date
    source: str
    document: str
    line: str
    seen: int


@dataclass(frozen=True)
class Wanted:
    """Whose lines: the codes of an account, in these days (both included), of one product; None is all of them.

    `product` blank: the lines that name none.
    """

    codes: Sequence[str]
    first: date | None = None
    last: date | None = None
    product: str | None = None


@dataclass(frozen=True)
class LinesPage:
    """`after` is where the next page begins; None at the end."""

    rows: list[SalesLine]
    after: Place | None


@dataclass(frozen=True)
class LinesTotal:
    """Of the lines in one currency, as they spell it, blank where none is named; `cost` is the goods cost, lines
    without one counting as none.
    """

    currency: str
    lines: int
    amount: Decimal
    cost: Decimal


def account_lines(wanted: Wanted, *, after: Place | None = None, limit: int = PAGE_SIZE) -> LinesPage:
    """The next `limit` lines: by day, the latest first, then by source, document and line."""
    skip = after.seen if after else 0
    parameters: dict[str, Any] = {}
    query = _query(wanted, parameters)
    if query is None:
        return LinesPage([], None)
    if after:
        parameters |= {"day": after.date, "source": after.source, "document": after.document, "line": after.line}
        query += """ AND date <= $day AND (date < $day
            OR (source, document, coalesce(line, '')) >= ($source, $document, $line))"""
    names = ", ".join(SalesLine.__dataclass_fields__)
    with reading() as connection:
        found = connection.execute(
            f"""SELECT {names} {query} ORDER BY date DESC, source, document, coalesce(line, ''),
            product, amount, quantity, unit_price, cost, currency, account, batch LIMIT {int(limit) + skip + 1}""",
            parameters,
        ).fetchall()
    rows = [SalesLine(*row) for row in found[skip:]]
    more = len(rows) > limit
    return LinesPage(rows[:limit], _place(rows[:limit], after) if more else None)


def account_lines_totals(wanted: Wanted) -> list[LinesTotal]:
    """Count and sums of all these lines in each currency, the one with the most lines first."""
    parameters: dict[str, Any] = {}
    query = _query(wanted, parameters)
    if query is None:
        return []
    sums = "count(*), sum(amount)::DECIMAL(38, 4), coalesce(sum(cost), 0)::DECIMAL(38, 4)"
    with reading() as connection:
        found = connection.execute(
            f"SELECT coalesce(currency, ''), {sums} {query} GROUP BY 1 ORDER BY 2 DESC, 1", parameters
        ).fetchall()
    return [LinesTotal(*row) for row in found]


def _query(wanted: Wanted, parameters: dict[str, Any]) -> str | None:
    """FROM and WHERE; fills `parameters`. None where no file can hold such a line."""
    ledger = _ledger()
    files = _files_with(wanted.codes, ledger.files)
    if not files:
        return None
    parameters |= {"files": files, **{f"code{number}": code for number, code in enumerate(wanted.codes)}}
    # One value compared finds its groups of rows by their smallest and largest; a list does not.
    mine = " OR ".join(f"account = $code{number}" for number in range(len(wanted.codes)))
    conditions = [f"({mine})", of_others(ledger.undone)]
    for name, sign, value in (("first", ">=", wanted.first), ("last", "<=", wanted.last)):
        if value is not None:
            parameters[name] = value
            conditions.append(f"date {sign} ${name}")
    if wanted.product is not None:
        parameters |= {"product": wanted.product} if wanted.product else {}
        conditions.append("product = $product" if wanted.product else "product IS NULL")
    if ledger.covered:
        parameters["covered"] = ledger.covered
        conditions.append(
            """NOT EXISTS (FROM read_parquet($covered) p WHERE p.batch = l.batch AND p.source = l.source
            AND p.whole = l.document AND p.part IS NOT DISTINCT FROM l.line)"""
        )
    return f"FROM read_parquet($files) l WHERE {' AND '.join(conditions)}"


@dataclass(frozen=True)
class _Ledger:
    """Files of lines as (path, clustered, first and last account), files of covered pairs, batches undone."""

    files: list[tuple[str, bool, str, str]]
    covered: list[str]
    undone: list[int]


# The ledger as it was at its last revision seen here: asking for it anew takes longer than reading an account's lines.
_known: dict[tuple[Path, int | None], _Ledger] = {}


def _ledger() -> _Ledger:
    while True:
        key = settings.MAINSTAY_HOME, revision()
        known = _known.get(key)
        if known is not None:
            return known
        files = LedgerFile.objects.filter(kind="sales", content=Content.LINES, retired_at=None).order_by("pk")
        found = _Ledger(
            list(files.values_list("path", "clustered", "first_account", "last_account")),
            live_files("sales", Content.COVERED),
            undone_in("sales", Content.LINES),
        )
        if revision() == key[1]:
            _known.clear()
            _known[key] = found


def _files_with(codes: Sequence[str], files: Iterable[tuple[str, bool, str, str]]) -> list[str]:
    """Files that may hold lines of these accounts. Compared here: databases sort texts each in their own way."""
    return [
        str(settings.MAINSTAY_HOME / path)
        for path, clustered, first, last in files
        if codes and (not clustered or any(first <= code <= last for code in codes))
    ]


def _place(rows: Sequence[SalesLine], after: Place | None) -> Place:
    def key(row: SalesLine) -> tuple[date, str, str, str]:
        return row.date, row.source, row.document, row.line or ""

    end = key(rows[-1])
    seen = sum(key(row) == end for row in rows)
    if after and end == (after.date, after.source, after.document, after.line):
        seen += after.seen
    return Place(*end, seen=seen)
