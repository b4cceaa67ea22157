"""Short ways for tests to import files and to read what the ledger then holds."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from mainstay.ledger.engine import opened
from mainstay.ledger.selectors import cost_lines, sales_lines
from mainstay.ledger.services import Order, Outcome, Upload, import_files

TINY = Path(__file__).parent.parent / "data" / "tiny"
HEAD = "document,line,date,account,product,quantity,amount,cost\n"
WHOLE = "document,date,account,amount\n"


def bring(kind: str, *paths: Path, **options: Any) -> Outcome:
    """Import files with the options of an `Order`."""
    return import_files(order=Order(kind=kind, uploads=[Upload(path, path.name) for path in paths], **options))


def bring_text(folder: Path, kind: str, text: str, *, name: str = "file.csv", **options: Any) -> Outcome:
    """Import a file of this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return bring(kind, path, **options)


def bring_tiny(**options: Any) -> list[Outcome]:
    return [bring(kind, TINY / f"{kind}.csv", **options) for kind in ("accounts", "sales", "costs")]


def held(kind: str = "sales") -> Counter[tuple[Any, ...]]:
    """The lines that count: of sales (source, document, line, date, account, amount), of costs (reference, account,
    kind, amount)."""
    columns = {
        "sales": ("source", "document", "line", "date", "account", "amount"),
        "costs": ("reference", "account", "kind", "amount"),
    }[kind]
    with opened() as engine:
        table = sales_lines(engine) if kind == "sales" else cost_lines(engine)
        rows = table.select(*columns).to_pyarrow().to_pylist()
    return Counter(tuple(row[column] for column in columns) for row in rows)


def amounts() -> list[Any]:
    """The amounts of the sales lines that count, ascending."""
    return sorted(row[-1] for row in held().elements())


def line(document: str, number: str | None, day: str, account: str | None, amount: str) -> tuple[Any, ...]:
    return ("default", document, number, date.fromisoformat(day), account, Decimal(amount).quantize(Decimal("0.0001")))
