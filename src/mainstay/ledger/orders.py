"""What is to be imported and how, and what became of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings

from mainstay.accounts.permissions import check_may_set
from mainstay.accounts.statements import Change
from mainstay.core.errors import N_, NotAllowed, Refused
from mainstay.ledger.models import Batch, Kind
from mainstay.ledger.reading import Hints, Match, SourceFile, Staged
from mainstay.ledger.reading.totals import LEFT_OUT
from mainstay.ledger.schema import LINES
from mainstay.people.models import User

ON_CONFLICT = ("fail", "replace", "keep")


@dataclass(frozen=True)
class Upload:
    """A file to import, and what its user calls it."""

    path: Path
    name: str


def nothing_more(outcome: "Outcome") -> None:
    """Nothing is to be done with an import beside the import."""


@dataclass(frozen=True)
class Order:
    """What is to be imported, and how. `mapping` is field → column heading; `by` is None on the machine itself.

    `with_it` is called in the transaction that makes the batch live, and raises where that is not to be.
    """

    kind: str
    uploads: Sequence[Upload]
    source: str = "default"
    mapping: Mapping[str, str] = field(default_factory=dict)
    hints: Hints = field(default_factory=Hints)
    on_conflict: str = "fail"
    dry_run: bool = False
    allow_errors: bool = False
    errors_to: Path | None = None
    by: User | None = None
    with_it: "Callable[[Outcome], None]" = nothing_more

    def check(self) -> None:
        """Refuse what could not be carried out whatever the files hold."""
        check_may_import(self.by)
        if self.kind not in Kind.values:
            raise Refused(N_("Import one of: %(kinds)s."), kinds=", ".join(Kind.values))
        if self.kind in LINES and settings.MAINSTAY_LEDGER:
            raise Refused(
                N_("Sales and cost lines are read at %(ledger)s (MAINSTAY_LEDGER): write them there."),
                ledger=settings.MAINSTAY_LEDGER.shown,
            )
        if not self.uploads:
            raise Refused(N_("There is no file to import."))
        if self.on_conflict not in ON_CONFLICT:
            raise Refused(N_("On a conflict: %(choices)s."), choices=", ".join(ON_CONFLICT))
        if not self.source.strip() or len(self.source) > 200 or "\x00" in self.source:
            raise Refused(N_("The source needs a name of at most 200 characters."))
        if self.errors_to is not None and any(_same_file(upload.path, self.errors_to) for upload in self.uploads):
            raise Refused(
                N_("%(file)s is a file to import itself. Choose another file for the refused rows."),
                file=self.errors_to,
            )


def _same_file(one: Path, other: Path) -> bool:
    """Whether both are there and one and the same, also by links."""
    return one.exists() and other.exists() and one.samefile(other)


def check_may_import(person: User | None) -> None:
    """NotAllowed for one who may not change the ledger."""
    if person is not None and not (person.is_active and person.may_import):
        raise NotAllowed(N_("Only directors and analysts import files and take imports back."))


@dataclass(frozen=True)
class Reading:
    """The files of an order, recognised, matched and staged."""

    files: Sequence[tuple[SourceFile, Match]]
    staged: Staged

    @property
    def names(self) -> list[str]:
        return [file.name for file, _match in self.files]

    @property
    def left_out(self) -> tuple[str, ...]:
        """Columns that map to nothing, each once."""
        return tuple(dict.fromkeys(column for _file, match in self.files for column in match.left_out))

    @property
    def notes(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """What a person should look at about how the files were understood, each once."""
        styles = zip(self.files, self.staged.styles, strict=True)
        notes: list[tuple[str, dict[str, Any]]] = [
            note for (file, match), style in styles for note in (*file.notes, *match.notes, *style.notes(file.name))
        ]
        for name, part in zip(self.names, self.staged.parts, strict=True):
            notes += [(LEFT_OUT, {"file": name, "row": row, "value": word}) for row, word in part.totals]
        return tuple(note for place, note in enumerate(notes) if note not in notes[:place])

    def check_fields(self, person: User | None) -> None:
        """NotAllowed where a column sets what this person may not set."""
        check_may_set(person, sorted(self.staged.mapped & {"owner", "parent", "team"}))


@dataclass(frozen=True)
class MonthSum:
    """What comes in of one month, in one currency ("" where none is said); `month` is its first day."""

    month: date
    currency: str
    lines: int
    amount: Decimal


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would do on a dry run (`batch` is then None).

    `counts` of lines: rows, refused, new, known, replaced, kept, conflicts (units), accounts and products made,
    without_account where there are such; of accounts and contacts: rows, refused, new, changed, known. `refusals` are
    the first of them, as `reading.describe_refusals` tells them; `warnings` are (msgid, params). A dry run of lines
    also tells the first units that differ from what is held, as `conflicts.conflicts` tells them, and what would come
    in by month; one of other kinds the first `changes`.
    """

    counts: dict[str, int]
    left_out: tuple[str, ...]
    batch: Batch | None = None
    refusals: Sequence[Mapping[str, Any]] = ()
    conflicts: Sequence[Mapping[str, Any]] = ()
    warnings: Sequence[tuple[str, dict[str, Any]]] = ()
    months: Sequence[MonthSum] = ()
    changes: Sequence[Change] = ()
