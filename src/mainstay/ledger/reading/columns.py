"""Which column of a file serves which field."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from mainstay.core.errors import N_, Refused
from mainstay.ledger.reading.content import by_content
from mainstay.ledger.reading.exports import exact, last
from mainstay.ledger.reading.kinds import Field, Kind, kind_named

REASON = "reason"  # the heading of the reasons in a file of refused rows
BY_CONTENT = N_(
    "“%(column)s” was taken for %(field)s by what it holds, since no heading tells. Check it, or say another column."
)
RIVALS = N_("For %(field)s “%(column)s” was taken; this would fit, too: %(others)s. Check it, or say another column.")
UNATTRIBUTED = N_(
    "No column holds the customer's code, so that no row counts for an account. Where the name under “%(column)s” is "
    "all there is, say that it serves account."
)
Notes = tuple[tuple[str, dict[str, str]], ...]

_BRACKETED = re.compile(r"[(\[{（【][^)\]}）】]*[)\]}）】]")


@dataclass(frozen=True)
class Match:
    """`fields`: field → heading; `left_out`: the headings that serve no field, in the file's order; `by_content`: the
    fields whose column no heading tells; `notes`: (msgid, params) about guesses that a person should look at."""

    fields: dict[str, str]
    left_out: tuple[str, ...]
    by_content: frozenset[str] = frozenset()
    notes: tuple[tuple[str, dict[str, str]], ...] = ()


def heading_key(heading: str) -> str:
    """A heading without case, spaces and punctuation: `Invoice No.` and `invoice_no` are one."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(sign for sign in text if sign.isalnum())


def match_columns(
    kind: str,
    columns: Sequence[str],
    *,
    given: Mapping[str, str] | None = None,
    sample: Sequence[Sequence[str | None]] = (),
) -> Match:
    """Match the fields of `kind` to `columns`; `given` (field → heading, empty to leave a field out) wins over guesses.

    With rows of the file as `sample`, required fields that no heading tells are guessed from what the columns hold,
    where only one column can be meant. Refused where a field or heading does not exist, a heading that is wanted
    stands twice, or a required field has no column.
    """
    what = kind_named(kind)
    said = _given(what, columns, given or {})
    fields = said | _guesses(what, columns, taken=said, left_alone=set(given or {}))
    told = by_content(what, columns, sample, fields=fields, left_alone=set(given or {}))
    fields |= told
    _refuse_missing(what, fields, columns)
    _refuse_double(fields, columns)
    ordered = {name: fields[name] for name in what.names if name in fields}
    left = _left_out(columns, set(ordered.values()))
    notes = (*_content_notes(told), *_rival_notes(what, ordered, left, set(given or {})), *_account_note(what, ordered))
    return Match(ordered, left, frozenset(told), notes)


def _left_out(columns: Sequence[str], used: set[str]) -> tuple[str, ...]:
    """The headings that serve nothing; the reasons that a file of refused rows brings back are passed over."""
    left = [column for column in columns if column and column not in used]
    if left and left[-1] == REASON and next(filter(None, reversed(columns))) == REASON:
        left.pop()
    return tuple(left)


def _content_notes(told: Mapping[str, str]) -> Notes:
    return tuple((BY_CONTENT, {"field": name, "column": column[:60]}) for name, column in told.items())


def _rival_notes(kind: Kind, fields: Mapping[str, str], left: Sequence[str], given: set[str]) -> Notes:
    """Of values that count: what was taken where another column would fit the field, too."""
    notes = []
    for field in kind.fields:
        if field.name not in fields or field.name in given or field.type in ("text", "choice"):
            continue
        keys = {key for tier in _tiers(kind, field) for key in tier}
        others = [column for column in left if keys & set(_keys(column))]
        if others:
            params = {"field": field.name, "column": fields[field.name][:60], "others": _listed(others)}
            notes.append((RIVALS, params))
    return tuple(notes)


def _account_note(kind: Kind, fields: Mapping[str, str]) -> Notes:
    if kind.field("account_name") and "account_name" in fields and "account" not in fields:
        return ((UNATTRIBUTED, {"column": fields["account_name"][:60]}),)
    return ()


def by_headings(kind: str, columns: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """The fields of `kind` that the headings alone tell, with theirs; and the required ones that none tells."""
    what = kind_named(kind)
    fields = _guesses(what, columns, taken={}, left_alone=set())
    return fields, _missing(what, fields)


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
    for field in open_fields:
        if field.name in free:
            found[field.name] = field.name
            del free[field.name]
    for tier in range(4):
        for field in open_fields:
            column = _best(_tiers(kind, field)[tier], free) if field.name not in found else None
            if column is not None:
                found[field.name] = column
                del free[column]
    return found


def _tiers(kind: Kind, field: Field) -> tuple[tuple[str, ...], ...]:
    """The keys of the headings of a field: those that say exactly what it is, its own, common ones, and the last."""
    return _keys_of(kind.name, field.name, field.headings)


@cache
def _keys_of(kind: str, field: str, headings: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    tiers = (exact(kind, field), (field,), headings, last(kind, field))
    return tuple(tuple(heading_key(heading) for heading in tier) for tier in tiers)


def _keys(column: str) -> tuple[str, ...]:
    """The heading's key, then that of the heading without what stands in brackets, such as a unit."""
    keys = (heading_key(column), heading_key(_BRACKETED.sub("", column)))
    return keys if keys[1] and keys[0] != keys[1] else keys[:1]


def _best(keys: Sequence[str], free: Mapping[str, tuple[str, ...]]) -> str | None:
    places = {key: place for place, key in reversed(list(enumerate(keys)))}
    ranked = [
        (places[key], position, order, column)
        for order, (column, own) in enumerate(free.items())
        for position, key in enumerate(own)
        if key in places
    ]
    return min(ranked)[3] if ranked else None


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
