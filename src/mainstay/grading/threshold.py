"""How a figure is held against a threshold."""

from typing import Any

# Means of percentiles are doubles: what is 67 by hand may come out a hair below it.
HAIR = 1e-9


def reaches(value: Any, threshold: float) -> Any:
    """Whether `value`, a number or a column, is at the threshold or above."""
    return value >= threshold - HAIR
