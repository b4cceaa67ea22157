"""80:20 over the marts: curves, shares and groups, of the whole company or of the accounts somebody may see.

For a part of the company everything is computed anew over that part: its curve, its head, its peak.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import duckdb
import ibis
import pyarrow as pa

from mainstay.core.money import plain
from mainstay.core.sql import quoted
from mainstay.grading.marts.accounts import scoped
from mainstay.grading.marts.company import PARETO
from mainstay.grading.marts.costing import costs_of
from mainstay.grading.marts.engine import reading
from mainstay.grading.marts.files import file_of
from mainstay.grading.models import Refresh
from mainstay.grading.scheme import GradingScheme
from mainstay.insight import pareto

Curve = Literal["pareto", "whale"]
POINTS = 500
NOTHING = Decimal("0.0000")
# Keys of the summary that are the same for a part of the company.
_OF_ANYBODY = ("as_of", "window_start", "currency")


@dataclass(frozen=True)
class Point:
    """`sales` and `profit` of the first `n` accounts together; `code` is the last of them, empty at the beginning."""

    n: int
    code: str
    sales: Decimal
    profit: Decimal


@dataclass(frozen=True)
class Member:
    """An account of a group."""

    code: str
    cell: str
    sales: Decimal
    profit: Decimal


@dataclass(frozen=True)
class Group:
    """`accounts`, `sales` and `profit` are of the whole group; `members` the first of it."""

    accounts: int
    sales: Decimal
    profit: Decimal
    members: list[Member]


@dataclass(frozen=True)
class Groups:
    """Active accounts. The head by sales; the middle: not in the head, with profit; the tail: without profit, the
    greatest loss first. An account of the head that makes no profit is in the tail too.
    """

    head: Group
    middle: Group
    tail: Group


def shares(refresh: Refresh, codes: pa.Table | None = None) -> dict[str, Any]:
    """The keys of `show pareto` without its curve, as JSON has them."""
    if codes is None:
        return dict(refresh.pareto)
    with reading() as connection:
        _create_part(connection, refresh, codes)
        backend = ibis.duckdb.from_connection(connection)
        head = GradingScheme.from_dict(refresh.scheme).head_share
        table = pareto.summary(backend.table("part"), head=head)
        (row,) = backend.to_pyarrow(table).to_pylist()
    return {name: plain(row[name]) if isinstance(row[name], Decimal) else row[name] for name in PARETO}


def curve(refresh: Refresh, kind: Curve, codes: pa.Table | None = None) -> list[Point]:
    """Every point: of accounts by sales (`pareto`) or by profit (`whale`), from no account on."""
    with reading() as connection:
        return _points(connection, _curve_table(connection, refresh, kind, codes), "TRUE", ())


def thinned_curve(
    refresh: Refresh, kind: Curve, codes: pa.Table | None = None, *, keep: Iterable[int] = (), points: int = POINTS
) -> list[Point]:
    """About `points` points to draw, evenly, with the first, the last and those of the n in `keep` among them."""
    wanted = sorted(set(keep))
    with reading() as connection:
        table = _curve_table(connection, refresh, kind, codes)
        ((last,),) = connection.execute(f"SELECT coalesce(max(n), 0) FROM {table}").fetchall()
        step = max(1, -(-last // points))
        return _points(connection, table, "n % ? = 0 OR n IN (SELECT unnest(?)) OR n = ?", (step, wanted, last))


def groups(refresh: Refresh, codes: pa.Table | None = None, *, limit: int = 20) -> Groups:
    """Head, middle and unprofitable tail, each with its totals and its first `limit` accounts."""
    with reading() as connection:
        table = _ranked(connection, refresh, codes)
        return Groups(
            head=_group(connection, table, "in_head", "sales DESC", limit),
            middle=_group(connection, table, "active AND NOT in_head AND profit > 0", "sales DESC", limit),
            tail=_group(connection, table, "active AND profit <= 0", "profit", limit),
        )


def _ranked(connection: duckdb.DuckDBPyConnection, refresh: Refresh, codes: pa.Table | None) -> str:
    """A table with code, cell, active, sales, profit, in_head; returns its name."""
    if codes is None:
        return _file(refresh, "accounts")
    _create_part(connection, refresh, codes)
    backend = ibis.duckdb.from_connection(connection)
    ranked = pareto.ranked(backend.table("part"), head=GradingScheme.from_dict(refresh.scheme).head_share)
    backend.create_table("ranked", ranked.select("code", "cell", "active", "sales", "profit", "in_head"), temp=True)
    return "ranked"


def totals(refresh: Refresh, codes: pa.Table | None = None) -> dict[str, Any]:
    """The keys of `show summary`, as JSON has them.

    For a part of the company, what belongs to no account is None: overhead, profit after it, unattributed sales,
    what a cost model left unallocated, the check of the sums.
    """
    if codes is None:
        return dict(refresh.summary)
    with reading() as connection:
        (found,) = connection.execute(
            f"""
            SELECT coalesce(sum(lines), 0)::BIGINT, count(*), count(*) FILTER (active),
                sum(sales), sum(goods_cost), sum(booked_cost) FILTER (active), sum(booked_cost) FILTER (NOT active)
            FROM read_parquet(?) WHERE {scoped(connection, codes)}
            """,
            [file_of(refresh, "accounts")],
        ).fetchall()
    sales, goods, purchasers, others = (value if value is not None else NOTHING for value in found[3:])
    told = {
        "lines": found[0],
        "accounts": found[1],
        "active": found[2],
        "sales": plain(sales),
        "goods_cost": plain(goods),
        "purchaser_cost": plain(goods + purchasers),
        "non_purchaser_cost": plain(others),
        "profit": plain(sales - goods - purchasers - others),
        **costs_of(refresh, codes),
    }
    if told.get("modelled_cost") is not None:
        told["profit_after_model"] = plain(Decimal(told["profit"]) - Decimal(told["modelled_cost"]))
    return {name: value if name in _OF_ANYBODY else told.get(name) for name, value in refresh.summary.items()}


def _create_part(connection: duckdb.DuckDBPyConnection, refresh: Refresh, codes: pa.Table | None) -> None:
    connection.execute(
        "CREATE TEMP TABLE part AS SELECT code, cell, active, sales, profit "
        f"FROM read_parquet(?) WHERE {scoped(connection, codes)}",
        [file_of(refresh, "accounts")],
    )


def _curve_table(connection: duckdb.DuckDBPyConnection, refresh: Refresh, kind: Curve, codes: pa.Table | None) -> str:
    """A table of n, code, sales, profit; returns its name."""
    if codes is None:
        return _file(refresh, kind)
    _create_part(connection, refresh, codes)
    backend = ibis.duckdb.from_connection(connection)
    computed = {"pareto": pareto.pareto_curve, "whale": pareto.whale_curve}[kind](backend.table("part"))
    backend.create_table("curve", computed, temp=True)
    return "curve"


def _file(refresh: Refresh, name: str) -> str:
    """A mart as it lies on the disk, as a table of a query, which reads of it only what it needs."""
    return f"read_parquet({quoted(file_of(refresh, name))})"


def _points(
    connection: duckdb.DuckDBPyConnection, table: str, condition: str, parameters: tuple[Any, ...]
) -> list[Point]:
    found = connection.execute(
        f"SELECT n, code, sales, profit FROM {table} WHERE {condition} ORDER BY n", list(parameters)
    )
    return [Point(0, "", NOTHING, NOTHING), *(Point(*values) for values in found.fetchall())]


def _group(connection: duckdb.DuckDBPyConnection, table: str, condition: str, order: str, limit: int) -> Group:
    (totals,) = connection.execute(
        f"SELECT count(*), sum(sales), sum(profit) FROM {table} WHERE {condition}"
    ).fetchall()
    found = connection.execute(
        f"SELECT code, cell, sales, profit FROM {table} WHERE {condition} ORDER BY {order}, code LIMIT ?", [limit]
    )
    return Group(totals[0], totals[1] or NOTHING, totals[2] or NOTHING, [Member(*row) for row in found.fetchall()])
