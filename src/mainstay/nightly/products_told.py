"""What a refresh takes of the products: their categories, and which codes are none."""

import hashlib
from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow.compute as pc
from ibis.expr.types import Table

from mainstay.ledger.products import dimension
from mainstay.ledger.workings import workings


@dataclass(frozen=True)
class Products:
    """`told`: product, category, marked, of those alone that have a category or a mark; `marked`: the codes that are
    no products. Both None where there are none. `basis` is what a refresh keeps of it."""

    told: Table | None
    marked: Table | None
    basis: dict[str, Any]


def products_told() -> Products:
    """Products as they are known now."""
    revision = workings().products_revision
    table = dimension()
    marked = table.filter(table["marked"]).select(["product"])
    seen = hashlib.sha256()
    for row in table.to_pylist():
        seen.update(f"{row['product']}\x00{row['category'] or ''}\x00{row['marked']}\n".encode())
    return Products(
        told=ibis.memtable(table) if table.num_rows else None,
        marked=ibis.memtable(marked) if marked.num_rows else None,
        basis={
            "products": seen.hexdigest() if table.num_rows else "",
            "no_products": int(pc.sum(table["marked"]).as_py() or 0),
            "products_revision": revision,
        },
    )
