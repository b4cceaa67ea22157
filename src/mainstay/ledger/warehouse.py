"""A ledger in tables of a warehouse, read through Ibis: where its lines are computed, and what they were then."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.backends.duckdb import Backend
from ibis.expr.types import Table

from mainstay.core.addresses import Warehouse, masked
from mainstay.core.errors import N_, Refused, first_line
from mainstay.ledger.computing import Elsewhere
from mainstay.ledger.schema import LINES
from mainstay.ledger.warehouse_columns import NAMES, REQUIRED, fields_of, nothing


class WarehouseEngine(Elsewhere):
    """Lines read from a warehouse's tables, and computed there; see `Elsewhere`."""

    def __init__(self, here: Backend, folder: Path, there: BaseBackend, warehouse: Warehouse) -> None:
        super().__init__(here, folder, there, shown=warehouse.shown)
        self.warehouse = warehouse

    def lines(self, kind: str) -> Table:
        """Its lines of a kind, in the columns of the ledger's files; none where it has no table for them."""
        return self._fields(kind).select(*LINES[kind].columns) if kind in self.warehouse.tables else nothing(kind)

    def names(self, what: str) -> Table:
        """Every account (or product) that lines name: code, name (null where no column tells; the last by alphabet)."""
        found = [self._fields(kind) for kind in self.warehouse.tables if what in LINES[kind].columns]
        pairs = [fields.select(code=fields[what], name=fields[NAMES[what]]) for fields in found]
        together = ibis.union(*pairs) if len(pairs) > 1 else pairs[0]
        known = together.filter(together.code.notnull())
        return known.group_by("code").aggregate(name=known["name"].max())

    def state(self) -> dict[str, Any]:
        """What the tables hold now, by kind: `rows`, `last_day`, `amount`. Two states are equal where nothing changed.

        Raises Refused where a line lacks what every line must have.
        """
        return {kind: self._state(kind) for kind in self.warehouse.tables}

    def _state(self, kind: str) -> dict[str, Any]:
        lines = self._fields(kind)
        told = lines.aggregate(
            rows=lines.count(),
            last_day=lines.date.max(),
            total=lines.amount.sum().cast("decimal(38, 4)"),
            **{f"{name}_known": lines[name].count() for name in REQUIRED[kind]},
        )
        (row,) = self.to_pyarrow(told).to_pylist()
        for name in REQUIRED[kind]:
            if lacking := row["rows"] - row[f"{name}_known"]:
                raise Refused(
                    N_("%(count)s lines of %(table)s at %(ledger)s have no %(field)s. Mend them, or make a view."),
                    count=lacking,
                    table=".".join(self.warehouse.tables[kind]),
                    ledger=self.shown,
                    field=name,
                )
        last = row["last_day"]
        return {"rows": row["rows"], "last_day": last and last.isoformat(), "amount": str(row["total"] or 0)}

    def _fields(self, kind: str) -> Table:
        *database, name = self.warehouse.tables[kind]
        where = tuple(database) if len(database) > 1 else next(iter(database), None)
        try:
            table = self.there.table(name, database=where)
        except Exception as error:  # each driver has its own
            raise Refused(
                N_("The table %(table)s at %(ledger)s cannot be read (%(why)s). See MAINSTAY_LEDGER and your rights."),
                table=".".join(self.warehouse.tables[kind]),
                ledger=self.shown,
                why=masked(first_line(error) or type(error).__name__, self.warehouse.secrets),
            ) from None
        return fields_of(table, kind, self.warehouse)

    def batches(self, table: Table) -> Iterator[pa.RecordBatch]:
        yield from self.there.to_pyarrow_batches(table, chunk_size=100_000)

    def carry(self, table: Table) -> Table:
        return ibis.memtable(self.here.to_pyarrow(table))

    def probe(self) -> None:
        super().probe()
        for kind in self.warehouse.tables:
            self.to_pyarrow(self.lines(kind).limit(1))

    def refused(self, why: str) -> Refused:
        return Refused(
            N_("The warehouse %(ledger)s broke off (%(why)s). See its log, and MAINSTAY_LEDGER."),
            ledger=self.shown,
            why=masked(why, self.warehouse.secrets),
        )


@contextmanager
def connected(warehouse: Warehouse) -> Iterator[BaseBackend]:
    """An Ibis backend over the warehouse, ended afterwards. Raises Refused where it cannot be reached."""
    try:
        backend = _connect(warehouse)
    except ImportError:
        raise Refused(
            N_("A ledger in %(scheme)s needs its driver. Install it with: pip install 'ibis-framework[%(extra)s]'."),
            scheme=warehouse.scheme,
            extra=warehouse.backend,
        ) from None
    except Exception as error:  # each driver has its own
        raise Refused(
            N_("The warehouse %(ledger)s cannot be reached (%(why)s). See MAINSTAY_LEDGER."),
            ledger=warehouse.shown,
            why=masked(first_line(error) or type(error).__name__, warehouse.secrets),
        ) from None
    try:
        yield backend
    finally:
        with suppress(Exception):  # a connection that broke off cannot be ended
            backend.disconnect()


def _connect(warehouse: Warehouse) -> BaseBackend:
    if warehouse.backend == "databricks":
        return ibis.databricks.connect(**_databricks(warehouse))
    if warehouse.backend == "snowflake":
        # Unless told so, Ibis makes functions of its own there: a reader may not.
        return ibis.connect(warehouse.url, create_object_udfs=False)
    backend = ibis.connect(warehouse.url)
    if warehouse.backend == "postgres":
        # One refresh reads the lines of one moment, whatever is written meanwhile.
        backend.raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ")
    return backend


def _databricks(warehouse: Warehouse) -> dict[str, str]:
    """databricks://token@host/catalog/schema?http_path=…: Ibis takes no address for it."""
    parts = warehouse.parts
    names = dict(zip(("catalog", "schema"), parts.path.strip("/").split("/"), strict=False))
    token = parts.password or parts.username
    return {
        "server_hostname": parts.hostname or "",
        **{name: value for name, value in names.items() if value},
        **({"access_token": token} if token else {}),
        **warehouse.options,
    }
