"""The columns that the list of accounts can show: which there are, which somebody chose, what stands in them."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mainstay.core.errors import N_, Refused
from mainstay.grading.listing import UNGRADED_ORDERS, Row

COOKIE = "accounts-columns"
# In the address: take away what was chosen.
STANDARD = "standard"


@dataclass(frozen=True)
class Estimate:
    """A value that rests on the relationship, and whether that is estimated."""

    value: Any
    estimated: bool


@dataclass(frozen=True)
class Column:
    """`kind` is how the template writes it. `order` is the name it is sorted by, empty where it is not."""

    name: str
    label: str | Promise
    kind: str
    order: str = ""
    numeric: bool = False

    def value(self, row: Row) -> Any:
        """What stands in it: the field of its name, the whole row for what takes several."""
        if self.kind in ("class", "growth"):
            return row
        value = getattr(row, self.name)
        return Estimate(value, row.letter_basis != "assessed") if self.kind in ("cell", "score") else value


ALL = (
    Column("code", _("Code"), "text", "code"),
    Column("cell", _("Cell"), "cell", "cell"),
    Column("account_class", _("Class"), "class", "class"),
    Column("sales", _("Sales"), "bar", "sales", numeric=True),
    Column("sales_before", _("Sales before"), "money", "sales_before", numeric=True),
    Column("growth", _("Change"), "growth", numeric=True),
    Column("profit", _("Profit"), "money", "profit", numeric=True),
    Column("score", _("Score"), "score", "score", numeric=True),
    Column("attractiveness", _("Attractiveness"), "count", "attractiveness", numeric=True),
    Column("potential", _("Potential"), "count", "potential", numeric=True),
    Column("rank", _("Rank"), "count", "rank", numeric=True),
    Column("orders", _("Orders"), "count", "orders", numeric=True),
    Column("first_order", _("First order"), "day", "first_order"),
    Column("last_order", _("Last order"), "day", "last_order"),
    Column("owner_name", _("Owner"), "text", "owner"),
    Column("country", _("Country"), "text", "country"),
    Column("region", _("Region"), "text", "region"),
    Column("industry", _("Industry"), "text", "industry"),
)
USUAL = ("code", "cell", "sales", "growth", "profit", "score", "last_order", "owner_name")
_NAMES = {column.name for column in ALL}


def columns_of(request: HttpRequest, *, graded: bool) -> list[Column]:
    """Those chosen in this browser, else the usual ones; before the first refresh those an account has by itself."""
    kept = request.COOKIES.get(COOKIE) or None
    chosen = set(USUAL if kept is None else kept.split("."))
    if not graded:
        chosen |= {"country", "region", "industry"} if kept is None else set()
        return [column for column in ALL if column.name in chosen and column.order in UNGRADED_ORDERS]
    return [column for column in ALL if column.name in chosen]


def columns_asked(names: list[str]) -> str | None:
    """What the cookie shall hold for the columns of an address; None for the usual ones. Refused for unknown ones."""
    if names == [STANDARD]:
        return None
    wanted = [name for name in names if name]
    for name in wanted:
        if name not in _NAMES:
            raise Refused(
                N_("There is no column “%(column)s”. Choose from: %(columns)s."),
                column=name[:40],
                columns=", ".join(column.name for column in ALL),
            )
    return ".".join(dict.fromkeys(wanted))
