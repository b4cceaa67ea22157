"""Writing many rows of one model by few statements: VALUES on SQLite, COPY on PostgreSQL.

Measured: 100,000 accounts on SQLite 8.8 s by `bulk_create`, 0.6 s by this; 50,000 on PostgreSQL 10.2 s by VALUES, 1.9 s
by COPY. Nothing here knows `save()`, signals or history: a service that needs one of them sees to it itself. All of it
runs in a transaction.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models

from mainstay.core.money import to_units
from mainstay.orm.fields import MoneyField

T = TypeVar("T")
Row = Sequence[Any]
# SQLite takes 32,766 parameters in one statement, PostgreSQL 65,535.
PARAMETERS = 30_000


def chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """These rows in lists of at most `size`."""
    iterator = iter(rows)
    while part := list(islice(iterator, size)):
        yield part


def insert_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Row], *, returning: Sequence[str] = ()
) -> list[tuple[Any, ...]]:
    """Insert rows, whose values stand in the order of the fields `names`.

    Returns of each row the fields `returning`, which are some of `names`, and the id, in no promised order.
    """
    prepare = _preparation(model, names)
    insert = _insert_by_copy if _copies() else _insert_by_values
    made: list[tuple[Any, ...]] = []
    with connection.cursor() as cursor:
        for part in chunks(rows, PARAMETERS // len(names)):
            made += insert(cursor, model, names, [prepare(row) for row in part], returning)
    return made


def update_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Row]) -> None:
    """Set the fields `names` of rows, each its id and then the values."""
    prepare = _preparation(model, names)
    update = _update_by_copy if _copies() else _update_by_values
    with connection.cursor() as cursor:
        for part in chunks(rows, PARAMETERS // (len(names) + 1)):
            update(cursor, model, names, [[row[0], *prepare(row[1:])] for row in part])


def _copies() -> bool:
    return connection.vendor == "postgresql"


def _insert_by_values(
    cursor: Any, model: type[models.Model], names: Sequence[str], rows: list[Row], returning: Sequence[str]
) -> list[tuple[Any, ...]]:
    back = ",".join([*_columns(model, returning), _key(model)])
    cursor.execute(
        f"INSERT INTO {_table(model)} ({','.join(_columns(model, names))}) {_values(rows)} RETURNING {back}",
        [value for row in rows for value in row],
    )
    made: list[tuple[Any, ...]] = cursor.fetchall()
    return made


def _insert_by_copy(
    cursor: Any, model: type[models.Model], names: Sequence[str], rows: list[Row], returning: Sequence[str]
) -> list[tuple[Any, ...]]:
    cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
        [_table(model), _pk(model).column, len(rows)],
    )
    ids = [pk for (pk,) in cursor.fetchall()]
    _copy(
        cursor,
        _table(model),
        [_key(model), *_columns(model, names)],
        ([pk, *row] for pk, row in zip(ids, rows, strict=True)),
    )
    places = [names.index(name) for name in returning]
    return [(*(row[place] for place in places), pk) for pk, row in zip(ids, rows, strict=True)]


def _update_by_values(cursor: Any, model: type[models.Model], names: Sequence[str], rows: list[Row]) -> None:
    given = [f"v{index}" for index in range(len(names))]
    cursor.execute(
        f"WITH given(pk, {','.join(given)}) AS ({_values(rows)}) {_update_from_given(model, names)}",
        [value for row in rows for value in row],
    )


def _update_by_copy(cursor: Any, model: type[models.Model], names: Sequence[str], rows: list[Row]) -> None:
    kinds = [f"v{index} {field.db_type(connection)}" for index, field in enumerate(_fields(model, names))]
    cursor.execute(
        f"CREATE TEMPORARY TABLE given (pk {_pk(model).rel_db_type(connection)}, {','.join(kinds)}) ON COMMIT DROP"
    )
    _copy(cursor, "given", ["pk", *(f"v{index}" for index in range(len(names)))], rows)
    cursor.execute(_update_from_given(model, names))
    cursor.execute("DROP TABLE given")


def _update_from_given(model: type[models.Model], names: Sequence[str]) -> str:
    table = _table(model)
    sets = ",".join(f"{column} = v{index}" for index, column in enumerate(_columns(model, names)))
    return f"UPDATE {table} SET {sets} FROM given WHERE {table}.{_key(model)} = given.pk"


def _values(rows: list[Row]) -> str:
    place = f"({','.join(['%s'] * len(rows[0]))})"
    return f"VALUES {','.join([place] * len(rows))}"


def _copy(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    with cursor.copy(f"COPY {table} ({','.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _fields(model: type[models.Model], names: Sequence[str]) -> "list[models.Field[Any, Any]]":
    by_name = {field.attname: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in names]


def _columns(model: type[models.Model], names: Sequence[str]) -> list[str]:
    return [connection.ops.quote_name(str(field.column)) for field in _fields(model, names)]


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _pk(model: type[models.Model]) -> "models.Field[Any, Any]":
    return next(field for field in model._meta.concrete_fields if field.primary_key)


def _key(model: type[models.Model]) -> str:
    return connection.ops.quote_name(str(_pk(model).column))


def _preparation(model: type[models.Model], names: Sequence[str]) -> Callable[[Row], list[Any]]:
    """Brings the values of a row into the form the database takes; texts and ids are in it already."""
    kept = (models.CharField, models.TextField, models.ForeignKey)
    conversions = [
        (index, _conversion(field)) for index, field in enumerate(_fields(model, names)) if not isinstance(field, kept)
    ]

    def prepare(row: Row) -> list[Any]:
        values = list(row)
        for index, convert in conversions:
            if values[index] is not None:
                values[index] = convert(values[index])
        return values

    return prepare


def _conversion(field: "models.Field[Any, Any]") -> Callable[[Any], Any]:
    if isinstance(field, MoneyField):
        return to_units
    # The same few days come again and again.
    return lru_cache(maxsize=10_000)(lambda value: field.get_db_prep_save(value, connection))
