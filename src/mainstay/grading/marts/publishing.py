"""What standings and the history take from the account mart."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from mainstay.grading.marts.engine import computing
from mainstay.grading.marts.files import file_of
from mainstay.grading.models import Refresh

# Fields of Standing beside refresh, account and cell, and what each is in the account mart.
_VALUES = {
    "account_class": "class",
    "letter": "letter",
    "letter_basis": "letter_basis",
    "active": "active",
    "score": "score",
    "attractiveness": "attractiveness",
    "potential": "potential",
    "sales": "(sales * 10000)::BIGINT",
    "profit": "(profit * 10000)::BIGINT",
    "sales_before": "(sales_before * 10000)::BIGINT",
    "rank": "rank",
    "orders": "orders",
    "first_order": "first_order",
    "last_order": "last_order",
}
FIELDS = tuple(_VALUES)

# What `grading.reasons` needs of a row of the account mart.
_DAYS = ("first_order", "last_order", "last_contact")
_TOLD = (
    "rule",
    "class",
    "letter",
    "letter_basis",
    "active",
    "score",
    "attractiveness",
    "potential",
    "potential_basis",
    "rank",
    "in_core",
    "bought_before",
    "stated_need",
    "recent_contact",
    "months_bought",
    "products",
    "contacts",
    "age_percentile",
    "months_percentile",
    "products_percentile",
    "contacts_percentile",
    *_DAYS,
)


@dataclass(frozen=True)
class Graded:
    """An account's grading as the database holds it: `values` are FIELDS, money in ten-thousandths."""

    code: str
    cell: str
    values: tuple[Any, ...]
    told: tuple[Any, ...]

    @property
    def reasons(self) -> str:
        """What the reasons are told from, as JSON without what is null or false: half the size."""
        told = zip(_TOLD, self.told, strict=True)
        kept = {name: value for name, value in told if value is not None and value is not False}
        return json.dumps(kept, default=date.isoformat, separators=(",", ":"))


def row_of_reasons(kept: dict[str, Any]) -> dict[str, Any]:
    """The part of the account mart's row that `Graded.reasons` kept."""
    days = {name: date.fromisoformat(kept[name]) for name in _DAYS if name in kept}
    return {name: kept.get(name) for name in _TOLD} | days


def standings(refresh: Refresh, size: int) -> Iterator[list[Graded]]:
    """Every account in order of its code, `size` at a time."""
    told = ", ".join(f'"{name}"' for name in _TOLD)
    with computing() as connection:
        result = connection.execute(
            f"SELECT code, cell, {', '.join(_VALUES.values())}, {told} FROM read_parquet(?)",
            [file_of(refresh, "accounts")],
        )
        while rows := result.fetchmany(size):
            yield [Graded(row[0], row[1], row[2 : 2 + len(FIELDS)], row[2 + len(FIELDS) :]) for row in rows]
