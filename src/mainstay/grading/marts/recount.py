"""The marts of every refresh that can be shown, counted again."""

from decimal import Decimal

import duckdb

from mainstay.core.errors import N_, Refused
from mainstay.core.money import plain
from mainstay.grading.marts.files import NOT_ALWAYS, ORDER, file_of, folder_of, has_mart
from mainstay.grading.models import Refresh
from mainstay.grading.selectors import published_days, refresh_of
from mainstay.ledger.engine import duckdb_opened
from mainstay.ledger.writer import fingerprint


def check_marts() -> None:
    """They are byte by byte what was published, and add up to what was told with them. Raises Refused."""
    for day in published_days():
        _check_files(refresh_of(day))
    refresh = Refresh.objects.filter(current=True).first()
    if refresh is not None:
        _check_sums(refresh)


def _check_files(refresh: Refresh) -> None:
    """Of a refresh from before fingerprints were kept, nothing is known."""
    for name, told in sorted(refresh.files.items()):
        path = folder_of(refresh) / name
        try:
            found = fingerprint(path)
        except OSError:
            found = (-1, "")
        if found != tuple(told):
            raise Refused(
                N_(
                    "%(path)s is missing or not what was published. Run `mainstay refresh --as-of %(day)s`, or "
                    "restore a backup."
                ),
                path=f"{refresh.folder}/{name}",
                day=refresh.as_of.isoformat(),
            )


def _check_sums(refresh: Refresh) -> None:
    try:
        with duckdb_opened() as connection:
            for name in [name for name in ORDER if name not in NOT_ALWAYS or has_mart(refresh, name)]:
                connection.execute("SELECT count(*) FROM read_parquet(?)", [file_of(refresh, name)])
            accounts, active, sales = connection.execute(
                "SELECT count(*), count(*) FILTER (active), coalesce(sum(sales), 0) FROM read_parquet(?)",
                [file_of(refresh, "accounts")],
            ).fetchone() or (0, 0, Decimal(0))
    except duckdb.Error as error:
        raise Refused(
            N_("The figures of %(day)s cannot be read. Run `mainstay refresh`."), day=refresh.as_of.isoformat()
        ) from error
    told = refresh.summary
    attributed = plain(Decimal(told["sales"]) - Decimal(told["unattributed_sales"]))
    if (accounts, active, plain(sales)) != (told["accounts"], told["active"], attributed):
        raise Refused(
            N_("The figures of %(day)s do not add up to their total. Run `mainstay refresh`."),
            day=refresh.as_of.isoformat(),
        )
