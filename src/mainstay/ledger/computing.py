"""Where a refresh computes: Ibis expressions, run where their tables are, with the results held here.

What grows with the lines is computed where the lines lie: in this process, on a Spark cluster, in a warehouse. Its
result, a row per account or per account, month and product, comes here as Parquet. All further steps run here, in
DuckDB, whatever the engine: so the figures and the files that are published are the same to the last digit.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import ibis.expr.operations as ops
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends import BaseBackend
from ibis.backends.duckdb import Backend
from ibis.expr.types import Column, Scalar, Table

from mainstay.core.errors import Refused, first_line


class Engine:
    """DuckDB inside the process: it reads the ledger's files, computes, and holds what was computed."""

    def __init__(self, here: Backend, folder: Path, *, shown: str) -> None:
        self.here = here
        self.folder = folder
        self.shown = shown

    def read_lines(self, files: Sequence[str]) -> Table:
        """Files of the ledger, where lines are computed."""
        return self.here.read_parquet(files)

    def read_parquet(self, files: str | Path | Sequence[str]) -> Table:
        """Files of this machine, to be computed with here; where lines are joined with them, they are carried there."""
        return self.here.read_parquet(files)

    def create_table(self, name: str, table: Table, *, temp: bool = True) -> Table:
        """Compute a table once; returns what stands for it, held here."""
        return self.here.create_table(name, self.brought(table), temp=temp)

    def to_pyarrow(self, value: Table | Column | Scalar) -> Any:
        """Compute a table, a column or a single value; returns it in Arrow's terms."""
        if isinstance(value, Table):
            return self.here.to_pyarrow(self.brought(value))
        column = self.here.to_pyarrow(self.brought(value.as_table()))[0]
        return column[0] if isinstance(value, Scalar) else column

    def to_parquet(self, table: Table, path: Path, **options: Any) -> None:
        """Compute a table and write it here. Order it after it was `brought`, not before."""
        self.here.to_parquet(self.brought(table), path, **options)

    def brought(self, table: Table) -> Table:
        """The table as one that lies here."""
        return table

    def probe(self) -> None:
        """Raises Refused where it does not answer."""
        self.here.raw_sql("SELECT 1")


class Elsewhere(Engine, ABC):
    """An engine whose lines lie in another backend, `there`; what else there is lies here."""

    def __init__(self, here: Backend, folder: Path, there: BaseBackend, *, shown: str) -> None:
        super().__init__(here, folder, shown=shown)
        self.there = there
        self._brought = 0

    @abstractmethod
    def batches(self, table: Table) -> Iterator[pa.RecordBatch]:
        """Compute a table there; its rows in some order, in bounded memory."""

    @abstractmethod
    def carry(self, table: Table) -> Table:
        """A table of here as one that can be joined with there."""

    @abstractmethod
    def refused(self, why: str) -> Refused:
        """What is said where it breaks off."""

    def brought(self, table: Table) -> Table:
        if not any(source is not self.here for source in _sources(table)):
            return table
        self._brought += 1
        path = self.folder / f"brought-{self._brought}.parquet"
        schema = pa.schema([field.with_nullable(True) for field in table.schema().to_pyarrow()])
        try:
            _write(path, schema, self.batches(self._carried(table)))
        except (Refused, duckdb.Error):
            raise
        except Exception as error:  # each driver has its own
            raise self.refused(f"{type(error).__name__}: {first_line(error)}") from None
        return self.here.read_parquet(path)

    def _carried(self, table: Table) -> Table:
        """The same, with what lies here carried there."""
        mine = [node for node in table.op().find(ops.DatabaseTable) if node.source is self.here]
        if not mine:
            return table
        carried: Table = table.op().replace({node: self.carry(node.to_expr()).op() for node in mine}).to_expr()
        return carried


def _sources(table: Table) -> Iterable[BaseBackend]:
    return [node.source for node in table.op().find((ops.DatabaseTable, ops.SQLQueryResult))]


def _write(path: Path, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_table(pa.Table.from_batches([batch]).cast(schema))
