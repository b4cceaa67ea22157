"""Parquet: its columns and its cells as text."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from mainstay.core.errors import N_, Refused
from mainstay.ledger.reading.source import Hints, Scratch, SourceFile, globless

SAMPLE_ROWS = 1000
_NESTED = ("STRUCT", "MAP", "UNION", "VARIANT", "BLOB", "GEOMETRY", "BIT")


def recognise_parquet(path: Path, name: str, hints: Hints, scratch: Scratch) -> SourceFile:
    """The columns of a Parquet file; the heading counts as row 1, so that the first data row is row 2."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 4))
        if file.read() != b"PAR1":
            raise Refused(N_("“%(file)s” is cut off: its end is missing. Copy or export it again."), file=name)
    data = globless(path, scratch)
    try:
        with duckdb.connect() as connection:
            described = connection.execute(
                "DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning = false)", [str(data)]
            ).fetchall()
            columns = tuple(str(row[0]) for row in described)
            types = tuple(str(row[1]) for row in described)
            sample = connection.execute(
                f"SELECT {cell_list(len(columns))} FROM {as_cells(types)} LIMIT {SAMPLE_ROWS}", [str(data)]
            ).fetchall()
    except duckdb.Error as error:
        raise damaged(name) from error
    return SourceFile(
        path=path,
        name=name,
        format="parquet",
        columns=columns,
        sample=tuple(sample),
        heading_row=1,
        hints=hints,
        types=types,
        data=data,
        scratch=scratch,
    )


def damaged(name: str) -> Refused:
    return Refused(N_("“%(file)s” is damaged and cannot be read as Parquet. Copy or export it again."), file=name)


def cell_list(width: int) -> str:
    return ", ".join(f"c{place}" for place in range(width))


def is_nested(type_: str) -> bool:
    return type_.endswith("]") or type_.startswith(_NESTED)


def as_cells(types: Sequence[str]) -> str:
    """A relation of texts c0, c1, … and `row` over the file that is bound as `?`; columns go by place, not by name."""
    texts = ", ".join(f"{_text(f'v{place}', type_)} AS c{place}" for place, type_ in enumerate(types))
    names = ", ".join(f"v{place}" for place in range(len(types)))
    return (
        f"(SELECT {texts}, number + 2 AS row, NULL::VARCHAR AS fault, NULL::VARCHAR[] AS raw FROM "
        f"read_parquet(?, file_row_number = true, hive_partitioning = false) AS file({names}, number))"
    )


def _text(value: str, type_: str) -> str:
    if is_nested(type_):
        return "NULL::VARCHAR"
    if type_ in ("DOUBLE", "FLOAT"):  # the shortest text that is this number; not-a-number is no value
        return f"CASE WHEN NOT isnan({value}) THEN {value}::VARCHAR END"
    if type_ == "TIMESTAMP WITH TIME ZONE":
        return f"make_timestamp(epoch_us({value}))::VARCHAR"
    return f"{value}::VARCHAR"
