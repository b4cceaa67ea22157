"""Rows of files that cannot be used."""

from dataclasses import dataclass

_SHOWN = 80


@dataclass(frozen=True)
class RefusedRow:
    """A row that cannot be used, `index` counting the rows handed in, from 0.

    `problem` is a msgid with %(value)s and %(column)s: the heading of `field`, which the caller knows, or its name.
    """

    index: int
    field: str
    problem: str
    value: str

    @classmethod
    def because(cls, index: int, field: str, problem: str, value: object) -> "RefusedRow":
        """Of a long value only the beginning is kept."""
        text = str(value)
        return cls(index, field, problem, text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…")
