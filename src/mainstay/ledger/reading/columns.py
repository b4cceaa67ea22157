"""Which column of a file serves which field."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mainstay.core.errors import N_, Refused
from mainstay.ledger.reading.kinds import Field, Kind, kind_named

_BRACKETED = re.compile(r"[(\[{（【][^)\]}）】]*[)\]}）】]")


@dataclass(frozen=True)
class Match:
    """`fields`: field → heading; `left_out`: the headings that serve no field, in the file's order."""

    fields: dict[str, str]
    left_out: tuple[str, ...]


def heading_key(heading: str) -> str:
    """A heading without case, spaces and punctuation: `Invoice No.` and `invoice_no` are one."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(sign for sign in text if sign.isalnum())


def match_columns(kind: str, columns: Sequence[str], *, given: Mapping[str, str] | None = None) -> Match:
    """Match the fields of `kind` to `columns`; `given` (field → heading, empty to leave a field out) wins over guesses.

    Refused where a field or heading does not exist, a heading that is wanted stands twice, or a required
    field has no column.
    """
    what = kind_named(kind)
    fields = _given(what, columns, given or {})
    fields.update(_guesses(what, columns, taken=fields, left_alone=set(given or {})))
    _refuse_missing(what, fields, columns)
    _refuse_double(fields, columns)
    ordered = {name: fields[name] for name in what.names if name in fields}
    used = set(ordered.values())
    return Match(ordered, tuple(column for column in columns if column and column not in used))


def satisfies(kind: Kind, columns: Sequence[str], given: Mapping[str, str]) -> bool:
    """Whether a row of cells could be the heading of a file of this kind."""
    present = set(columns)
    if any(column and column not in present for column in given.values()):
        return False
    fields = {name: column for name, column in given.items() if column}
    fields.update(_guesses(kind, columns, taken=fields, left_alone=set(given)))
    return not _missing(kind, fields)


def _given(kind: Kind, columns: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    fields = {}
    for name, column in given.items():
        if kind.field(name) is None:
            raise Refused(
                N_("“%(field)s” is no field of %(kind)s; the fields are: %(fields)s."),
                field=name,
                kind=kind.name,
                fields=", ".join(kind.names),
            )
        if column:
            fields[name] = _existing(column, columns)
    return fields


def _existing(wanted: str, columns: Sequence[str]) -> str:
    if wanted in columns:
        return wanted
    alike = [column for column in columns if column and heading_key(column) == heading_key(wanted)]
    if heading_key(wanted) and len(alike) == 1:
        return alike[0]
    raise Refused(
        N_("There is no column “%(column)s”; the columns are: %(columns)s."), column=wanted, columns=_listed(columns)
    )


def _guesses(kind: Kind, columns: Sequence[str], *, taken: Mapping[str, str], left_alone: set[str]) -> dict[str, str]:
    free = {column: _keys(column) for column in columns if column and column not in taken.values()}
    found: dict[str, str] = {}
    open_fields = [field for field in kind.fields if field.name not in left_alone]
    for own_name in (True, False):
        for field in open_fields:
            if field.name in found:
                continue
            column = _best(field, free, own_name=own_name)
            if column is not None:
                found[field.name] = column
                del free[column]
    return found


def _keys(column: str) -> tuple[str, ...]:
    """The heading's key, then that of the heading without what stands in brackets, such as a unit."""
    keys = (heading_key(column), heading_key(_BRACKETED.sub("", column)))
    return keys if keys[1] and keys[0] != keys[1] else keys[:1]


def _best(field: Field, free: Mapping[str, tuple[str, ...]], *, own_name: bool) -> str | None:
    for heading in (field.name,) if own_name else field.headings:
        key = heading_key(heading)
        for position in (0, 1):
            for column, keys in free.items():
                if keys[position : position + 1] == (key,):
                    return column
    return None


def _missing(kind: Kind, fields: Mapping[str, str]) -> list[str]:
    missing = [field.name for field in kind.fields if field.required and field.name not in fields]
    if kind.product and "amount" not in fields and not all(name in fields for name in kind.product):
        missing.append("amount")
    return missing


def _refuse_missing(kind: Kind, fields: Mapping[str, str], columns: Sequence[str]) -> None:
    missing = _missing(kind, fields)
    if not missing:
        return
    params = {"fields": ", ".join(missing), "columns": _listed(columns)}
    if "amount" in missing and kind.product:
        raise Refused(
            N_(
                "No column was found for: %(fields)s (amount may be left to quantity and unit_price together). "
                "The columns are: %(columns)s. Say which column serves which field, as FIELD=COLUMN."
            ),
            **params,
        )
    raise Refused(
        N_(
            "No column was found for: %(fields)s. The columns are: %(columns)s. "
            "Say which column serves which field, as FIELD=COLUMN."
        ),
        **params,
    )


def _refuse_double(fields: Mapping[str, str], columns: Sequence[str]) -> None:
    counts = Counter(columns)
    for name, column in fields.items():
        if counts[column] > 1:
            raise Refused(
                N_(
                    "The heading “%(column)s” stands over %(count)s columns and %(field)s cannot tell which; "
                    "rename all but one."
                ),
                column=column,
                count=counts[column],
                field=name,
            )


def _listed(columns: Sequence[str]) -> str:
    shown = [column[:60] for column in columns if column]
    return ", ".join(shown[:40]) + (", …" if len(shown) > 40 else "")
