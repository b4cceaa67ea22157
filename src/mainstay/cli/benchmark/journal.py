"""What was measured, kept step by step, so that a measurement that broke off goes on where it was."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from mainstay.core.errors import N_, Refused

MAINSTAY, DUCKDB, PANDAS, POLARS = "Mainstay", "DuckDB", "pandas", "Polars"


@dataclass(frozen=True)
class Record:
    """One run of one step: `told` has seconds, cpu (user and system), peak (bytes) and what the step found.

    `way` is who did the work; empty, with round 0, where nobody is compared.
    """

    lines: int
    step: str
    way: str = ""
    round: int = 0
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[int, str, str, int]:
        return self.lines, self.step, self.way, self.round


@dataclass(frozen=True)
class Measured:
    """The rounds of one step done one way: medians, but the highest peak."""

    seconds: float
    cpu: float
    peak: int
    told: dict[str, Any]


class Results:
    """Records of one measurement, and the conditions it was made under."""

    def __init__(self, conditions: dict[str, Any], records: list[Record]) -> None:
        self.conditions, self.records = conditions, records

    def rounds(self, lines: int, step: str, way: str = "") -> list[Record]:
        """The runs of a step, in order of rounds; none where it could not be done."""
        wanted = (lines, step, way)
        found = [record for record in self.records if record.key[:3] == wanted and "seconds" in record.told]
        return sorted(found, key=lambda record: record.round)

    def of(self, lines: int, step: str, way: str = "") -> Measured | None:
        """What a step took."""
        told = [record.told for record in self.rounds(lines, step, way)]
        if not told:
            return None
        return Measured(
            seconds=median(one["seconds"] for one in told),
            cpu=median(one["cpu"] for one in told),
            peak=max(one["peak"] for one in told),
            told=told[0],
        )

    def ratio(self, lines: int, step: str, way: str, other: str) -> float | None:
        """The median over the rounds of how much longer `way` took than `other` in the same round."""
        others = {record.round: record.told["seconds"] for record in self.rounds(lines, step, other)}
        ratios = [
            record.told["seconds"] / others[record.round]
            for record in self.rounds(lines, step, way)
            if others.get(record.round)
        ]
        return median(ratios) if ratios else None

    def to_json(self) -> str:
        """All of it, one record a line."""
        head = json.dumps(self.conditions, sort_keys=True)
        lines = ",\n".join(json.dumps(asdict(record)) for record in self.records)
        return f'{{"conditions": {head},\n"records": [\n{lines}\n]}}\n'


class Journal:
    """Results in a file, a line each, the first of them the conditions."""

    def __init__(self, path: Path, conditions: dict[str, Any]) -> None:
        self.path = path
        # A line without its end was being written when the measurement broke off.
        lines = [line for line in _text(path).splitlines(keepends=True) if line.endswith("\n")]
        lines = lines or [json.dumps(conditions) + "\n"]
        path.write_text("".join(lines), encoding="utf-8")
        head, *rest = [json.loads(line) for line in lines]
        differing = [name for name, value in conditions.items() if head.get(name) != value]
        if differing:
            raise Refused(
                N_("%(folder)s holds a measurement with another %(name)s. Name another folder, or remove this one."),
                folder=path.parent,
                name=differing[0],
            )
        self.results = Results(head, [Record(**record) for record in rest])
        self._known = {record.key: record for record in self.results.records}

    def once(self, record: Record, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What was found for `record` before, else what `work` finds now, which is kept."""
        if record.key not in self._known:
            done = Record(*record.key, told=work())
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(done)) + "\n")
            self.results.records.append(done)
            self._known[done.key] = done
        return self._known[record.key].told

    def knows(self, record: Record) -> bool:
        """Whether that was done."""
        return record.key in self._known


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
