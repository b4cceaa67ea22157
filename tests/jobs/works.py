"""Works for tests of jobs."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from mainstay.jobs import works
from mainstay.jobs.works import Running, Work
from mainstay.ledger.orders import check_may_import

QUEUE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@contextmanager
def known(run: Callable[[Running], Mapping[str, Any]], kind: str = "test", **more: Any) -> Iterator[None]:
    """While this lasts there is such a kind of job."""
    works.register(kind, Work(run=run, check=check_may_import, **more))
    try:
        yield
    finally:
        del works._WORKS[kind]
