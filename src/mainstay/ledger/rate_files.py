"""Files of exchange rates: what their rows say, and which rates count after an import or an undo."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from mainstay.accounts.statements import MOST_CHANGES, Change, Outcome, as_text
from mainstay.core import clock
from mainstay.core.currencies import RATE_SCALE, currency_code, divided, is_currency_code, is_rate
from mainstay.core.errors import N_
from mainstay.core.rows import RefusedRow
from mainstay.ledger.models import Batch, Rate
from mainstay.ledger.rate_jumps import warnings_of
from mainstay.ledger.reading.cells import NO_CURRENCY
from mainstay.ledger.workings import rates_moved, reporting_currency
from mainstay.ledger.yes_no import NO_YES_NO, yes_no
from mainstay.orm.bulk import chunks, insert_rows, update_rows

Row = Mapping[str, Any]
Key = tuple[str, str, date]
Stated = dict[Key, Decimal]

NO_BASE = N_(
    "The file does not say which currency its rates are to. Give it a column “base”, or choose the currency of figures "
    "first: mainstay currency CODE."
)
NO_RATE = N_("“%(value)s” under “%(column)s” is no rate: it lies above 0 and up to 9,000,000. Correct it.")
ONE_CURRENCY = N_("“%(value)s” under “%(column)s” is the currency that the rate is to, and the rate is not 1.")
SCHEMA = pa.schema(
    {"currency": pa.string(), "base": pa.string(), "day": pa.date32(), "rate": pa.decimal128(19, RATE_SCALE)}
)


def stated(rows: Sequence[Row]) -> tuple[Stated, list[RefusedRow], int]:
    """What the rows say, the last row of a day counting; the rows refused; how many say nothing (1 EUR = 1 EUR)."""
    reporting = reporting_currency()
    found: Stated = {}
    refused, idle = [], 0
    for index, row in enumerate(rows):
        read = _read(index, row, reporting)
        if isinstance(read, RefusedRow):
            refused.append(read)
        elif read is None:
            idle += 1
        else:
            key, rate = read
            found[key] = rate
    return found, refused, idle


def _read(index: int, row: Row, reporting: str) -> tuple[Key, Decimal] | RefusedRow | None:
    def refuse(field: str, problem: str) -> RefusedRow:
        value = row.get(field)
        written = f"{value.normalize():f}" if isinstance(value, Decimal) else value or ""
        return RefusedRow.because(index, field, problem, written)

    of, to = currency_code(row["currency"]), currency_code(row.get("base")) or reporting
    turned = yes_no(row.get("inverse"))
    if not is_currency_code(of):
        return refuse("currency", NO_CURRENCY)
    if not to:
        return refuse("currency", NO_BASE)
    if not is_currency_code(to):
        return refuse("base", NO_CURRENCY)
    if turned is None and row.get("inverse"):
        return refuse("inverse", NO_YES_NO)
    units = row.get("units")
    if units is not None and units <= 0:
        return refuse("units", NO_RATE)
    if not is_rate(row["rate"]) or not is_rate(rate := divided(row["rate"], units or Decimal(1))):
        return refuse("rate", NO_RATE)
    if of == to:
        return None if rate == 1 else refuse("currency", ONE_CURRENCY)
    return ((to, of, row["date"]) if turned else (of, to, row["date"])), rate


def plan_rates(rows: Sequence[Row]) -> Outcome:
    """What writing these rows would do."""
    found, refused, idle = stated(rows)
    known = _imported(found)
    equal = sum(key in known and known[key][1] == rate for key, rate in found.items())
    new = sum(key not in known for key in found)
    changed = [key for key, rate in found.items() if key in known and known[key][1] != rate]
    return Outcome(
        new=new,
        changed=len(changed),
        equal=equal + idle,
        refused=refused,
        changes=[
            Change(f"{of}/{to} {day.isoformat()}", "rate", as_text(known[of, to, day][1]), as_text(found[of, to, day]))
            for of, to, day in changed[:MOST_CHANGES]
        ],
        warnings=warnings_of(found),
    )


def write_rates(rows: Sequence[Row], batch: Batch) -> Outcome:
    """Have these rates count, in the transaction of the commit."""
    outcome = plan_rates(rows)
    _settle(stated(rows)[0], batch)
    return outcome


def load_rates(connection: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> None:
    """`account_facts`: the rates that the batch will be known to have stated, between the currencies it meant."""
    table = [{"currency": of, "base": to, "day": day, "rate": rate} for (of, to, day), rate in stated(rows)[0].items()]
    connection.register("stated_rates", pa.Table.from_pylist(table, SCHEMA))
    connection.execute("CREATE OR REPLACE TEMP TABLE account_facts AS FROM stated_rates ORDER BY ALL")
    connection.unregister("stated_rates")


def reset_rates(own: Iterable[Row], others: Iterable[tuple[Batch, Row]]) -> None:
    """Put the rates `own` back to what other batches say of them, the latest counting; away where none does."""
    wanted = {_key(row) for row in own}
    heirs: dict[Key, tuple[Batch, Decimal]] = {}
    for batch, row in others:
        if (key := _key(row)) in wanted:
            heirs[key] = (batch, row["rate"])
    gone = [pk for key, (pk, *_rest) in _imported(wanted).items() if key not in heirs]
    for part in chunks(gone, 500):
        Rate.objects.filter(pk__in=part).delete()
    by_batch: dict[int, tuple[Batch, Stated]] = {}
    for key, (batch, rate) in heirs.items():
        by_batch.setdefault(batch.pk, (batch, {}))[1][key] = rate
    for batch, rates in by_batch.values():
        _settle(rates, batch)
    rates_moved()


def _settle(rates: Stated, batch: Batch) -> None:
    known, now = _imported(rates), clock.now()
    names = ("currency", "base", "day", "rate", "batch_id", "by_id", "at", "revision")
    insert_rows(
        Rate,
        names,
        [(*key, rate, batch.pk, batch.by_id, now, 0) for key, rate in rates.items() if key not in known],
    )
    update_rows(
        Rate,
        ("rate", "batch_id", "by_id", "at", "revision"),
        [
            (pk, rate, batch.pk, batch.by_id, now, revision + (rate != before))
            for key, rate in rates.items()
            if key in known
            for pk, before, revision in (known[key],)
        ],
    )
    rates_moved()


def _imported(keys: Iterable[Key]) -> dict[Key, tuple[int, Decimal, int]]:
    """Of these the imported rates there are: id, rate, revision."""
    wanted = set(keys)
    if not wanted:
        return {}
    days = [day for _of, _to, day in wanted]
    found = Rate.objects.filter(batch__isnull=False, day__gte=min(days), day__lte=max(days))
    rows = found.values_list("currency", "base", "day", "pk", "rate", "revision")
    return {key: (pk, rate, revision) for *parts, pk, rate, revision in rows if (key := tuple(parts)) in wanted}


def _key(row: Row) -> Key:
    return row["currency"], row["base"], row["day"]
