"""How a file writes its numbers and dates, decided from the evidence in its mapped columns."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb

from mainstay.core.errors import N_, Refused
from mainstay.ledger.reading import dates, numbers
from mainstay.ledger.reading.cells import clean
from mainstay.ledger.reading.columns import Match
from mainstay.ledger.reading.kinds import Kind
from mainstay.ledger.reading.relation import Relation
from mainstay.ledger.reading.source import ORDERS, SourceFile

AMBIGUOUS = N_(
    "The dates under “%(column)s” in “%(file)s” could be read in several orders throughout (such as “%(value)s”). "
    "Say the date order: dmy, mdy or ymd."
)
CONTRADICTORY = N_(
    "The dates under “%(column)s” in “%(file)s” are as often in one order as in another (such as “%(value)s”). "
    "Write them as 2024-12-31, or say the date order: dmy, mdy or ymd."
)
DOUBTFUL = {
    ".": N_(
        "Numbers of “%(file)s” such as “%(value)s” could be read in two ways, and nothing in it tells. A point was "
        "taken for the decimal sign: check the amounts, or say that it is a comma."
    ),
    ",": N_(
        "Numbers of “%(file)s” such as “%(value)s” could be read in two ways, and nothing in it tells. A comma was "
        "taken for the decimal sign: check the amounts, or say that it is a point."
    ),
}


@dataclass(frozen=True)
class Style:
    """`decimal`: the file's decimal sign in text; `orders`: date field → dmy, mdy, ymd, None where no date needs it.

    `doubtful` is a number that could be read with either sign, where none in the file tells which.
    """

    decimal: str
    orders: dict[str, str | None]
    doubtful: str = ""

    def notes(self, file: str) -> list[tuple[str, dict[str, str]]]:
        """What a person should know of it, as (msgid, params)."""
        return [(DOUBTFUL[self.decimal], {"file": file, "value": self.doubtful})] if self.doubtful else []


def decide(
    source: SourceFile,
    match: Match,
    kind: Kind,
    connection: duckdb.DuckDBPyConnection,
    *,
    whole: Callable[[], Relation] | None,
    written: Sequence[str] | None = None,
) -> Style:
    """Decide from the sample, and from the `whole` file where that does not; `written` replaces both for numbers."""
    places = {name: source.columns.index(column) for name, column in match.fields.items()}
    typed = {place for place, type_ in enumerate(source.types) if type_ != "VARCHAR"}
    number_fields = [field for field in kind.fields if field.type in numbers.DECIMALS and field.name in places]
    columns = [places[field.name] for field in number_fields if places[field.name] not in typed]
    orders: dict[str, str | None] = {}
    for field in kind.fields:
        if field.type == "date" and field.name in places:
            place = places[field.name]
            orders[field.name] = None if place in typed else _order(source, place, connection, whole)
    decimal, doubtful = _decimal(source, columns, connection, whole, written)
    return Style(decimal, orders, doubtful)


def decimal_of(values: Sequence[str], source: SourceFile, connection: duckdb.DuckDBPyConnection) -> str:
    """The decimal sign that these texts show, unless the person said it."""
    return source.hints.decimal or _settled(_counts(values, numbers.evidence("v"), connection), source)


def _decimal(
    source: SourceFile,
    columns: Sequence[int],
    connection: duckdb.DuckDBPyConnection,
    whole: Callable[[], Relation] | None,
    written: Sequence[str] | None,
) -> tuple[str, str]:
    """The decimal sign, and a number that could be read with either where none tells."""
    if source.hints.decimal or (written is None and not columns):
        return source.hints.decimal or ".", ""
    texts = (
        written if written is not None else [cell for row in source.sample for place in columns if (cell := row[place])]
    )
    counts = _counts(texts, numbers.evidence("v"), connection)
    if written is None and whole is not None and counts["."] == counts[","]:
        counts = _whole_counts(whole(), columns, numbers.evidence("v"), connection)
    tells = counts["."] or counts[","] or not counts["?"]
    return _settled(counts, source), "" if tells else _doubtful(texts, connection)


def _doubtful(texts: Sequence[str], connection: duckdb.DuckDBPyConnection) -> str:
    """The first of these that could be read both ways, or one like it where it stands further on."""
    found = connection.execute(
        f"SELECT x FROM (SELECT x, {clean('x')} AS v FROM (SELECT unnest(?::VARCHAR[]) AS x)) "
        f"WHERE {numbers.evidence('v')} = '?' LIMIT 1",
        [list(texts)],
    ).fetchone()
    return str(found[0])[:60] if found else "1,234"


def _settled(counts: Counter[str], source: SourceFile) -> str:
    if counts["."] != counts[","]:
        return "." if counts["."] > counts[","] else ","
    return "," if source.separator == ";" else "."


def _order(
    source: SourceFile, place: int, connection: duckdb.DuckDBPyConnection, whole: Callable[[], Relation] | None
) -> str | None:
    if source.hints.date_order:
        return source.hints.date_order
    evidence = dates.evidence("v")
    sample = [row[place] or "" for row in source.sample]
    counts = _counts(sample, evidence, connection)
    if whole is not None and counts.keys() - {"="} and _leading(counts) is None:
        counts = _whole_counts(whole(), [place], evidence, connection)
    if leading := _leading(counts):
        return leading
    if counts.keys() - {"="}:
        raise Refused(
            CONTRADICTORY if any(counts[order] for order in ORDERS) else AMBIGUOUS,
            column=source.columns[place],
            file=source.name,
            value=next((cell[:60] for cell in sample if _counts([cell], evidence, connection)), ""),
        )
    return "dmy" if counts["="] else None


def _leading(counts: Counter[str]) -> str | None:
    """The order that more texts show than any other, or else the only one that makes days of all; None without one."""
    most, second = sorted(((counts[order], order) for order in ORDERS), reverse=True)[:2]
    if most[0] > second[0]:
        return most[1]
    fits = [set(("dmy/mdy" if told == "=" else told).split("/")) for told in counts]
    fitting = set(ORDERS).intersection(*fits) if not most[0] else set()
    return fitting.pop() if len(fitting) == 1 else None


def _counts(values: Sequence[str], evidence: str, connection: duckdb.DuckDBPyConnection) -> Counter[str]:
    if not values:
        return Counter()
    texts = f"SELECT {clean('x')} AS v FROM (SELECT unnest(?::VARCHAR[]) AS x)"
    found = connection.execute(f"SELECT {evidence} AS e, count(*) FROM ({texts}) GROUP BY e", [list(values)]).fetchall()
    return Counter({str(sign): int(count) for sign, count in found if sign is not None})


def _whole_counts(
    relation: Relation, places: Sequence[int], evidence: str, connection: duckdb.DuckDBPyConnection
) -> Counter[str]:
    """The evidence of all cells, each different text looked at once; texts without a sign have none to give."""
    cells = ", ".join(f"c{place}" for place in places)
    distinct = (
        f"SELECT x, count(*) AS n FROM (SELECT unnest([{cells}]) AS x FROM {relation.sql}) "
        "WHERE regexp_matches(x, '[^0-9]') GROUP BY x"
    )
    query = f"SELECT {evidence} AS e, sum(n) FROM (SELECT {clean('x')} AS v, n FROM ({distinct})) GROUP BY e"
    found = connection.execute(query, list(relation.params)).fetchall()
    return Counter({str(sign): int(count) for sign, count in found if sign is not None})
