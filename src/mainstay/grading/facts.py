"""What the database knows about accounts, taken to Parquet for one refresh."""

from collections.abc import Container, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Count

from mainstay.accounts.models import Account, Contact
from mainstay.grading.scheme import GradingScheme
from mainstay.relationships.selectors import assessment_scores

SCHEMA = pa.schema(
    {
        "code": pa.string(),
        "industry": pa.string(),
        "size": pa.string(),
        "country": pa.string(),
        "need": pa.string(),
        "last_contact": pa.date32(),
        "potential": pa.decimal128(18, 4),
        "room": pa.float64(),
        "score": pa.float64(),
        "contacts": pa.int64(),
    }
)
CHUNK = 20_000


def snapshot(path: Path, *, as_of: date, scheme: GradingScheme, merged: Container[str] = ()) -> int:
    """Write one row per known account but those `merged` (codes) into others, in no order; returns how many.

    Columns as SCHEMA: `potential` is money as assessed, `room` the mean of 1-5, `score` 0-100, all three NULL where
    nobody said. Assessments count up to `as_of`; the rest is as known now.
    """
    count = 0
    with pq.ParquetWriter(path, SCHEMA) as writer:
        rows = (row for row in _rows(as_of, scheme) if row[0] not in merged)
        while chunk := list(islice(rows, CHUNK)):
            columns = [
                pa.array(values, kind) for values, kind in zip(zip(*chunk, strict=True), SCHEMA.types, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=SCHEMA))
            count += len(chunk)
    return count


def _rows(as_of: date, scheme: GradingScheme) -> Iterator[tuple[Any, ...]]:
    assessed = assessment_scores(as_of=as_of, scheme=scheme)
    contacts = dict(Contact.objects.order_by().values_list("account").annotate(Count("pk")).iterator())
    accounts = Account.objects.values_list(
        "pk", "code", "industry", "size", "country", "need", "last_contact", "potential"
    )
    for pk, code, industry, size, country, need, last_contact, potential in accounts.iterator(chunk_size=CHUNK):
        said = assessed.get(pk)
        yield (
            code,
            industry,
            size,
            country,
            need or None,
            last_contact,
            potential,
            said.room if said else None,
            said.score if said else None,
            contacts.get(pk, 0),
        )
