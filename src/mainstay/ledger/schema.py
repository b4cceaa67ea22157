"""The columns of the ledger's Parquet files, and what makes a unit."""

from dataclasses import dataclass

SALES_COLUMNS = {
    "source": "VARCHAR",
    "document": "VARCHAR",
    "line": "VARCHAR",
    "date": "DATE",
    "account": "VARCHAR",
    "product": "VARCHAR",
    "quantity": "DECIMAL(18,6)",
    "unit_price": "DECIMAL(18,6)",
    "amount": "DECIMAL(18,4)",
    "cost": "DECIMAL(18,4)",
    "currency": "VARCHAR",
    "batch": "INTEGER",
}
COST_COLUMNS = {
    "source": "VARCHAR",
    "unit": "VARCHAR",
    "reference": "VARCHAR",
    "date": "DATE",
    "account": "VARCHAR",
    "kind": "VARCHAR",
    "amount": "DECIMAL(18,4)",
    "currency": "VARCHAR",
    "note": "VARCHAR",
    "batch": "INTEGER",
}
IBIS_TYPES = {
    "VARCHAR": "string",
    "DATE": "date",
    "INTEGER": "int32",
    "DECIMAL(18,6)": "decimal(18, 6)",
    "DECIMAL(18,4)": "decimal(18, 4)",
}


@dataclass(frozen=True)
class Lines:
    """How lines of one kind are kept.

    A unit is (`whole`, `part`): a document and its line, where the file numbers lines (`part` is NULL where the
    document is stated whole); for costs a reference, or the row itself where there is none. `content` is what
    two units are compared by.
    """

    kind: str
    columns: dict[str, str]
    whole: str
    part: str
    content: tuple[str, ...]


SALES = Lines(
    kind="sales",
    columns=SALES_COLUMNS,
    whole="document",
    part="line",
    content=("date", "account", "product", "quantity", "unit_price", "amount", "cost", "currency"),
)
COSTS = Lines(
    kind="costs",
    columns=COST_COLUMNS,
    whole="unit",
    part="NULL::VARCHAR",
    content=("date", "account", "kind", "amount", "currency", "note"),
)
LINES = {"sales": SALES, "costs": COSTS}
