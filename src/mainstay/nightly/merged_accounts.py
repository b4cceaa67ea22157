"""Accounts merged by aliases: lines under one code count for another account. The ledger itself stays as it came."""

from collections.abc import Mapping

import ibis
import pyarrow as pa
from ibis.expr.types import Table


def merged(lines: Table, ends: Mapping[str, str]) -> Table:
    """The same lines, those under an alias with the code of its account. Without aliases nothing is done."""
    if not ends:
        return lines
    pairs = ibis.memtable(pa.table({"alias": pa.array(ends, pa.string()), "end": pa.array(ends.values(), pa.string())}))
    told = lines.left_join(pairs, lines.account == pairs.alias)
    return told.mutate(account=ibis.coalesce(told.end, told.account)).select(*lines.columns)
