"""`mainstay check --deep` counts everything again, and says what is wrong."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from mainstay.grading.models import Refresh
from mainstay.ledger.models import Batch, Content, LedgerFile
from mainstay.ledger.services import compact_ledger, undo_batch
from mainstay.nightly.refresh import refresh
from tests.cli.shell import run
from tests.ledger.files import WHOLE, bring_text, bring_tiny
from tests.ledgers import TINY_DAY

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
PARTS = [
    *("database", "ledger", "figures", "jobs", "engine", "disk"),
    *("files", "strays", "batches", "replaced", "counted once"),
]


def wrong(exit_code: int = 1) -> dict[str, str]:
    """What the command finds wrong: part → sentence."""
    lines = [line.split(": ", 1) for line in run("check", "--deep", exit_code=exit_code).stdout.splitlines()]
    assert [name for name, _state in lines] == PARTS
    return {name: state for name, state in lines if state != "ok"}


def path_of(content: Content = Content.LINES, kind: str = "sales") -> LedgerFile:
    return LedgerFile.objects.filter(content=content, kind=kind, retired_at=None).latest("pk")


@pytest.fixture
def ledger(tmp_path: Path) -> None:
    """Lines, some of them replaced, some said again."""
    bring_tiny()
    bring_text(tmp_path, "sales", WHOLE + "D1,2024-01-02,A1,5\nD2,2024-01-02,B1,1\n")
    bring_text(tmp_path, "sales", WHOLE + "D1,2024-01-02,A1,6\nD2,2024-01-02,B1,1\n", on_conflict="replace")


def test_all_is_well_through_undo_and_compaction(ledger: None) -> None:
    refresh(as_of=TINY_DAY)
    assert wrong(exit_code=0) == {}
    undo_batch(batch=Batch.objects.get(pk=Batch.objects.latest("pk").pk - 1).pk)
    assert wrong(exit_code=0) == {}
    compact_ledger()
    assert wrong(exit_code=0) == {}
    undo_batch(batch=Batch.objects.latest("pk").pk)
    assert wrong(exit_code=0) == {}


def test_before_the_first_import_all_is_well() -> None:
    assert wrong(exit_code=0) == {}


def test_one_byte_that_changed_on_the_disk(ledger: None, home: Path) -> None:
    path = home / path_of(Content.FACTS).path
    content = path.read_bytes()
    path.write_bytes(content[:20] + bytes([content[20] ^ 1]) + content[21:])
    found = wrong()
    assert path.relative_to(home).as_posix() in found["files"]
    assert "Restore a backup" in found["files"]


def test_a_file_that_is_gone(ledger: None, home: Path) -> None:
    (home / path_of().path).unlink()
    found = wrong()
    assert {"ledger", "files", "batches"} <= found.keys()


def test_a_file_that_nobody_knows(ledger: None, home: Path) -> None:
    (home / "ledger" / "sales" / "stray.parquet").write_text("left")
    assert "ledger/sales/stray.parquet" in wrong()["strays"]
    compact_ledger()
    assert wrong(exit_code=0) == {}


def test_a_batch_that_lacks_a_line_or_a_cent(ledger: None) -> None:
    batch = Batch.objects.filter(kind="sales").earliest("pk")
    assert batch.lines is not None
    Batch.objects.filter(pk=batch.pk).update(lines=batch.lines + 1)
    assert f"Batch {batch.pk} holds 14 lines over 7490.3333, and should hold 15" in wrong()["batches"]
    Batch.objects.filter(pk=batch.pk).update(lines=batch.lines, amount=batch.amount + Decimal("0.01"))
    assert "over 7490.3433" in wrong()["batches"]


def test_a_batch_from_before_sums_were_recorded(ledger: None) -> None:
    Batch.objects.update(lines=None, amount=None)
    LedgerFile.objects.update(bytes=None, sha256="")
    assert wrong(exit_code=0) == {}
    batch = Batch.objects.filter(kind="sales").earliest("pk")
    Batch.objects.filter(pk=batch.pk).update(counts=batch.counts | {"new": 15})
    assert "should hold 15" in wrong()["batches"]


def test_a_replaced_document_that_counts_again(ledger: None) -> None:
    """The pair that puts it out of force is lost."""
    path_of(Content.COVERED).delete()
    assert "D1 counts twice" in wrong()["counted once"]


def test_a_pair_that_finds_nothing(ledger: None) -> None:
    batch = Batch.objects.get(pk=Batch.objects.latest("pk").pk - 1)
    file = LedgerFile.objects.get(batch=batch, content=Content.LINES)
    LedgerFile.objects.filter(pk=file.pk).update(retired_at=batch.live_at)
    assert "D1 is said to be replaced and is not there" in wrong()["replaced"]


def test_marts_that_do_not_add_up(ledger: None, home: Path) -> None:
    """Of a refresh from before fingerprints were kept."""
    done = refresh(as_of=TINY_DAY)
    Refresh.objects.update(files={})
    path = home / done.folder / "accounts.parquet"
    whole = path.read_bytes()
    duckdb.execute(
        f"COPY (SELECT * REPLACE (sales + 1 AS sales) FROM '{path}') TO '{path}.new' (FORMAT parquet)"
    ).fetchall()
    Path(f"{path}.new").replace(path)
    assert "do not add up" in wrong()["figures"]
    path.unlink()
    assert "cannot be read" in wrong()["figures"]
    path.write_bytes(whole)
    assert wrong(exit_code=0) == {}
    assert Refresh.objects.get().current


def test_every_mart_is_what_was_published(ledger: None, home: Path) -> None:
    """One byte, or a file that is gone: of the current refresh and of an earlier day that can still be shown."""
    earlier, done = refresh(as_of=TINY_DAY - timedelta(days=30)), refresh(as_of=TINY_DAY)
    assert wrong(exit_code=0) == {}
    for path in [*(home / done.folder).glob("*.parquet"), home / earlier.folder / "months.parquet"]:
        whole = path.read_bytes()
        assert done.files.get(path.name) or earlier.files.get(path.name)
        path.write_bytes(whole[:6] + bytes([whole[6] ^ 1]) + whole[7:])
        assert path.relative_to(home).as_posix() in wrong()["figures"]
        path.unlink()
        assert "missing or not what was published" in wrong()["figures"]
        path.write_bytes(whole)
    assert wrong(exit_code=0) == {}


@pytest.mark.parametrize("content", [None, b"overwritten", b"PAR1" + bytes(64) + b"PAR1"])
def test_figures_that_cannot_be_read_are_told_in_a_sentence(ledger: None, home: Path, content: bytes | None) -> None:
    done = refresh(as_of=TINY_DAY)
    path = home / done.folder / "accounts.parquet"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    result = run("show", "accounts", exit_code=1)
    assert result.stdout == ""
    assert "Refresh again" in result.stderr
    run("refresh", "--as-of", TINY_DAY.isoformat())
    assert "code" in run("show", "accounts", "--format", "csv").stdout
    assert wrong(exit_code=0) == {}
