"""The assessed relationship score, 0-100, from what several people judged."""

from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from mainstay.core.periods import months_before

FACTORS = ("difference", "value", "preference", "access", "rules")
LEAST, MOST = 1, 5


class Judgement(NamedTuple):
    """What one person thought on one day: 1-5 by factor, None or missing where he did not say."""

    assessor: Hashable
    day: date
    factors: Mapping[str, int | None]


def means(judgements: Iterable[Judgement], *, as_of: date, months: int) -> dict[str, Fraction]:
    """The mean 1-5 of each factor, over the last word of each assessor on it.

    Words up to `as_of` count that are not older than `months` calendar months: of the same day of the month so many
    months ago, or later. Of two of one day, the later in order holds.
    """
    oldest = months_before(as_of, months)
    latest: dict[tuple[str, Hashable], tuple[date, int]] = {}
    for assessor, day, factors in judgements:
        if not oldest <= day <= as_of:
            continue
        for factor, value in factors.items():
            said = latest.get((factor, assessor))
            if value is not None and (said is None or said[0] <= day):
                latest[factor, assessor] = (day, value)
    by_factor: dict[str, list[int]] = {}
    for (factor, _assessor), (_day, value) in latest.items():
        by_factor.setdefault(factor, []).append(value)
    return {factor: Fraction(sum(values), len(values)) for factor, values in by_factor.items()}


def score(means_by_factor: Mapping[str, Fraction], *, weights: Mapping[str, float], least_factors: int) -> float | None:
    """100 × (weighted mean − 1) ÷ 4 over the factors of `weights` that somebody judged.

    None with fewer than `least_factors` of them, or where those judged weigh nothing. Computed exactly and rounded
    once, so that the order of the judgements does not matter.
    """
    judged = {factor: Fraction(weight) for factor, weight in weights.items() if factor in means_by_factor}
    total = sum(judged.values())
    if len(judged) < least_factors or not total:
        return None
    mean = sum(weight * means_by_factor[factor] for factor, weight in judged.items()) / total
    return float(100 * (mean - LEAST) / (MOST - LEAST))
