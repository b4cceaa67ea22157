"""What was measured, as Markdown that is read as a table, too."""

import json
import os
from pathlib import Path
from typing import Any

GIB, MIB = 2**30, 2**20
BOTH = "Seconds are by the clock, in brackets those of all processors"


def markdown(told: dict[str, Any], *, accounts: int, memory: int, threads: int) -> str:
    """Two tables: work beside SQL, and what must answer at once."""
    limits = f"DuckDB held to {memory:,} MiB and {threads} threads in both"
    parts = [
        f"{told['import Parquet']['rows']:,} sales lines, {accounts:,} accounts; {machine()}; {limits}. {BOTH}.",
        "",
        *table(("work", "Mainstay", "SQL by hand", "ratio", "peak memory", "SQL's peak"), _work(told)),
        "",
        *table(("what", "measured", "limit"), _answers(told)),
        "",
        f"Both ways of computing the marts give the same cells: {'yes' if told['alike'] else 'NO'}.",
    ]
    return "\n".join(parts) + "\n"


def machine() -> str:
    """Its processors and memory."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return f"{os.cpu_count()} processors, {pages / GIB:.0f} GiB"


def _work(told: dict[str, Any]) -> list[tuple[str, ...]]:
    pairs = (
        ("import of sales, CSV", "import CSV", "import CSV by SQL"),
        ("import of sales, Parquet", "import Parquet", "import Parquet by SQL"),
        ("computing of the marts", "compute", "compute by SQL"),
    )
    rows: list[tuple[str, ...]] = [_pair(name, told[mine], told[other]) for name, mine, other in pairs]
    for name, key in (("import of accounts", "import accounts"), ("import of costs", "import costs")):
        rows.append((name, seconds(told[key]["seconds"]), "", "", mebibytes(told[key]["peak"]), ""))
    rows.append(("facts of accounts for grading", seconds(told["snapshot"]["seconds"]), "", "", "", ""))
    return rows


def _pair(name: str, mine: dict[str, Any], other: dict[str, Any]) -> tuple[str, ...]:
    ratio = f"{mine['seconds'] / other['seconds']:.2f}"
    return name, both(mine), both(other), ratio, mebibytes(mine["peak"]), mebibytes(other["peak"])


def _answers(told: dict[str, Any]) -> list[tuple[str, ...]]:
    writer = told["writer"]
    beside = ", ".join(f"{name} {milliseconds(writer[name])}" for name in ("p50", "p95", "longest"))
    rows: list[tuple[str, ...]] = [
        ("writing of standings and changes", seconds(told["publish"]["standings"]), ""),
        (f"another writer's transactions meanwhile ({writer['count']})", beside, "p95 under 1 s"),
    ]
    for name, page in told["pages"].items():
        if name != "peak":
            trouble = "" if page["status"] == 200 else f", status {page['status']}"
            measured = f"{milliseconds(page['seconds'])}, {page['queries']} queries{trouble}"
            rows.append((f"page: {name}", measured, "300 ms, 30 queries"))
    return rows


def table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """A Markdown table, in columns that are as wide as their widest cell."""
    widths = [max(len(row[place]) for row in (headings, *rows)) for place in range(len(headings))]

    def line(cells: tuple[str, ...]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    return [line(headings), "|" + "|".join("-" * (width + 2) for width in widths) + "|", *map(line, rows)]


def seconds(taken: float) -> str:
    """A duration to a tenth of a second."""
    return f"{taken:.1f} s"


def both(told: dict[str, Any]) -> str:
    """Seconds by the clock, and those of all processors."""
    return f"{seconds(told['seconds'])} ({told['cpu']:.1f})"


def milliseconds(taken: float | None) -> str:
    """A short duration; a dash where there was none."""
    return "–" if taken is None else f"{1000 * taken:.0f} ms"


def mebibytes(peak: int) -> str:
    """Bytes as MiB."""
    return f"{peak / MIB:,.0f} MiB"


def write(text: str, path: Path) -> None:
    """Keep a report."""
    path.write_text(text, encoding="utf-8")


def json_of(told: dict[str, Any]) -> str:
    """What the tables are made of, so that runs can be compared."""
    return json.dumps(told | {"machine": machine()}, indent=1, sort_keys=True) + "\n"
