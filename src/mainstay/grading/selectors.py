"""Everything that reads refreshes and gradings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Substr

from mainstay.accounts.access import visible
from mainstay.accounts.models import Account
from mainstay.core.errors import N_, NotFound
from mainstay.grading.listing import EVERYTHING, Filters, narrowed, standings_of
from mainstay.grading.marts import accounts as mart
from mainstay.grading.models import CELLS, Refresh, RefreshState, Standing
from mainstay.people.models import User

# A list of choices longer than this helps nobody to choose.
CHOICES = 500
CHOSEN = ("country", "region", "industry")


def current_refresh() -> Refresh | None:
    """The refresh that pages show; None before the first one."""
    return Refresh.objects.filter(current=True).first()


def published_days() -> list[date]:
    """The as-of dates there are, newest first."""
    published = Refresh.objects.filter(state=RefreshState.PUBLISHED)
    return list(published.order_by("-as_of").values_list("as_of", flat=True).distinct())


def refresh_of(as_of: date | None = None) -> Refresh:
    """The latest refresh of a day, or the current one. Raises NotFound naming the days there are."""
    if as_of is None:
        found = current_refresh()
    else:
        found = Refresh.objects.filter(state=RefreshState.PUBLISHED, as_of=as_of).order_by("-pk").first()
    if found is not None:
        return found
    days = published_days()
    if as_of is None or not days:
        raise NotFound(N_("Nothing was refreshed yet. Import sales, then run: mainstay refresh."))
    raise NotFound(
        N_("%(day)s was not refreshed. Days there are: %(days)s."),
        day=as_of.isoformat(),
        days=", ".join(day.isoformat() for day in days),
    )


@dataclass(frozen=True)
class Cell:
    """What stands in one cell of the matrix."""

    accounts: int
    sales: Decimal
    profit: Decimal

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(self.accounts + other.accounts, self.sales + other.sales, self.profit + other.profit)


EMPTY = Cell(0, Decimal("0.0000"), Decimal("0.0000"))


@dataclass(frozen=True)
class Matrix:
    """All 18 cells, and what they hold together."""

    as_of: date
    cells: dict[str, Cell]

    @property
    def total(self) -> Cell:
        return sum(self.cells.values(), EMPTY)


def matrix(refresh: Refresh, *, user: User | None = None, filters: Filters = EVERYTHING) -> Matrix:
    """The matrix of the accounts that `user` may see (None: of the whole company) and that the filters leave."""
    if user is None or (not filters and sees_everything(user)):
        found = {cell: Cell(told["accounts"], *_money(told)) for cell, told in refresh.matrix.items()}
    elif refresh.current:
        found = _of_standings(standings_of(user, refresh, filters))
    else:
        found = {cell: Cell(*sums) for cell, sums in mart.cells(refresh, codes_for(user, filters)).items()}
        found = {cell: sums for cell, sums in found.items() if filters.cells is None or cell in filters.cells}
    return Matrix(refresh.as_of, {cell: found.get(cell, EMPTY) for cell in CELLS})


def codes_for(user: User, filters: Filters = EVERYTHING) -> pa.Table | None:
    """The codes of the accounts that `user` may see and the filters leave, for `grading.marts`; None: of all.

    Of the filters those of the account itself count: cell, class, letter and active are the grading's.
    """
    scope = narrowed(visible(user), filters)
    return mart.codes_of(scope) if scope.query.has_filters() else None


def sees_everything(user: User) -> bool:
    """Whether no account is hidden from `user`."""
    return not visible(user).query.has_filters()


def _of_standings(standings: QuerySet[Standing]) -> dict[str, Cell]:
    # Grouped by an expression: by the bare column SQLite goes through the accounts in the order of their cells.
    rows = standings.values_list(Substr("cell", 1, 2)).annotate(Count("pk"), Sum("sales"), Sum("profit")).order_by()
    return {cell: Cell(count, sales, profit) for cell, count, sales, profit in rows}


def _money(told: Mapping[str, Any]) -> tuple[Decimal, Decimal]:
    return Decimal(told["sales"]), Decimal(told["profit"])


def filter_choices(user: User) -> dict[str, list[Any]]:
    """What the filters of a list offer: countries, regions, industries, and owners as (id, name), in order."""
    whole = sees_everything(user)
    scope = visible(user).order_by()
    found: dict[str, list[Any]] = {
        name: _values_of_all(name)
        if whole
        else list(scope.exclude(**{name: ""}).values_list(name, flat=True).distinct().order_by(name)[:CHOICES])
        for name in CHOSEN
    }
    owned = Account.objects.filter(owner=OuterRef("pk")) if whole else scope.filter(owner__isnull=False)
    owners = User.objects.filter(Exists(owned) if whole else Q(pk__in=owned.values("owner")))
    return found | {"owner": list(owners.order_by("name").values_list("pk", "name")[:CHOICES])}


def _values_of_all(name: str) -> list[str]:
    """The distinct values of an indexed column of all accounts, leaping from each to the next in the index."""
    column, table = connection.ops.quote_name(name), connection.ops.quote_name(Account._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH RECURSIVE leap(value) AS (
                SELECT min({column}) FROM {table} WHERE {column} > ''
                UNION ALL
                SELECT (SELECT min({column}) FROM {table} WHERE {column} > leap.value)
                FROM leap WHERE leap.value IS NOT NULL
            )
            SELECT value FROM leap WHERE value IS NOT NULL LIMIT %s
            """,
            [CHOICES],
        )
        return [value for (value,) in cursor.fetchall()]
