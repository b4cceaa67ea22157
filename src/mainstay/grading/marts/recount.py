"""The marts of the current refresh counted again."""

from decimal import Decimal

import duckdb

from mainstay.core.errors import N_, Refused
from mainstay.core.money import plain
from mainstay.grading.marts.files import NOT_ALWAYS, ORDER, file_of, has_mart
from mainstay.grading.models import Refresh
from mainstay.ledger.engine import duckdb_opened


def check_marts() -> None:
    """They can be read, and add up to the summary that was published with them. Raises Refused."""
    refresh = Refresh.objects.filter(current=True).first()
    if refresh is None:
        return
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
