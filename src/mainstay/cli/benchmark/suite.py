"""The course of the measurement by sizes: for each, the product and what it is compared with in turns.

Each run of a step is a process of its own in a data home of its own, linked from one that is kept, so that every
round begins with the same ledger. What is done is in the journal and not done again.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

import mainstay
from mainstay.cli.benchmark.journal import DUCKDB, MAINSTAY, PANDAS, POLARS, Journal, Record, Results
from mainstay.cli.benchmark.measure import Bench, Say, Told
from mainstay.core.errors import N_, Refused

MILLION = 1_000_000
# What pandas holds in the memory of the machine the targets were set for.
PANDAS_MOST = 10 * MILLION
# About how long one round takes on two processors, in seconds a million lines, and what a size costs however small.
SECONDS_A_MILLION, SECONDS_A_ROUND, SECONDS_A_SIZE, PANDAS_SECONDS = 20, 40, 30, 12
# The CSV, the ledger, what an import stages, and what a refresh spills.
BYTES_A_MILLION, BYTES_AT_LEAST = 250_000_000, 500_000_000


@dataclass(frozen=True)
class Size:
    """So many sales lines, with an account for every hundred, and the lines that are added to them."""

    lines: int

    @property
    def accounts(self) -> int:
        return max(50, self.lines // 100)

    @property
    def more(self) -> int:
        return min(MILLION, self.lines)

    def seconds(self, rounds: int) -> float:
        """About how long its measuring takes."""
        millions = self.lines / MILLION
        slower = PANDAS_SECONDS if self.lines <= PANDAS_MOST else 0
        return SECONDS_A_SIZE + rounds * (SECONDS_A_ROUND + millions * (SECONDS_A_MILLION + slower))

    @property
    def bytes(self) -> int:
        """About how much disk it takes."""
        return BYTES_AT_LEAST + self.lines * BYTES_A_MILLION // MILLION


class Course:
    """The steps of one size, in a folder of its own."""

    def __init__(self, folder: Path, size: Size, *, rounds: int, journal: Journal, say: Say) -> None:
        self.folder, self.size, self.rounds = folder / f"{size.lines}", size, rounds
        self.journal, self.say = journal, say
        self.folder.mkdir(exist_ok=True)

    def run(self) -> None:
        """Everything that is not in the journal yet."""
        self._prepare()
        self._imports()
        self._additions()
        self._marts()
        self._readers()
        self._once("refresh", self._refresh)

    def _path(self, name: str) -> str:
        return str(self.folder / name)

    def _in(self, home: str, step: str, **arguments: Any) -> Told:
        """Carry out a step in a data home."""
        bench = Bench(self.folder, home, lambda _step: None)
        return bench.run(step, **arguments)

    def _once(self, step: str, work: Callable[[], Told]) -> None:
        record = Record(self.size.lines, step)
        if not self.journal.knows(record):
            self.say(f"{self.size.lines:,} · {step}")
        self.journal.once(record, work)

    def _paired(self, step: str, ways: dict[str, Callable[[], Told]]) -> None:
        """The same work by each of the ways, in turns; every other round the other way about."""
        for number in range(1, self.rounds + 1):
            order = list(ways) if number % 2 else list(reversed(ways))
            for way in order:
                record = Record(self.size.lines, step, way, number)
                if not self.journal.knows(record):
                    self.say(f"{self.size.lines:,} · {step} · {way} · {number}/{self.rounds}")
                self.journal.once(record, ways[way])

    def _prepare(self) -> None:
        """The files, and a data home whose ledger is empty and whose accounts are known."""
        size = self.size

        def made_up() -> Told:
            shutil.rmtree(self.folder)
            self.folder.mkdir()
            return self._in(
                "empty", "prepare_size", folder=self._path(""), lines=size.lines, accounts=size.accounts, more=size.more
            )

        self._once("prepare", made_up)
        self._once(
            "accounts", lambda: self._in("empty", "import_file", kind="accounts", path=self._path("accounts.csv"))
        )

    def _imports(self) -> None:
        """Of the CSV into an empty ledger; the last round's ledger is the one that all the rest works on."""
        csv = self._path("sales.csv")

        def imported() -> Told:
            self._linked("empty", "import")
            return self._in("import", "import_file", kind="sales", path=csv)

        def with_costs() -> Told:
            if (self.folder / "import").exists():
                shutil.rmtree(self.folder / "base", ignore_errors=True)
                (self.folder / "import").rename(self.folder / "base")
            return self._in("base", "import_file", kind="costs", path=self._path("costs.parquet"))

        self._paired("import", {MAINSTAY: imported, DUCKDB: lambda: self._in("empty", "copy_csv", path=csv)})
        self._once("costs", with_costs)
        Path(csv).unlink(missing_ok=True)

    def _additions(self) -> None:
        more = self._path("more.csv")

        def added() -> Told:
            self._linked("base", "addition")
            try:
                return self._in("addition", "import_file", kind="sales", path=more)
            finally:
                shutil.rmtree(self.folder / "addition", ignore_errors=True)

        self._paired("addition", {MAINSTAY: added, DUCKDB: lambda: self._in("base", "add_sql", path=more)})

    def _marts(self) -> None:
        facts = self._path("facts.parquet")
        self._once("facts", lambda: self._in("base", "snapshot", path=facts))

        def frames(name: str) -> Callable[[], Told]:
            return lambda: self._in("base", "compute_frames", name=name, facts_file=facts, to=self._path("marts"))

        ways: dict[str, Callable[[], Told]] = {
            MAINSTAY: lambda: self._in("base", "compute", facts_file=facts),
            DUCKDB: lambda: self._in("base", "compute_sql", facts_file=facts, to=self._path("marts")),
        }
        if self.size.lines <= PANDAS_MOST:
            ways[PANDAS] = frames("pandas")
        self._paired("marts", ways | {POLARS: frames("polars")})

    def _readers(self) -> None:
        """On a ledger that is clustered, as a refresh leaves it."""

        def clustered() -> Told:
            self._linked("base", "clustered")
            return self._in("clustered", "compact")

        self._once("compact", clustered)
        self._paired(
            "readers",
            {
                MAINSTAY: lambda: self._in("clustered", "read_accounts", accounts=self.size.accounts),
                DUCKDB: lambda: self._in("clustered", "read_accounts_sql", accounts=self.size.accounts),
            },
        )

    def _refresh(self) -> Told:
        """As the command does it, in a data home of its own: the next one would find accounts graded already."""
        self._linked("base", "refresh")
        try:
            return self._in("refresh", "refresh_whole")
        finally:
            shutil.rmtree(self.folder / "refresh", ignore_errors=True)

    def _linked(self, home: str, to: str) -> None:
        """A data home with what is in another one. Parquet is never changed once it is there: a link will do."""
        shutil.rmtree(self.folder / to, ignore_errors=True)
        shutil.copytree(self.folder / home, self.folder / to, copy_function=_link_or_copy)


def _link_or_copy(path: str, to: str) -> str:
    if path.endswith(".parquet"):
        os.link(path, to)
        return to
    return shutil.copy2(path, to)


def minutes(sizes: list[int], rounds: int) -> int:
    """About how long it takes to measure these sizes."""
    return round(sum(Size(lines).seconds(rounds) for lines in sizes) / 60) or 1


def gigabytes(sizes: list[int]) -> int:
    """About how much disk the measurement takes at its height, when the data of smaller sizes is still there."""
    return round(sum(Size(lines).bytes for lines in sizes) / 1e9) or 1


def measure_sizes(folder: Path, *, sizes: list[int], rounds: int, say: Say) -> Results:
    """Measure each size in the folder, going on where an earlier measurement there broke off.

    Raises Refused where the disk has no room for it, or the folder holds results of other conditions.
    """
    conditions = {
        "version": mainstay.__version__,
        "rounds": rounds,
        "memory": settings.MAINSTAY_MEMORY,
        "threads": settings.MAINSTAY_THREADS,
    }
    journal = Journal(folder / "results.jsonl", conditions)
    for lines in sizes:
        size = Size(lines)
        _need_room(folder, size, journal)
        Course(folder, size, rounds=rounds, journal=journal, say=say).run()
    return Results(journal.results.conditions, [one for one in journal.results.records if one.lines in sizes])


def _need_room(folder: Path, size: Size, journal: Journal) -> None:
    free = shutil.disk_usage(folder).free
    if free < size.bytes and not journal.knows(Record(size.lines, "prepare")):
        raise Refused(
            N_("%(folder)s has %(free)s GB free, and %(lines)s lines need %(needed)s GB."),
            folder=folder,
            free=round(free / 1e9),
            lines=f"{size.lines:,}",
            needed=round(size.bytes / 1e9),
        )
