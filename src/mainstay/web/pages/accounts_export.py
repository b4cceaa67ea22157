"""The list of accounts as a CSV file, row by row: what the list holds, all its pages, every column."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any, cast

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mainstay.core.money import plain
from mainstay.grading.listing import Row, standing_list, standing_rows
from mainstay.grading.selectors import current_refresh
from mainstay.people.models import User
from mainstay.people.services import audit_record
from mainstay.web.asked import asked_of, listing_order
from mainstay.web.pages.accounts import LISTED

# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# Tells Excel that the file is UTF-8.
_MARK = "\ufeff"
_FIELDS = (
    "code",
    "name",
    "country",
    "region",
    "industry",
    "owner_name",
    "cell",
    "account_class",
    "held_class",
    "letter",
    "letter_basis",
    "score",
    "attractiveness",
    "potential",
    "sales",
    "sales_before",
    "profit",
    "rank",
    "orders",
    "first_order",
    "last_order",
)
_OF_ACCOUNT = 6


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


@require_safe
def accounts_export(request: HttpRequest) -> StreamingHttpResponse:
    """The rows of the list that the person may see, by the filters and the order of the list."""
    user = cast(User, request.user)
    asked = asked_of(request, *LISTED)
    filters, refresh = asked.filters, current_refresh()
    order = listing_order(asked["order"], graded=refresh is not None)
    count = standing_list(user, refresh, filters=filters, order=order, size=1).totals.accounts
    detail = {**asked.values, "rows": count, "as_of": f"{refresh.as_of:%F}" if refresh else None}
    if request.method == "GET":
        audit_record(verb="accounts exported", about="CSV", person=user, detail=detail)
    rows = standing_rows(user, refresh, filters=filters, order=order)
    names = _FIELDS if refresh else _FIELDS[:_OF_ACCOUNT]
    response = StreamingHttpResponse(_lines(rows, names, _headings()), content_type="text/csv; charset=utf-8")
    day = f"-{refresh.as_of:%F}" if refresh else ""
    response["Content-Disposition"] = f'attachment; filename="accounts{day}.csv"'
    patch_cache_control(response, private=True, no_store=True)
    return response


def cell_text(value: Any) -> str:
    """A value as a spreadsheet shall read it: text stays text by an apostrophe, figures stay figures."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, float):
        return f"{value:.4f}".rstrip("0").rstrip(".")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _lines(rows: Iterator[Row], names: tuple[str, ...], headings: dict[str, str]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield _MARK + writer.writerow([headings[name] for name in names])
    while part := list(islice(rows, 200)):
        yield "".join(writer.writerow([cell_text(getattr(row, name)) for name in names]) for row in part)


def _headings() -> dict[str, str]:
    """In the language of the page: asked for before the answer begins, when it is still known."""
    return {
        "code": _("Code"),
        "name": _("Name"),
        "country": _("Country"),
        "region": _("Region"),
        "industry": _("Industry"),
        "owner_name": _("Owner"),
        "cell": _("Cell"),
        "account_class": _("Class"),
        "held_class": _("Held class"),
        "letter": _("Letter"),
        "letter_basis": _("Basis of the letter"),
        "score": _("Score"),
        "attractiveness": _("Attractiveness"),
        "potential": _("Potential"),
        "sales": _("Sales"),
        "sales_before": _("Sales before"),
        "profit": _("Profit"),
        "rank": _("Rank"),
        "orders": _("Orders"),
        "first_order": _("First order"),
        "last_order": _("Last order"),
    }
