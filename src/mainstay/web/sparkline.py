"""The points of a sparkline."""

from collections.abc import Sequence

from mainstay.web.figures import Number, exact

WIDTH = 100
HEIGHT = 24
_MARGIN = 2


def line_points(values: Sequence[Number]) -> str:
    """`x,y x,y …` for a polyline in a box of 100 × 24; from zero, or from the least value if that is below it.

    What is not known counts as zero: a month without sales.
    """
    known = [float(exact(value) or 0) for value in values]
    if not known:
        return ""
    least = min(0.0, *known)
    span = max(0.0, *known) - least or 1.0
    step = WIDTH / max(len(known) - 1, 1)
    tall = HEIGHT - 2 * _MARGIN
    return " ".join(
        f"{place * step:.1f},{_MARGIN + tall * (1 - (value - least) / span):.1f}" for place, value in enumerate(known)
    )
