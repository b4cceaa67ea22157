"""A refresh keeps to its memory: past it, it goes to disk; where even that is too little, it says so."""

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from mainstay.core.errors import Refused
from mainstay.grading.models import Refresh, RefreshState
from mainstay.nightly.refresh import refresh
from tests.ledgers import sales_batch, tiny_ledger
from tests.nightly.marts import files

pytestmark = pytest.mark.django_db


def test_too_little_memory_is_told_in_a_sentence(settings: Any) -> None:
    tiny_ledger()
    settings.MAINSTAY_MEMORY = 1
    settings.MAINSTAY_THREADS = 2
    with pytest.raises(Refused, match=r"more than the 1 MiB that MAINSTAY_MEMORY gives it.*MAINSTAY_THREADS \(2\)"):
        refresh()
    assert not Refresh.objects.exclude(state=RefreshState.FAILED).exists()


@pytest.mark.long
def test_past_its_memory_it_goes_to_disk_and_publishes_the_same(settings: Any, home: Path) -> None:
    """Case: five million lines of 500,000 accounts in 512 MiB."""
    settings.MAINSTAY_THREADS = 2
    sales_batch(
        "SELECT 'S' || (i // 4) AS document, (DATE '2022-01-01' + (hash(i) % 900)::INTEGER) AS date, "
        "'A' || lpad((hash(i * 7) % 500000)::VARCHAR, 6, '0') AS account, "
        "'P' || (hash(i * 13) % 2000)::VARCHAR AS product, i % 9 AS quantity, "
        "((i % 99991) / 100)::DECIMAL(18, 4) AS amount, ((i % 49999) / 100)::DECIMAL(18, 4) AS cost "
        "FROM range(5000000) _(i)"
    )
    settings.MAINSTAY_MEMORY = 4096
    expected = files(refresh())
    settings.MAINSTAY_MEMORY = 512
    with _watched(home / "scratch") as seen:
        assert files(refresh()) == expected
    assert max(seen) > 0


class _watched:  # noqa: N801  (reads as what it is)
    """The bytes that DuckDB holds on the disk, looked at again and again meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen = [0]
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._look)

    def __enter__(self) -> list[int]:
        self.thread.start()
        return self.seen

    def __exit__(self, *_error: object) -> None:
        self.ended.set()
        self.thread.join()

    def _look(self) -> None:
        while not self.ended.is_set():
            found = 0
            for path in self.folder.glob("*/duckdb_temp*"):
                try:
                    found += path.stat().st_size
                except FileNotFoundError:
                    continue
            self.seen.append(found)
            time.sleep(0.05)
