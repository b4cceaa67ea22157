"""One account's lines, newest first, page by page."""

import threading
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from mainstay.ledger import account_lines as module
from mainstay.ledger import compaction
from mainstay.ledger.account_lines import SalesLine, Wanted, account_lines, account_lines_totals
from mainstay.ledger.models import Batch, LedgerFile
from mainstay.ledger.services import compact_ledger, undo_batch
from tests.ledger.files import HEAD, WHOLE, bring_text, held

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def walked(wanted: Wanted, limit: int) -> list[SalesLine]:
    """All pages of so many lines."""
    rows, after = [], None
    while True:
        page = account_lines(wanted, after=after, limit=limit)
        rows += page.rows
        assert len(page.rows) == limit or page.after is None
        if page.after is None:
            return rows
        after = page.after


def told(rows: list[SalesLine]) -> Counter[Any]:
    return Counter((row.source, row.document, row.line, row.date, row.account, row.amount) for row in rows)


def bring_some(folder: Path) -> None:
    """Documents by line and as a whole, equal lines among them, some replaced, in several batches."""
    lined = [f"L{n % 7},{n},2024-0{1 + n % 3}-02,A{n % 3},P{n % 4 or ''},1,{n}.5,{n}" for n in range(60)]
    bring_text(folder, "sales", HEAD + "\n".join(lined) + "\n")
    whole = [f"W{n % 5},2024-01-0{1 + n % 3},A{n % 3},{n % 2}" for n in range(60)]
    bring_text(folder, "sales", WHOLE + "\n".join(whole) + "\n")
    bring_text(folder, "sales", WHOLE + "W1,2024-01-05,A1,7\nW9,2024-01-05,A1,8\n", on_conflict="replace")


@pytest.mark.parametrize("limit", [1, 7, 50, 1000])
def test_pages_give_every_line_once_the_newest_first(tmp_path: Path, limit: int) -> None:
    bring_some(tmp_path)
    for compacted in (False, True):
        if compacted:
            compact_ledger()
        expected = Counter({row: count for row, count in held().items() if row[4] == "A1"})
        rows = walked(Wanted(["A1"]), limit)
        assert told(rows) == expected
        assert [row.date for row in rows] == sorted((row.date for row in rows), reverse=True)


def test_by_days_and_product_with_totals_that_tie_out(tmp_path: Path) -> None:
    bring_some(tmp_path)
    compact_ledger()
    for first, last, product in (
        (None, None, None),
        (date(2024, 2, 1), None, None),
        (date(2024, 1, 2), date(2024, 2, 2), None),
        (None, None, "P1"),
        (None, None, ""),
    ):
        wanted = Wanted(["A1"], first, last, product)
        rows = walked(wanted, 50)
        assert all((first or row.date) <= row.date <= (last or row.date) for row in rows)
        assert product is None or {row.product or "" for row in rows} == {product}
        (total,) = account_lines_totals(wanted)
        assert total.lines == len(rows)
        assert total.amount == sum((row.amount for row in rows), Decimal(0))
        assert total.cost == sum((row.cost or 0 for row in rows), Decimal(0))


def test_what_was_taken_back_or_replaced_is_not_among_them(tmp_path: Path) -> None:
    bring_some(tmp_path)
    compact_ledger()
    undo_batch(batch=Batch.objects.earliest("pk").pk)
    rows = walked(Wanted(["A1"]), 50)
    assert {row.document for row in rows if row.document.startswith("L")} == set()
    assert told(rows) == Counter({row: count for row, count in held().items() if row[4] == "A1"})


def test_an_account_under_several_codes(tmp_path: Path) -> None:
    bring_some(tmp_path)
    assert len(walked(Wanted(["A1", "A2"]), 7)) == len(walked(Wanted(["A1"]), 7)) + len(walked(Wanted(["A2"]), 7))


def test_nobody_s_lines_and_an_empty_ledger(tmp_path: Path) -> None:
    assert account_lines(Wanted(["A1"])).rows == []
    assert account_lines_totals(Wanted(["A1"])) == []
    bring_some(tmp_path)
    assert account_lines(Wanted(["nobody"])).rows == account_lines(Wanted([])).rows == []
    compact_ledger()
    assert account_lines(Wanted(["nobody"])).rows == []


def test_only_files_with_the_account_in_their_range_are_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "PART", 20)
    bring_some(tmp_path)
    compact_ledger()
    files = LedgerFile.objects.filter(content="lines", retired_at=None)
    assert files.count() > 2
    opened = module._files_with(["A1"], module._ledger().files)
    assert 0 < len(opened) < files.count()
    assert len(walked(Wanted(["A1"]), 50)) == sum(1 for row in held().elements() if row[4] == "A1")


def test_fifty_readers_at_once_all_get_theirs(tmp_path: Path) -> None:
    bring_some(tmp_path)
    compact_ledger()
    found: list[int] = []

    def read(code: str) -> None:
        found.append(len(account_lines(Wanted([code]), limit=5).rows))
        connection.close()

    readers = [threading.Thread(target=read, args=(f"A{n % 3}",)) for n in range(50)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join(60)
    assert found == [5] * 50
