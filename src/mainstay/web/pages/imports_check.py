"""What importing an upload would do."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import get_language, gettext

from mainstay.core.errors import Refused
from mainstay.jobs.messages import plain
from mainstay.ledger.models import Head
from mainstay.ledger.orders import MonthSum
from mainstay.ledger.reading import kind_named
from mainstay.ledger.services import Outcome, import_files
from mainstay.ledger.writer import Progress, no_progress
from mainstay.people.models import User
from mainstay.web.pages.imports_uploads import Pending, save, turn
from mainstay.web.pages.imports_words import said

# Up to so many bytes an upload is looked at and checked while its page is made; a job does it for a larger one.
AT_ONCE = 4 << 20
SHOWN_REFUSALS = 8
SHOWN_MONTHS = 24


@dataclass(frozen=True)
class Refusal:
    file: str
    row: int
    column: str
    value: str
    why: str


@dataclass(frozen=True)
class Side:
    """What one side says of a unit. `last_day` is None where all its lines are of one day."""

    lines: int
    amount: Decimal
    day: date
    last_day: date | None
    accounts: str


@dataclass(frozen=True)
class Difference:
    """A unit that the ledger holds with other content: what it (`batch`) and the file say, and in what they differ.

    `line` is its number, blank for a document that counts as a whole.
    """

    document: str
    line: str
    file: str
    row: int
    batch: int
    fields: list[str]
    old: Side
    new: Side


@dataclass(frozen=True)
class ChangeView:
    """What a field of something known becomes."""

    about: str
    field: str
    before: str
    now: str


@dataclass(frozen=True)
class MonthView:
    """`share` of the month with the largest amount of its currency."""

    month: date
    currency: str
    lines: int
    amount: Decimal
    share: Decimal


@dataclass(frozen=True)
class CheckView:
    """What a dry run told; `wrong` where the files cannot be imported as they are chosen."""

    counts: Mapping[str, int]
    left_out: Sequence[str]
    refusals: list[Refusal]
    warnings: list[str]
    months: list[MonthView]
    differences: list[Difference]
    changes: list[ChangeView]
    wrong: str = ""
    file: bool = False

    @property
    def refused(self) -> int:
        return self.counts.get("refused", 0)

    @property
    def more_refused(self) -> int:
        """Refused rows beside those that are shown."""
        return max(self.refused - len({(one.file, one.row) for one in self.refusals}), 0)

    @property
    def conflicts(self) -> int:
        return self.counts.get("conflicts", 0)

    @property
    def conflict_rows(self) -> int:
        return self.counts.get("kept", 0) + self.counts.get("replaced", 0)

    @property
    def usable(self) -> bool:
        """Whether there is anything to import at all."""
        return not self.wrong and self.counts.get("rows", 0) > self.refused

    @property
    def nothing_new(self) -> bool:
        counts = self.counts
        return self.usable and not (
            counts.get("new") or counts.get("changed") or self.conflicts or self.refused or counts.get("accounts")
        )

    @property
    def earlier_months(self) -> int:
        return max(len(self.months) - SHOWN_MONTHS, 0)

    @property
    def month_rows(self) -> list[MonthView]:
        return self.months[:SHOWN_MONTHS]


def known_check(pending: Pending) -> CheckView | None:
    """What the last dry run told, if it was of these choices and the ledger is as it was."""
    check = pending.check
    return _view(pending, check) if check is not None and check["key"] == key_of(pending) else None


def check(pending: Pending, person: User, progress: Progress = no_progress) -> CheckView:
    """Find out what importing would do, and keep it; changes nothing. Raises NotAllowed.

    The choices may change meanwhile: what was found out by others is thrown away.
    """
    key, refused = key_of(pending), errors_file(pending)
    try:
        found = _found(pending, person, refused, progress)
        with turn(pending) as current:
            if key_of(current) == key:
                pending.refused.unlink(missing_ok=True)
                if refused.is_file():
                    refused.replace(pending.refused)
                current = replace(current, check={"key": key} | found)
                save(current)
            return _view(current, {"key": key} | found)
    finally:
        refused.unlink(missing_ok=True)


def _found(pending: Pending, person: User, refused: Path, progress: Progress) -> dict[str, Any]:
    try:
        # Whichever is chosen for documents in conflict, what is told is the same.
        order = replace(pending.order(person, dry_run=True, errors_to=refused), on_conflict="fail")
        outcome = import_files(order=order, progress=progress, translate=gettext)
    except Refused as error:
        return {"wrong": [error.message, plain(error.params)]}
    return {
        "counts": outcome.counts,
        "left_out": list(outcome.left_out),
        "refusals": [_plain_refusal(one) for one in outcome.refusals[:SHOWN_REFUSALS]],
        "warnings": plain_warnings(outcome),
        "months": [[one.month.isoformat(), one.currency, one.lines, str(one.amount)] for one in outcome.months],
        "conflicts": list(outcome.conflicts),
        "changes": [asdict(one) for one in outcome.changes],
    }


def errors_file(pending: Pending) -> Path:
    """Where one run writes refused rows, until it is known whether they are of interest."""
    return pending.folder / f"refused-{secrets.token_hex(8)}"


def plain_warnings(outcome: Outcome) -> list[list[Any]]:
    return [[message, plain(params)] for message, params in outcome.warnings]


def key_of(pending: Pending) -> list[Any]:
    """What a dry run depends on."""
    revision = Head.objects.values_list("revision", flat=True).first() or 0
    choices = asdict(pending.choices)
    return [pending.kind, choices["given"], choices["hints"], revision, get_language()]


def _view(pending: Pending, found: Mapping[str, Any]) -> CheckView:
    wrong = found.get("wrong")
    return CheckView(
        counts=found.get("counts", {}),
        left_out=found.get("left_out", ()),
        refusals=[_refusal(one) for one in found.get("refusals", ())],
        warnings=[said(message, params) for message, params in found.get("warnings", ())],
        months=_months(found.get("months", ())),
        differences=[_difference(pending.kind, one) for one in found.get("conflicts", ())],
        changes=[_change(pending.kind, one) for one in found.get("changes", ())],
        wrong=said(*wrong) if wrong else "",
        file=pending.refused.is_file(),
    )


def _refusal(one: Mapping[str, Any]) -> Refusal:
    return Refusal(
        one["file"], one["row"], one["column"] or "", one["value"] or "", said(one["problem"], one["params"])
    )


def _plain_refusal(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("file", "row", "column", "value", "problem", "params")}


def _months(found: Sequence[Sequence[Any]]) -> list[MonthView]:
    return month_views([MonthSum(date.fromisoformat(one[0]), one[1], one[2], Decimal(one[3])) for one in found])


def month_views(sums: Sequence[MonthSum]) -> list[MonthView]:
    """The same with shares."""
    most: dict[str, Decimal] = {}
    for one in sums:
        most[one.currency] = max(most.get(one.currency, Decimal(0)), abs(one.amount))
    return [
        MonthView(one.month, one.currency, one.lines, one.amount, abs(one.amount) / (most[one.currency] or 1))
        for one in sums
    ]


def _change(kind: str, one: Mapping[str, str]) -> ChangeView:
    field = kind_named(kind).field(one["field"])
    before, now = (
        {"yes": gettext("yes"), "no": gettext("no")}.get(one[side], one[side])
        if one["field"] == "no_product"
        else one[side]
        for side in ("before", "now")
    )
    return ChangeView(one["about"], gettext(field.label) if field else one["field"], before, now)


def _difference(kind: str, one: Mapping[str, Any]) -> Difference:
    labels = {"lines": gettext("Lines")} | {field.name: gettext(field.label) for field in kind_named(kind).fields}
    return Difference(
        document=one["document"],
        line=one["line"],
        file=one["file"],
        row=one["row"],
        batch=one["batch"],
        fields=[labels[name] for name in one["fields"]],
        old=_side(one["old"]),
        new=_side(one["new"]),
    )


def _side(told: Mapping[str, Any]) -> Side:
    return Side(
        lines=told["lines"],
        amount=Decimal(told["amount"]),
        day=date.fromisoformat(told["date"]),
        last_day=date.fromisoformat(told["last_date"]) if told["last_date"] else None,
        accounts=", ".join(told["accounts"]),
    )
