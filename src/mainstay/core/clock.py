"""What day and time it is: asked here only, so that a test can say."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The day on this machine's calendar."""
    frozen = _frozen.get()
    return frozen.date() if frozen else datetime.now().astimezone().date()


@contextmanager
def frozen(day: date) -> Iterator[None]:
    """Hold the clock at noon UTC of `day`."""
    token = _frozen.set(datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
