"""A refresh that breaks off at any step leaves readers where they were, and the next one clears up."""

import fcntl
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from mainstay.core.errors import Conflict
from mainstay.grading import facts, services
from mainstay.grading.listing import standing_list
from mainstay.grading.marts import company, files
from mainstay.grading.models import CellChange, Refresh, RefreshState, Standing
from mainstay.grading.records import account_record, cell_changes
from mainstay.grading.selectors import current_refresh, matrix
from mainstay.nightly import refresh as nightly
from mainstay.nightly.refresh import refresh
from tests.factories import make_user
from tests.ledgers import TINY_DAY, sales_batch, tiny_ledger

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


class Broke(Exception):
    """What the tests let a step raise."""


def _breaks(*_args: Any, **_kwargs: Any) -> Any:
    raise Broke


def _after(step: Callable[..., Any], times: int = 1) -> Callable[..., Any]:
    """The step works `times` times and then breaks off, its last work done."""
    done = 0

    def run(*args: Any, **kwargs: Any) -> Any:
        nonlocal done
        found = step(*args, **kwargs)
        done += 1
        if done >= times:
            raise Broke
        return found

    return run


STEPS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "reading accounts": lambda patch: patch.setattr(facts, "snapshot", _breaks),
    "computing": lambda patch: patch.setattr(nightly, "graded", _breaks),
    "making the marts": lambda patch: patch.setattr(company, "popular", _breaks),
    "marts written, not on the disk": lambda patch: patch.setattr(files, "sync", _breaks),
    "marts written": lambda patch: patch.setattr(company, "write_marts", _after(company.write_marts)),
    "figures": lambda patch: patch.setattr(company, "figures", _breaks),
    "publishing begun": lambda patch: patch.setattr(services, "_write_standings", _breaks),
    "first standings written": lambda patch: patch.setattr(services, "_insert", _after(services._insert)),
    "half the standings written": lambda patch: patch.setattr(services, "_insert", _after(services._insert, 2)),
    "standings written": lambda patch: patch.setattr(services, "_write_standings", _after(services._write_standings)),
    "inside the switch": lambda patch: patch.setattr(services, "_move", _after(services._move, 2)),
}


@pytest.fixture(params=STEPS.values(), ids=STEPS.keys())
def break_off(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let one step break off from now on."""
    monkeypatch.setattr(services, "CHUNK", 3)
    monkeypatch.setattr(services, "PAUSE", 0)

    def now() -> None:
        with monkeypatch.context() as patch:
            request.param(patch)
            with pytest.raises(Broke):
                refresh(as_of=TINY_DAY)

    return now


def _seen() -> dict[str, Any]:
    """What readers see."""
    user = make_user(f"D{Refresh.objects.count()}{Standing.objects.count()}", role="director")
    current = current_refresh()
    assert current is not None
    page = standing_list(user, current)
    first = account_record(current, Standing.objects.filter(refresh=current).earliest("pk").account)
    histories = [cell_changes(standing.account) for standing in Standing.objects.filter(refresh=current)]
    return {
        "current": current.pk,
        "list": [(row.code, row.cell, row.sales) for row in page.rows],
        "totals": page.totals,
        "matrix": matrix(current),
        "record": first and first.told(),
        "histories": [[(change.as_of, change.before, change.after) for change in history] for history in histories],
        "days": list(Refresh.objects.filter(state=RefreshState.PUBLISHED).values_list("pk", flat=True)),
    }


def test_readers_stay_on_the_old_refresh_and_the_next_one_clears_up(
    break_off: Callable[[], None], monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """Also where the process died and could not mark its refresh."""
    tiny_ledger()
    first = refresh(as_of=TINY_DAY)
    before = _seen()
    sales_batch("SELECT 'S90' AS document, DATE '2024-06-30' AS date, 'G1' AS account, 3000 AS amount")
    with monkeypatch.context() as patch:
        patch.setattr(services, "refresh_fail", lambda **_: None)
        break_off()
    broken = Refresh.objects.latest("pk")
    assert _seen() == before
    done = refresh(as_of=TINY_DAY)
    assert done.current
    broken.refresh_from_db()
    assert broken.state == RefreshState.FAILED
    assert {folder.name for folder in (home / "marts").iterdir()} == {str(first.pk), str(done.pk)}
    assert set(Standing.objects.values_list("refresh", flat=True)) == {first.pk, done.pk}
    assert set(CellChange.objects.values_list("refresh", flat=True)) == {first.pk, done.pk}


def test_before_the_first_refresh_there_is_still_none(break_off: Callable[[], None]) -> None:
    accounts = tiny_ledger()
    break_off()
    assert Refresh.objects.get().state == RefreshState.FAILED
    assert current_refresh() is None
    assert all(cell_changes(account) == [] for account in accounts.values())


def test_another_refresh_becoming_current_meanwhile_is_a_conflict(monkeypatch: pytest.MonkeyPatch) -> None:
    tiny_ledger()
    first = refresh(as_of=TINY_DAY)
    write = services._write_standings

    def and_another(*args: Any) -> None:
        write(*args)
        Refresh.objects.filter(current=True).update(current=False)

    monkeypatch.setattr(services, "_write_standings", and_another)
    with pytest.raises(Conflict):
        refresh(as_of=TINY_DAY)
    assert Refresh.objects.latest("pk").state == RefreshState.FAILED
    assert not Refresh.objects.exclude(pk=first.pk).filter(current=True).exists()


@pytest.mark.django_db(transaction=True)
def test_an_account_deleted_while_standings_are_written_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = tiny_ledger()
    known = services._known_accounts

    def then_deleted(before: Refresh | None) -> Any:
        found = known(before)
        accounts["C1"].delete()
        return found

    monkeypatch.setattr(services, "_known_accounts", then_deleted)
    done = refresh(as_of=TINY_DAY)
    codes = set(Standing.objects.filter(refresh=done).values_list("account__code", flat=True))
    assert codes == {"A1", "B1", "D1", "E1", "F1", "G1"}


@pytest.mark.django_db(transaction=True)
def test_a_refresh_waits_for_the_one_before(home: Path) -> None:
    tiny_ledger()
    heard: list[str] = []
    waiting = threading.Event()

    def run() -> None:
        refresh(as_of=TINY_DAY, progress=lambda step, _rows: (heard.append(step), waiting.set())[0])
        connection.close()

    with (home / "refresh.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        thread = threading.Thread(target=run)
        thread.start()
        assert waiting.wait(30)
        assert heard == ["waiting for another refresh"]
        assert not Refresh.objects.exists()
    thread.join(60)
    assert Refresh.objects.get().current


def test_the_turn_of_a_killed_process_is_free(home: Path) -> None:
    tiny_ledger()
    hold = (
        "import fcntl, sys, time; lock = open(sys.argv[1], 'w'); fcntl.flock(lock, fcntl.LOCK_EX); "
        "print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(home / "refresh.lock")], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    assert refresh(as_of=TINY_DAY).current
