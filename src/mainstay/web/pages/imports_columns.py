"""Which column serves which field, as it is chosen on a page: a field for each column of the file shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mainstay.core.errors import Refused
from mainstay.ledger.reading import Match, kind_named, match_columns
from mainstay.web.pages.imports_words import missing_fields


@dataclass(frozen=True)
class Matched:
    """`match` is None where `wrong` says why the columns cannot be used so; `fields` is then what is known so far."""

    fields: Mapping[str, str]
    match: Match | None = None
    wrong: Refused | None = None


def matched(
    kind: str, columns: Sequence[str], given: Mapping[str, str], sample: Sequence[Sequence[str | None]] = ()
) -> Matched:
    """The fields of these columns, also where required ones are still missing."""
    try:
        match = match_columns(kind, columns, given=given, sample=sample)
    except Refused as error:
        return Matched(_known(kind, columns, given, missing_fields(error)), wrong=error)
    return Matched(match.fields, match)


def _known(kind: str, columns: Sequence[str], given: Mapping[str, str], missing: Sequence[str]) -> dict[str, str]:
    """What is matched beside the missing fields: each of these gets a column made up for it."""
    made_up = {name: f"\x00{name}" for name in missing}
    try:
        fields = match_columns(kind, [*columns, *made_up.values()], given={**given, **made_up}).fields
    except Refused:
        fields = {name: column for name, column in given.items() if column in columns}
    return {name: column for name, column in fields.items() if name not in made_up}


def chosen(kind: str, columns: Sequence[str], given: Mapping[str, str], sent: Mapping[int, str]) -> dict[str, str]:
    """What to give for the columns to serve the fields that were sent (column's place → field, empty for none).

    A field sent for two columns goes to the one that did not have it. What is guessed anyway is not given, so that
    other files of the same import may have other headings.
    """
    names = set(kind_named(kind).names)
    before = matched(kind, columns, given).fields
    wanted: dict[str, str] = {}
    for place, field in sorted(sent.items(), key=lambda item: before.get(item[1]) != _heading(columns, item[0])):
        if field in names and _heading(columns, place):
            wanted[field] = _heading(columns, place)
    settled: dict[str, str] = {}
    for _round in range(len(names) + 1):
        found = matched(kind, columns, settled).fields
        wrong = {name: wanted.get(name, "") for name in names if found.get(name, "") != wanted.get(name, "")}
        if not wrong:
            break
        settled |= wrong
    return settled


def _heading(columns: Sequence[str], place: int) -> str:
    return columns[place] if 0 <= place < len(columns) else ""
