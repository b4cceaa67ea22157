"""The accounts that one cell of a published refresh held, page by page by key: for days other than the current one."""

import base64
import binascii
import json
from dataclasses import dataclass
from decimal import Decimal

import pyarrow as pa

from mainstay.core.errors import N_, Refused
from mainstay.core.money import plain
from mainstay.grading.marts.accounts import rows_of, scoped
from mainstay.grading.marts.engine import reading
from mainstay.grading.marts.files import file_of
from mainstay.grading.models import Refresh


@dataclass(frozen=True)
class Member:
    """An account as the refresh graded it."""

    code: str
    sales: Decimal
    profit: Decimal
    score: float | None
    letter_basis: str


@dataclass(frozen=True)
class Members:
    """`previous` and `next` are cursors, empty where there is nothing further."""

    rows: list[Member]
    previous: str
    next: str


def members(refresh: Refresh, cell: str, *, codes: pa.Table | None = None, cursor: str = "", size: int = 50) -> Members:
    """One page of the accounts of a cell, of those of `codes`, the largest sales first, ties by code.

    Raises Refused for a cursor it does not know.
    """
    backward, key = _decoded(cursor) if cursor else (False, None)
    found = _page(refresh, cell, codes, key, size + 1, backward=backward)
    more, rows = len(found) > size, found[:size]
    if backward:
        rows.reverse()
    has_previous, has_next = (more, True) if backward else (key is not None, more)
    return Members(
        rows,
        previous=_encoded(rows[0], backward=True) if rows and has_previous else "",
        next=_encoded(rows[-1], backward=False) if rows and has_next else "",
    )


def _page(
    refresh: Refresh, cell: str, codes: pa.Table | None, key: tuple[Decimal, str] | None, limit: int, *, backward: bool
) -> list[Member]:
    beyond, sales, code = (">", "ASC", "DESC") if backward else ("<", "DESC", "ASC")
    tie = "<" if backward else ">"
    where, bound = "TRUE", []
    if key is not None:
        where = f"(sales {beyond} ?::DECIMAL(38, 4) OR (sales = ?::DECIMAL(38, 4) AND code {tie} ?))"
        bound = [plain(key[0]), plain(key[0]), key[1]]
    with reading() as connection:
        found = connection.execute(
            "SELECT code, sales, profit, score, letter_basis FROM read_parquet(?) "
            f"WHERE cell = ? AND {scoped(connection, codes)} AND {where} ORDER BY sales {sales}, code {code} LIMIT ?",
            [file_of(refresh, "accounts"), cell, *bound, limit],
        )
        return [Member(**row) for row in rows_of(found)]


def _encoded(row: Member, *, backward: bool) -> str:
    told = json.dumps([int(backward), plain(row.sales), row.code], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _decoded(cursor: str) -> tuple[bool, tuple[Decimal, str]]:
    try:
        backward, sales, code = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        amount = Decimal(sales)
        if not isinstance(code, str) or not amount.is_finite() or abs(amount) >= Decimal(10) ** 30:
            raise ValueError
        return bool(backward), (amount, code)
    except (ValueError, TypeError, ArithmeticError, binascii.Error):
        raise Refused(N_("This page of the list is not known. Begin at the first page.")) from None
