"""What importing an upload would do, and doing it: once, however often it is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.utils.translation import get_language, gettext

from mainstay.core.errors import Refused
from mainstay.ledger.models import Head
from mainstay.ledger.services import import_files
from mainstay.people.models import User
from mainstay.people.services import audit_record
from mainstay.web.pages.imports_uploads import Pending, drop_files, save, turn
from mainstay.web.pages.imports_words import said

# Up to so many bytes an upload is checked while its page is made; the check of a larger one follows the page.
AT_ONCE = 4 << 20
SHOWN_REFUSALS = 20


@dataclass(frozen=True)
class Refusal:
    file: str
    row: int
    column: str
    value: str
    why: str


@dataclass(frozen=True)
class CheckView:
    """What a dry run told; `wrong` where the files cannot be imported as they are chosen."""

    counts: Mapping[str, int]
    left_out: Sequence[str]
    refusals: list[Refusal]
    warnings: list[str]
    wrong: str = ""
    file: bool = False

    @property
    def refused(self) -> int:
        return self.counts.get("refused", 0)

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


def known_check(pending: Pending) -> CheckView | None:
    """What the last dry run told, if it was of these choices and the ledger is as it was."""
    check = pending.check
    return _view(pending, check) if check is not None and check["key"] == _key(pending) else None


def check(pending: Pending, person: User) -> tuple[Pending, CheckView]:
    """Find out what importing would do; changes nothing. Raises NotAllowed."""
    with turn(pending) as current:
        known = known_check(current)
        if known is not None:
            return current, known
        key = _key(current)
        current.refused.unlink(missing_ok=True)
        try:
            outcome = import_files(order=current.order(person, dry_run=True), translate=gettext)
        except Refused as error:
            found: dict[str, Any] = {"wrong": [error.message, _plain(error.params)]}
        else:
            found = {
                "counts": outcome.counts,
                "left_out": outcome.left_out,
                "refusals": [_plain_refusal(one) for one in outcome.refusals[:SHOWN_REFUSALS]],
                "warnings": [[message, _plain(params)] for message, params in outcome.warnings],
            }
        current = replace(current, check={"key": key} | found)
        save(current)
        return current, _view(current, current.check or {})


def commit(pending: Pending, person: User) -> int:
    """Import an upload; returns the batch, also where it became one before. Raises Refused with nothing changed."""
    with turn(pending) as current:
        if current.batch is not None:
            return current.batch
        outcome = import_files(order=current.order(person, dry_run=False), translate=gettext)
        batch = outcome.batch
        if batch is None:
            raise RuntimeError("an import that is no dry run makes a batch")
        told = {
            "left_out": outcome.left_out,
            "warnings": [[message, _plain(params)] for message, params in outcome.warnings],
        }
        save(replace(current, batch=batch.pk, told=told))
        drop_files(current)
    audit_record(
        verb="imported",
        about=f"{current.kind} {batch.pk}",
        person=person,
        detail={"source": current.source, "files": [file.name for file in current.files], "counts": outcome.counts},
    )
    return batch.pk


def _key(pending: Pending) -> list[Any]:
    revision = Head.objects.values_list("revision", flat=True).first() or 0
    choices = asdict(pending.choices)
    return [choices["given"], choices["hints"], revision, get_language()]


def _view(pending: Pending, found: Mapping[str, Any]) -> CheckView:
    wrong = found.get("wrong")
    return CheckView(
        counts=found.get("counts", {}),
        left_out=found.get("left_out", ()),
        refusals=[_refusal(one) for one in found.get("refusals", ())],
        warnings=[said(message, params) for message, params in found.get("warnings", ())],
        wrong=said(*wrong) if wrong else "",
        file=pending.refused.is_file(),
    )


def _refusal(one: Mapping[str, Any]) -> Refusal:
    return Refusal(
        one["file"], one["row"], one["column"] or "", one["value"] or "", said(one["problem"], one["params"])
    )


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int) else str(value) for name, value in params.items()}


def _plain_refusal(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("file", "row", "column", "value", "problem", "params")}
