"""Accounts merged by aliases: lines under one code count for another account. The ledger itself stays as it came."""

from collections.abc import Mapping

import ibis
import pyarrow as pa
from ibis.expr.types import Table


def merged(lines: Table, ends: Mapping[str, str]) -> Table:
    """The same lines, those under an alias with the code of its account. Without aliases nothing is done."""
    if not ends:
        return lines
    columns = {"merged_code": list(ends), "merged_end": list(ends.values())}
    pairs = ibis.memtable(pa.table({name: pa.array(codes, pa.string()) for name, codes in columns.items()}))
    told = lines.left_join(pairs, lines["account"] == pairs["merged_code"])
    return told.mutate(account=ibis.coalesce(told["merged_end"], told["account"])).select(*lines.columns)
