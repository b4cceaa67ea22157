"""Who belongs to whom: which statements of a parent make a company tree, and which cannot stand.

A parent has to be known, and nobody belongs to himself, directly or further up. Depth has no limit.
"""

from collections.abc import Container, Iterable, Mapping
from typing import Any

from mainstay.accounts.statements import Stated
from mainstay.core.errors import N_

UNKNOWN_PARENT = N_(
    "The parent “%(value)s” under “%(column)s” is not known. Give it a row of its own, or leave the cell empty."
)
CIRCLE = N_(
    "The parent “%(value)s” under “%(column)s” belongs to this account itself, directly or further up. "
    "Correct one of the two."
)
Dropped = list[tuple[str, str, Any]]


def on_circles(parents: Mapping[str, str], start: Iterable[str] | None = None) -> set[str]:
    """Those who come back to themselves when one goes up from `start` (default: from everybody)."""
    done: set[str] = set()
    circles: set[str] = set()
    for first in parents if start is None else start:
        path: dict[str, int] = {}
        here: str | None = first
        while here is not None and here not in done and here not in path:
            path[here] = len(path)
            here = parents.get(here)
        if here in path:
            circles.update(list(path)[path[here] :])
        done.update(path)
    return circles


def settle_parents(
    stated: Stated, *, known: Container[str], parents: Mapping[str, str], refuse: bool, every: bool = False
) -> Dropped:
    """Take out the statements of a parent that cannot stand; afterwards the rest make a tree.

    `known` are the codes there are beside those of the rows, `parents` the tree as it is (code → parent's code).
    With `refuse` the whole row goes, else only its statement, told as (code, problem, parent). Of a circle every
    statement made here goes. `every`: an account of the rows that states no parent has none.
    Returns what was dropped.
    """
    settling = _Settling(stated, known, parents, refuse, every)
    if settling.children:
        settling.settle()
    return settling.dropped


class _Settling:
    """`tree` is the tree as it would become, `given` the part of it that the rows state."""

    def __init__(
        self, stated: Stated, known: Container[str], parents: Mapping[str, str], refuse: bool, every: bool
    ) -> None:
        self.stated = stated
        self.known = known
        self.refuse = refuse
        self.before = {} if every else parents
        self.tree = dict(parents)
        self.given: dict[str, str] = {}
        self.dropped: Dropped = []
        self.children: dict[str, list[int]] = {}
        for index, row in enumerate(stated.rows):
            if row and "parent" in row:
                self.children.setdefault(row["parent"], []).append(index)

    def settle(self) -> None:
        self._orphan([parent for parent in self.children if not self._exists(parent)])
        for code in self.stated.places:
            self._choose(code)
        start: Iterable[str] = list(self.given)
        while circles := on_circles(self.tree, start):
            start = self._break(circles)

    def _exists(self, code: str) -> bool:
        if code in self.known:
            return True
        return any(self.stated.rows[index] is not None for index in self.stated.places.get(code, ()))

    def _orphan(self, lost: list[str]) -> set[str]:
        """Take out what names a parent that does not exist; an account refused thereby may be a parent in its turn."""
        touched: set[str] = set()
        while lost:
            for index in self.children.get(lost.pop(), ()):
                code = self.stated.keys[index]
                if self._take_out(index, UNKNOWN_PARENT):
                    touched.add(code)
                    if not self._exists(code):
                        lost.append(code)
        return touched

    def _take_out(self, index: int, problem: str) -> bool:
        row = self.stated.rows[index]
        if row is None or "parent" not in row:
            return False
        if self.refuse:
            self.stated.refuse(index, "parent", problem, row["parent"])
        else:
            self.dropped.append((self.stated.keys[index], problem, row.pop("parent")))
        return True

    def _chosen(self, code: str) -> int | None:
        """The row whose statement of a parent counts."""
        for index in self.stated.places[code]:
            if "parent" in (self.stated.rows[index] or ()):
                return index
        return None

    def _choose(self, code: str) -> None:
        index = self._chosen(code)
        row = None if index is None else self.stated.rows[index]
        self.given.pop(code, None)
        self.tree.pop(code, None)
        if row is not None:
            self.given[code] = self.tree[code] = row["parent"]
        elif code in self.before:
            self.tree[code] = self.before[code]

    def _break(self, circles: set[str]) -> set[str]:
        """Take out every statement made here that lies on a circle; returns whose parent is another now."""
        touched = circles & self.given.keys()
        for code in sorted(touched):
            index = self._chosen(code)
            if index is not None:
                self._take_out(index, CIRCLE)
        touched |= self._orphan([code for code in touched if not self._exists(code)])
        for code in touched:
            self._choose(code)
        return touched
