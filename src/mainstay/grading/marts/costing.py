"""What a cost model charged: told of the company, and read again of accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from mainstay.core.money import from_units, plain
from mainstay.grading.marts.accounts import scoped
from mainstay.grading.marts.engine import reading
from mainstay.grading.marts.files import file_of
from mainstay.grading.models import Refresh
from mainstay.insight import modelled as insight
from mainstay.insight.cost_model import Piece
from mainstay.insight.exact import NONE, money
from mainstay.insight.modelled import Modelled, Part
from mainstay.insight.profit import KIND_COLUMNS, KINDS

# What `show summary` tells of the model; each is null where none was on.
SUMMARY = (
    "modelled_cost",
    "modelled_cost_unallocated",
    "profit_after_model",
    "overhead_in_model",
    "profit_after_model_and_overhead",
    "model",
)
# What a part of the company is not told of a part of the model, since it is made of other accounts too.
_OF_THE_WHOLE = ("unallocated", "amount")


@dataclass(frozen=True)
class Told:
    """Keys of SUMMARY as JSON has them, and how far what was shared out is from what there was to share."""

    told: dict[str, Any]
    difference: Decimal


NO_MODEL = Told(dict.fromkeys(SUMMARY), NONE)


def model_told(
    backend: Backend, sums: Mapping[str, Any], accounts: Table, pieces: Sequence[Piece], modelled: Modelled
) -> Told:
    """The model's cost in all, part by part; `sums` is the row of the summary, with `profit` and `overhead`."""
    parts, apart = parts_told(backend, pieces, modelled)
    cost = sum((Decimal(part["cost"]) for part in parts), NONE)
    unallocated = sum((Decimal(part["unallocated"]) for part in parts), NONE)
    taken = sum((Decimal(part["amount"]) for part in parts if part["overhead"]), NONE)
    held = backend.to_pyarrow(accounts.aggregate(cost=money(accounts.modelled_cost.sum()))).to_pylist()
    apart += abs(held[0]["cost"] + unallocated - cost)
    after = sums["profit"] - cost
    told = {
        "modelled_cost": plain(cost),
        "modelled_cost_unallocated": plain(unallocated),
        "profit_after_model": plain(after),
        "overhead_in_model": plain(taken),
        "profit_after_model_and_overhead": plain(after - (sums["overhead"] - taken)),
        "model": parts,
    }
    return Told(told, apart)


def parts_told(backend: Backend, pieces: Sequence[Piece], modelled: Modelled) -> tuple[list[dict[str, Any]], Decimal]:
    """Every part in its place, as JSON has it, and how far shares are from what there was to share."""
    found = {row["place"]: row for row in backend.to_pyarrow(insight.of_parts(modelled.shares)).to_pylist()}
    (pools,) = backend.to_pyarrow(modelled.pools).to_pylist()
    nothing = {"quantity": NONE, "cost": NONE, "unallocated": NONE}
    parts, apart = [], NONE
    for part in modelled.parts:
        row = found.get(part.place, nothing)
        amount = None if part.pool is None else from_units(pools[f"pool_{part.place}"] or 0)
        apart += abs(row["cost"] - (row["quantity"] * part.rate if part.rate is not None else amount or NONE))
        parts.append(_told(part, pieces[part.piece], row, amount))
    return parts, apart


def _told(part: Part, piece: Piece, row: Mapping[str, Decimal], amount: Decimal | None) -> dict[str, Any]:
    """A part as JSON has it: `by` is an activity or what drives a pool; `overhead`: the pool is booked overhead."""
    pool = part.pool
    return {
        "version": piece.version,
        "version_name": piece.name,
        "first_day": piece.first.isoformat(),
        "last_day": piece.last.isoformat(),
        "part": part.activity,
        "name": pool.name if pool else part.activity,
        "by": pool.by if pool else part.activity,
        "overhead": pool is not None and pool.amount is None,
        "rate": None if part.rate is None else plain(part.rate),
        "amount": None if amount is None else plain(amount),
        "quantity": plain(row["quantity"]),
        "cost": plain(row["cost"]),
        "unallocated": plain(row["unallocated"]),
    }


def parts_by_account(refresh: Refresh, codes: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The parts of the model that some accounts bear, by code: those with a quantity or a cost. Money is Decimal."""
    if not has_model(refresh):
        return {}
    described = refresh.summary["model"]
    found: dict[str, list[dict[str, Any]]] = {code: [] for code in codes}
    with reading() as connection:
        listed = pa.table({"code": pa.array(list(codes), pa.string())})
        connection.register("asked", listed)
        rows = connection.execute(
            "SELECT account, place, quantity, cost FROM read_parquet(?) "
            "WHERE account IN (SELECT code FROM asked) ORDER BY account, place",
            [file_of(refresh, "model")],
        )
        for account, place, quantity, cost in rows.fetchall():
            found[account].append(_own(described[place], quantity, cost))
    return found


def parts_of(refresh: Refresh, codes: pa.Table) -> list[dict[str, Any]]:
    """Every part of the model as the accounts of `codes` bear it together, without what is of the whole company."""
    with reading() as connection:
        where = scoped(connection, codes).replace("code IN", "account IN")
        rows = connection.execute(
            f"SELECT place, sum(quantity), sum(cost) FROM read_parquet(?) WHERE {where} GROUP BY place",
            [file_of(refresh, "model")],
        )
        found = {place: (quantity, cost) for place, quantity, cost in rows.fetchall()}
    return [
        {name: plain(value) if isinstance(value, Decimal) else value for name, value in own.items()}
        for place, part in enumerate(refresh.summary["model"])
        for own in (_own(part, *found.get(place, (NONE, NONE))),)
    ]


def _own(part: Mapping[str, Any], quantity: Decimal, cost: Decimal) -> dict[str, Any]:
    told = {name: value for name, value in part.items() if name not in _OF_THE_WHOLE}
    return told | {"quantity": quantity, "cost": cost}


def has_model(refresh: Refresh) -> bool:
    """Whether a cost model was on when this was computed."""
    return refresh.summary.get("model") is not None and Path(file_of(refresh, "model")).exists()


def costs_of(refresh: Refresh, codes: pa.Table) -> dict[str, Any]:
    """Keys of `show summary` on cost, as the accounts of `codes` have them; of the whole company's none."""
    with reading() as connection:
        where = scoped(connection, codes)
        if not _has_kinds(connection, refresh):
            return {"booked_cost": None, "costs": None}
        columns = ", ".join(f"sum({name})" for name in KIND_COLUMNS.values())
        (row,) = connection.execute(
            f"SELECT {columns}, sum(modelled_cost) FROM read_parquet(?) WHERE {where}", [file_of(refresh, "accounts")]
        ).fetchall()
    costs = dict(zip(KINDS, (value if value is not None else NONE for value in row[:-1]), strict=True))
    told: dict[str, Any] = {
        "booked_cost": plain(sum(costs.values(), NONE)),
        "costs": {kind: plain(value) for kind, value in costs.items()},
    }
    if has_model(refresh):
        told |= {"modelled_cost": plain(row[-1] if row[-1] is not None else NONE), "model": parts_of(refresh, codes)}
    return told


def _has_kinds(connection: duckdb.DuckDBPyConnection, refresh: Refresh) -> bool:
    """Refreshes published before there were kinds have none."""
    found = connection.execute("SELECT * FROM read_parquet(?) LIMIT 0", [file_of(refresh, "accounts")])
    return "booked_other" in {column[0] for column in found.description or ()}
