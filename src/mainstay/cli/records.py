"""Records of many accounts, a part at a time: 400,000 of them with their texts would fill the memory."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pyarrow as pa
from django.utils.translation import get_language

from mainstay.accounts.models import Account
from mainstay.core.wording import Wording
from mainstay.grading.marts.engine import reading
from mainstay.grading.marts.files import file_of
from mainstay.grading.models import Refresh
from mainstay.grading.playbook import PLAYBOOK
from mainstay.grading.records import AccountRecord, account_records

CHUNK = 20_000
_NAMES = [item.name for item in fields(AccountRecord) if item.name not in ("reasons", "figures")]
FIELDS = ["class" if name == "account_class" else name for name in _NAMES]

# Where a record's key is kept, beside the account mart itself.
_OF_ACCOUNT = ("name", "held_class")
_OF_PLAY = ("strategy", "target")
_NOWHERE = {"state": "NULL::VARCHAR", "rung": "CASE WHEN first_order IS NOT NULL THEN 1 END"}
# The largest and the latest first; texts, ranks and classes from the beginning, the first order from the oldest.
_FALLING = frozenset(
    (
        *("score", "attractiveness", "potential", "sales", "profit", "sales_share", "last_order", "orders", "products"),
        *("goods_cost", "booked_cost", "modelled_cost", "profit_after_model"),
    )
)
# What holds several figures has no order.
ORDERS = tuple(name for name in FIELDS if name not in ("costs", "model"))


def in_language(wording: Wording) -> str:
    """In the language of whoever reads."""
    return wording.in_language(get_language() or "en")


def told(refresh: Refresh, *, order: str, limit: int | None) -> Iterator[dict[str, Any]]:
    """What `show accounts` tells, in an order of ORDERS, with a minus the other way round; ties by code."""
    codes = _codes(refresh, order, limit)
    for start in range(0, len(codes), CHUNK):
        part = codes[start : start + CHUNK]
        found = account_records(refresh, Account.objects.filter(code__in=part), order="code")
        by_code = {record.code: record for record in found}
        # An account that was taken away meanwhile, by undo of an import, is left out.
        yield from (by_code[code].told(reasons=False) for code in part if code in by_code)


def _codes(refresh: Refresh, order: str, limit: int | None) -> list[str]:
    """The codes of all accounts, or of the first `limit`, in order."""
    key = order.removeprefix("-")
    direction = "DESC" if (key in _FALLING) != order.startswith("-") else "ASC"
    with reading() as connection:
        connection.execute("CREATE TEMP TABLE mart AS FROM read_parquet(?)", [file_of(refresh, "accounts")])
        if key in _OF_ACCOUNT:
            connection.register("beside", _of_accounts(key))
        elif key in _OF_PLAY:
            connection.register("beside", _of_plays(key))
        source = {_OF_ACCOUNT: "LEFT JOIN beside USING (code)", _OF_PLAY: "LEFT JOIN beside USING (cell)"}
        join = next((text for keys, text in source.items() if key in keys), "")
        expression = _NOWHERE.get(key, f'"{key}"')
        found = connection.execute(
            f"SELECT code FROM mart {join} ORDER BY {expression} {direction} NULLS LAST, code LIMIT ?",
            [limit if limit is not None else 2**62],
        )
        return [code for (code,) in found.fetchall()]


def _of_accounts(key: str) -> pa.Table:
    rows = list(Account.objects.order_by().values_list("code", key).iterator(chunk_size=CHUNK))
    kind = pa.string() if key == "name" else pa.int64()
    return pa.table(
        {"code": pa.array([code for code, _ in rows], pa.string()), key: pa.array([v for _, v in rows], kind)}
    )


def _of_plays(key: str) -> pa.Table:
    values = [in_language(play.strategy) if key == "strategy" else play.target for play in PLAYBOOK.values()]
    return pa.table({"cell": pa.array(list(PLAYBOOK), pa.string()), key: pa.array(values, pa.string())})
