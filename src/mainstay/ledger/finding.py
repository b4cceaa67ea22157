"""Finding documents in the ledger's files: by number, source and batch, a page at a time by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from mainstay.core.errors import N_, Refused
from mainstay.core.sql import quoted
from mainstay.ledger.engine import duckdb_opened
from mainstay.ledger.history import files_of_undone, readable
from mainstay.ledger.models import Batch, Content
from mainstay.ledger.schema import LINES, Lines
from mainstay.ledger.selectors import live_files, undone_in
from mainstay.ledger.units import named, of_others, part_of
from mainstay.ledger.versions import Part, meets, replaced_by

PAGE = 50
_LAST = "\U0010ffff"


@dataclass(frozen=True)
class Asked:
    """What is looked for: documents that begin with `text` (or are it, where `exact`), of a source, said by a batch."""

    kind: str
    text: str = ""
    exact: bool = False
    source: str = ""
    batch: int | None = None

    def __bool__(self) -> bool:
        return bool(self.text) or self.batch is not None


@dataclass(frozen=True)
class Document:
    """A document as it counts today. `by_itself` tells a cost without reference, which has no history.

    `replaced` tells that some of its lines were said otherwise before. One that does not count has days, accounts and
    imports as they were said, by imports that were undone or whose lines were kept out.
    """

    source: str
    whole: str
    lines: int
    amount: Decimal
    first_day: date
    last_day: date
    accounts: list[str]
    batches: list[int]
    replaced: bool

    @property
    def counts(self) -> bool:
        return self.lines > 0

    @property
    def name(self) -> str:
        return named(self.whole)

    @property
    def by_itself(self) -> bool:
        return self.whole.startswith("\x1f")


@dataclass(frozen=True)
class Version:
    """One batch's statement of some units of a document, summed."""

    batches: list[int]
    lines: int
    amount: Decimal
    first_day: date
    accounts: list[str]


@dataclass(frozen=True)
class Replacement:
    """What a batch put in the place of what was there."""

    whole: str
    before: Version
    now: Version

    @property
    def name(self) -> str:
        return named(self.whole)


@dataclass(frozen=True)
class Found:
    """One page; `next` is the key (document, source) after which the next one begins, None where there is none."""

    rows: Sequence[Any]
    next: tuple[str, str] | None = None


def find_documents(asked: Asked, *, after: tuple[str, str] | None = None, size: int = PAGE) -> Found:
    """A page of the documents asked for, by number and source."""
    lines = LINES.get(asked.kind)
    if lines is None:
        raise Refused(N_("Documents are of %(kinds)s."), kinds=", ".join(LINES))
    files = live_files(asked.kind, Content.LINES, source=asked.source or None)
    beside = _beside(asked)
    if not [*files, *beside] or not asked:
        return Found([])
    with duckdb_opened() as connection, readable():
        keys = _keys(connection, lines, asked, [*files, *beside], after, size + 1)
        if not keys:
            return Found([])
        rows = _documents(connection, lines, files, beside, keys[:size])
    return Found(rows, keys[size - 1] if len(keys) > size else None)


def _beside(asked: Asked) -> list[str]:
    """Files with lines that do not count: of undone imports, and those kept out. What an import brought is without."""
    undone = [path for _batch, content, path in files_of_undone(asked.kind, asked.source) if content != Content.REPEATS]
    return undone if asked.batch else [*undone, *live_files(asked.kind, Content.KEPT, source=asked.source or None)]


def _keys(
    connection: duckdb.DuckDBPyConnection,
    lines: Lines,
    asked: Asked,
    files: list[str],
    after: tuple[str, str] | None,
    limit: int,
) -> list[tuple[str, str]]:
    where, bound = ["TRUE"], dict[str, Any]()
    if asked.text and asked.exact:
        where.append("whole = $text")
        bound["text"] = asked.text
    elif asked.text:
        # A range, which leaves out whole parts of files by their least and greatest values.
        where.append("whole >= $text AND whole < $past")
        bound |= {"text": asked.text, "past": asked.text + _LAST}
    if asked.source:
        where.append("source = $source")
        bound["source"] = asked.source
    if asked.batch is not None:
        where.append("batch = $batch")
        bound["batch"] = asked.batch
    if after is not None:
        where.append("whole >= $after AND (whole, source) > ($after, $after_source)")
        bound |= {"after": after[0], "after_source": after[1]}
    return connection.execute(
        f"""SELECT DISTINCT whole, source
        FROM (SELECT {lines.whole} AS whole, source, batch FROM read_parquet($files))
        WHERE {" AND ".join(where)} ORDER BY whole, source LIMIT {int(limit)}""",
        {"files": files, **bound},
    ).fetchall()


def _documents(
    connection: duckdb.DuckDBPyConnection,
    lines: Lines,
    files: list[str],
    beside: list[str],
    keys: list[tuple[str, str]],
) -> list[Document]:
    wholes = [whole for whole, _source in keys]
    _load(connection, lines, files, wholes)
    told = _told(connection, "counts")
    if any(key not in told for key in keys):
        _load(connection, lines, [*files, *beside], wholes, counting=False)
        told = _told(connection, "true") | told
    return [told[key] for key in keys]


def _told(connection: duckdb.DuckDBPyConnection, which: str) -> dict[tuple[str, str], Document]:
    """The documents of `said` by key, with the days and accounts of those lines for which `which` holds."""
    found = connection.execute(
        f"""SELECT whole, source, count(*) FILTER (counts), coalesce(sum(amount) FILTER (counts), 0),
            min(date) FILTER ({which}), max(date) FILTER ({which}),
            list_sort(list(DISTINCT account) FILTER ({which} AND account IS NOT NULL)), list_sort(list(DISTINCT batch)),
            bool_or(counts) AND NOT bool_and(counts)
        FROM said GROUP BY whole, source"""
    ).fetchall()
    return {
        (whole, source): Document(source, whole, count, amount, first, last, accounts or [], batches, replaced)
        for whole, source, count, amount, first, last, accounts, batches, replaced in found
    }


def _load(
    connection: duckdb.DuckDBPyConnection,
    lines: Lines,
    files: list[str],
    wholes: list[str],
    *,
    counting: bool = True,
) -> None:
    """`said`: the lines that live batches brought of these documents, and whether each counts.

    Where not `counting`, what these files say whoever brought it, which then counts for nothing.
    """
    covered = live_files(lines.kind, Content.COVERED) if counting else []
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE pairs (source VARCHAR, whole VARCHAR, part VARCHAR, batch INTEGER)"
    )
    if covered:
        connection.execute(
            "INSERT INTO pairs SELECT source, whole, part, batch FROM read_parquet($files) AS c "
            "WHERE c.whole IN (SELECT unnest($wholes))",
            {"files": covered, "wholes": wholes},
        )
    others = of_others(undone_in(lines.kind, Content.LINES)) if counting else "true"
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE said AS
        SELECT l.{lines.whole} AS whole, l.source, {part_of("l", lines)} AS part, l.batch, l.date, l.account, l.amount,
            {counting} AND NOT EXISTS (FROM pairs p WHERE p.batch = l.batch AND p.source = l.source
                AND p.whole = l.{lines.whole} AND p.part IS NOT DISTINCT FROM {part_of("l", lines)}) AS counts
        FROM {_source(files, lines)} l WHERE l.{lines.whole} IN (SELECT unnest($wholes)) AND {others}""",
        {"wholes": wholes},
    )


def _source(files: list[str], lines: Lines) -> str:
    """What stands after FROM: these files, of which there may be none."""
    if files:
        return f"read_parquet([{', '.join(quoted(path) for path in files)}])"
    nothing = ", ".join(f"NULL::{kind} AS {name}" for name, kind in lines.columns.items())
    return f"(SELECT {nothing} LIMIT 0)"


def replaced_units(batch: Batch, *, after: str | None = None, size: int = PAGE) -> Found:
    """A page of the documents whose lines `batch` replaced, by number."""
    lines = LINES.get(batch.kind)
    covered = live_files(batch.kind, Content.COVERED)
    if lines is None or not covered:
        return Found([])
    files = live_files(batch.kind, Content.LINES, source=batch.source)
    with duckdb_opened() as connection, readable():
        keys = [
            whole
            for (whole,) in connection.execute(
                f"""SELECT DISTINCT l.{lines.whole} AS whole FROM read_parquet($files) l
                WHERE l.batch = $batch AND l.{lines.whole} > $after AND EXISTS (
                    FROM read_parquet($covered) c WHERE c.source = $source AND c.whole = l.{lines.whole}
                    AND c.batch < $batch)
                ORDER BY whole LIMIT {size + 1}""",
                {
                    "files": files, "covered": covered, "batch": batch.pk, "source": batch.source, "after": after or "",
                },
            ).fetchall()
        ]  # fmt: skip
        if not keys:
            return Found([])
        _load(connection, lines, files, keys[:size])
        rows = _replacements(connection, batch)
    last = keys[size - 1] if len(keys) > size else None
    return Found(rows, (last, batch.source) if last is not None else None)


def _replacements(connection: duckdb.DuckDBPyConnection, batch: Batch) -> list[Replacement]:
    found = connection.execute(
        """SELECT whole, part, batch, count(*), sum(amount), min(date),
            list_sort(list(DISTINCT account) FILTER (account IS NOT NULL))
        FROM said WHERE source = $source GROUP BY whole, part, batch ORDER BY whole, part""",
        {"source": batch.source},
    ).fetchall()
    holders: dict[str, dict[int, set[Part]]] = {}
    for whole, part, number, *_sums in found:
        holders.setdefault(whole, {}).setdefault(number, set()).add(part)
    before: dict[str, list[Any]] = {}
    now: dict[str, list[Any]] = {}
    for row in found:
        whole, part, number = row[:3]
        if number < batch.pk and replaced_by(part, number, holders[whole]) == batch.pk:
            before.setdefault(whole, []).append(row)
        elif number == batch.pk:
            now.setdefault(whole, []).append(row)
    replaced = {whole: {row[1] for row in rows} for whole, rows in before.items()}
    return [
        Replacement(whole, _version(rows), _version([row for row in now[whole] if meets(row[1], replaced[whole])]))
        for whole, rows in before.items()
    ]


def _version(rows: list[Any]) -> Version:
    return Version(
        batches=sorted({row[2] for row in rows}),
        lines=sum(row[3] for row in rows),
        amount=sum((row[4] for row in rows), Decimal(0)),
        first_day=min(row[5] for row in rows),
        accounts=sorted({account for row in rows for account in row[6] or ()}),
    )
