"""What the ledger's refusals say on a page, where what to do is a choice there and no option of a command."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mainstay.core.errors import N_, Refused
from mainstay.ledger.reading import KINDS
from mainstay.web.figures import day, number

# By the names of a refusal's parameters.
_HERE: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset({"units", "document", "batch", "old", "new"}),
        N_(
            "%(units)s documents are in the ledger already with other content, first %(document)s (%(file)s, row "
            "%(row)s): batch %(batch)s says %(old)s in all, the file %(new)s. Nothing was imported. Choose below "
            "which counts."
        ),
    ),
    (
        frozenset({"count", "rows", "why"}),
        N_(
            "%(count)s of %(rows)s rows cannot be used. First: %(file)s, row %(row)s, column %(column)s: %(why)s "
            "Nothing was imported. Mend the file, or choose below to import the other rows."
        ),
    ),
)
_GAPS = N_(
    "Rates to %(reporting)s are missing: %(missing)s. A line takes the latest rate on or before its day that is not "
    "older than %(oldest)s days. Import rates, or type them under Settings, Currencies; then refresh again. "
    "Nothing was published."
)
_MISSING = frozenset({"fields", "columns"})
_LABELS = {field.name: field.label for kind in KINDS.values() for field in kind.fields}


def told(error: Refused) -> str:
    """A refusal in the language of the page."""
    return said(error.message, error.params)


def said(message: str, params: Mapping[str, Any]) -> str:
    names = params.keys()
    if names == _MISSING:
        labels = [_(_LABELS.get(name, name)) for name in str(params["fields"]).split(", ")]
        text = _("No column was found for: %(fields)s. Choose the columns below.") % {"fields": ", ".join(labels)}
        more = _("Quantity and unit price together will do for the amount.") if "amount" in message else ""
        return f"{text} {more}".strip()
    if "gaps" in names:
        return _(_GAPS) % {**params, "missing": "; ".join(_gap(gap) for gap in str(params["gaps"]).split(";"))}
    for wanted, here in _HERE:
        if wanted <= names:
            message = here
    text = _(message)
    return text % params if params else text


def _gap(text: str) -> str:
    """A currency without rates, with its days and lines, as `nightly.reporting_currency` tells it."""
    currency, first, last, days, lines = text.split(" ")
    count = int(days)
    told = ngettext(
        "%(currency)s on %(first)s (lines: %(lines)s)",
        "%(currency)s on %(days)s days from %(first)s to %(last)s (lines: %(lines)s)",
        count,
    )
    return told % {
        "currency": currency,
        "first": day(date.fromisoformat(first)),
        "last": day(date.fromisoformat(last)),
        "days": number(count),
        "lines": number(int(lines)),
    }


def missing_fields(error: Refused) -> list[str]:
    """The required fields that no column serves, where that is what was refused."""
    return str(error.params["fields"]).split(", ") if error.params.keys() == _MISSING else []


def warnings(found: Sequence[Sequence[Any]]) -> list[str]:
    return [said(message, params) for message, params in found]
