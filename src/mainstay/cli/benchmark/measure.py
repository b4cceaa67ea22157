"""The course of the measurement: product and hand-written SQL in turns, in the same run."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from mainstay.core.errors import N_, Refused

Told = dict[str, Any]
Say = Callable[[str], None]
ROUNDS = 3


class Bench:
    """Steps in a data home below `folder`, each a process of its own whose peak memory is its own."""

    def __init__(self, folder: Path, home: str, say: Say) -> None:
        self.home, self.say = folder / home, say
        self.home.mkdir(exist_ok=True)

    def start(self, step: str, **arguments: Any) -> subprocess.Popen[str]:
        """Begin a step."""
        environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "LC_ALL")}
        environment |= {"MAINSTAY_HOME": str(self.home), "LANG": "en_GB.UTF-8", "MAINSTAY_DEBUG": "0"}
        command = [sys.executable, "-m", "mainstay.cli.benchmark.worker", step, json.dumps(arguments)]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)

    def end(self, process: subprocess.Popen[str]) -> Told:
        """What a step found. Raises Refused where it failed; what it said stands on stderr."""
        out, _none = process.communicate()
        if process.returncode:
            raise Refused(N_("The measurement broke off; what it said stands above."))
        told: Told = json.loads(out)
        return told

    def run(self, step: str, **arguments: Any) -> Told:
        """Carry out a step."""
        self.say(step)
        return self.end(self.start(step, **arguments))


def measure(folder: Path, *, lines: int, accounts: int, say: Say) -> Told:
    """Everything, by name. Times are seconds, medians of ROUNDS where they are compared; memory is in bytes."""
    bench = Bench(folder, "home", say)
    made = folder / "made-up"
    made.mkdir()
    told: Told = {"prepare": bench.run("prepare", folder=str(made), lines=lines, accounts=accounts)}
    told["import accounts"] = bench.run("import_file", kind="accounts", path=str(made / "accounts.csv"))
    told["import CSV"] = _import_csv(folder, made, say)
    told["import CSV by SQL"] = bench.run("import_sql", path=str(made / "sales.csv"))
    (made / "sales.csv").unlink()
    told["import Parquet"] = bench.run("import_file", kind="sales", path=str(made / "sales.parquet"))
    told["import Parquet by SQL"] = bench.run("import_sql", path=str(made / "sales.parquet"))
    told["import costs"] = bench.run("import_file", kind="costs", path=str(made / "costs.parquet"))
    facts = str(folder / "facts.parquet")
    told["snapshot"] = bench.run("snapshot", path=facts)
    told |= _paired(bench, facts, folder)
    told["publish"], told["writer"] = _publish(bench, facts)
    told["pages"] = bench.run("pages")
    return told


def _import_csv(folder: Path, made: Path, say: Say) -> Told:
    """Into a data home of its own: the same lines once more would be known already."""
    other = Bench(folder, "home-csv", say)
    empty = folder / "empty"
    empty.mkdir()
    other.run("prepare", folder=str(empty), lines=1, accounts=1)
    other.run("import_file", kind="accounts", path=str(made / "accounts.csv"))
    return other.run("import_file", kind="sales", path=str(made / "sales.csv"))


def _paired(bench: Bench, facts: str, folder: Path) -> Told:
    product, by_hand = [], []
    for _round in range(ROUNDS):
        product.append(bench.run("compute", facts_file=facts))
        by_hand.append(bench.run("compute_sql", facts_file=facts, to=str(folder / "by-hand")))
    alike = product[0]["cells"] == by_hand[0]["cells"]
    return {"compute": _median(product), "compute by SQL": _median(by_hand), "alike": alike}


def _median(rounds: list[Told]) -> Told:
    return rounds[0] | {
        "seconds": median(told["seconds"] for told in rounds),
        "cpu": median(told["cpu"] for told in rounds),
        "peak": max(told["peak"] for told in rounds),
    }


def _publish(bench: Bench, facts: str) -> tuple[Told, Told]:
    """The first publishing, which writes a change for every account, too; somebody else writes meanwhile."""
    writer = bench.start("write_beside")
    published = bench.run("compute", facts_file=facts, publish=True)
    return published, bench.end(writer)
