"""The kinds of jobs there are. A part higher up registers its own: this one knows none of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from mainstay.jobs.models import Job
from mainstay.people.models import User


class Running(Protocol):
    """A job that is being done, as its work sees it."""

    @property
    def job(self) -> Job: ...

    def progress(self, step: str, rows: int) -> None:
        """Tell how far it is. Raises Cancelled where it is to stop; call it where nothing is half done."""

    def expect(self, rows: int) -> None:
        """How many rows `progress` will tell of in all."""

    def on_stop(self, stop: Callable[[], None]) -> None:
        """What breaks off a long statement; called from another thread, again until the job ends."""

    def settle(self, outcome: Mapping[str, Any]) -> None:
        """The job is done: to be called in the transaction that changes what it is to change, so that both are true
        or neither, whenever the process dies. Raises Cancelled where it is to stop; later it cannot be. Raises
        NotAllowed where its person may not have it done any longer."""


@dataclass(frozen=True)
class Work:
    """`run` does it and returns the outcome; `check` raises NotAllowed for who may not have it done.

    What it changes for good it changes in one transaction, and calls `settle` there. A `quiet` one is of interest to
    its own page alone.
    """

    run: Callable[[Running], Mapping[str, Any]]
    check: Callable[[User], None]
    quiet: bool = False


_WORKS: dict[str, Work] = {}


def register(kind: str, work: Work) -> None:
    _WORKS[kind] = work


def work_of(kind: str) -> Work:
    return _WORKS[kind]
