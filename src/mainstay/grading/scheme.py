"""The grading scheme: every threshold of class, attractiveness, potential and letter in one object."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from mainstay.core.errors import N_, Refused
from mainstay.core.money import quantize
from mainstay.relationships.score import FACTORS

ATTRACTIVENESS_PARTS = ("volume", "margin", "room")


def _equal(names: tuple[str, ...]) -> Mapping[str, float]:
    return MappingProxyType(dict.fromkeys(names, 1.0))


@dataclass(frozen=True)
class GradingScheme:
    """Percentiles and scores are 0-100, shares 0-1, spans in calendar months; weights are relative, not below 0."""

    # The accounts that make the core and the head, as shares of all accounts' sales.
    core_share: Decimal = Decimal("0.5")
    head_share: Decimal = Decimal("0.8")
    # Class 2 without being in the head.
    growth_potential: float = 90.0
    growth_attractiveness: float = 50.0
    # Class 4: how long ago the last contact may be.
    contact_months: int = 6
    # Class 6: assessed potential that keeps an account that bought before, and that loses one that never did.
    regain_potential: float = 50.0
    dismiss_potential: float = 25.0
    # Estimated potential: so many active accounts make a group of accounts alike.
    alike_accounts: int = 10
    alike_quantile: float = 0.75
    attractiveness_weights: Mapping[str, float] = field(default_factory=lambda: _equal(ATTRACTIVENESS_PARTS))
    # The letter.
    letter_a: float = 67.0
    letter_b: float = 34.0
    factor_weights: Mapping[str, float] = field(default_factory=lambda: _equal(FACTORS))
    least_factors: int = 3
    assessment_months: int = 12

    def __post_init__(self) -> None:
        _check_numbers(self)
        _check_share("core_share", self.core_share)
        _check_share("head_share", self.head_share)
        _check_weights("attractiveness_weights", self.attractiveness_weights, ATTRACTIVENESS_PARTS)
        _check_weights("factor_weights", self.factor_weights, FACTORS)
        for name in ("attractiveness_weights", "factor_weights"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def to_dict(self) -> dict[str, Any]:
        """As JSON can hold it: shares as text, weights as objects."""
        values = {name.name: getattr(self, name.name) for name in fields(self)}
        return {name: _plain(value) for name, value in values.items()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "GradingScheme":
        """The scheme that `to_dict` told of; what is missing takes its default. Raises Refused for anything else."""
        known = {name.name for name in fields(cls)}
        if unknown := sorted(values.keys() - known):
            raise Refused(N_("The grading scheme knows no “%(name)s”."), name=unknown[0])
        given = dict(values)
        for name in ("core_share", "head_share"):
            if name in given:
                given[name] = _decimal(name, given[name])
        return cls(**given)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return dict(value) if isinstance(value, Mapping) else value


def _decimal(name: str, value: Any) -> Decimal:
    with suppress(InvalidOperation):
        number = Decimal(str(value))
        if number.is_finite():
            return number
    raise Refused(N_("“%(name)s” must be a number."), name=name)


def _check_share(name: str, share: Decimal) -> None:
    if share != quantize(share):
        raise Refused(N_("“%(name)s” may have at most four decimals."), name=name)


# What each number may be: from, to.
_LIMITS: dict[str, tuple[float, float]] = {
    "core_share": (0, 1),
    "head_share": (0, 1),
    "growth_potential": (0, 100),
    "growth_attractiveness": (0, 100),
    "contact_months": (1, 120),
    "regain_potential": (0, 100),
    "dismiss_potential": (0, 100),
    "alike_accounts": (1, 1_000_000),
    "alike_quantile": (0, 1),
    "letter_a": (0, 100),
    "letter_b": (0, 100),
    "least_factors": (1, len(FACTORS)),
    "assessment_months": (1, 120),
}
_WHOLE = ("contact_months", "alike_accounts", "least_factors", "assessment_months")


def _check_numbers(scheme: GradingScheme) -> None:
    for name, (least, most) in _LIMITS.items():
        value = getattr(scheme, name)
        whole = name in _WHOLE
        kinds = int if whole else (int, float, Decimal)
        if isinstance(value, kinds) and not isinstance(value, bool) and least <= value <= most:
            continue
        message = (
            N_("“%(name)s” must be a whole number from %(least)s to %(most)s.")
            if whole
            else N_("“%(name)s” must be a number from %(least)s to %(most)s.")
        )
        raise Refused(message, name=name, least=least, most=most)
    if scheme.letter_b > scheme.letter_a:
        raise Refused(N_("The letter B must begin below the letter A."))
    if scheme.core_share > scheme.head_share:
        raise Refused(N_("The core must not be larger than the head."))


def _check_weights(name: str, weights: Mapping[str, float], parts: tuple[str, ...]) -> None:
    if not isinstance(weights, Mapping) or set(weights) != set(parts):
        raise Refused(N_("“%(name)s” needs a weight for each of: %(parts)s."), name=name, parts=", ".join(parts))
    if any(isinstance(weight, bool) or not isinstance(weight, int | float) for weight in weights.values()):
        raise Refused(N_("The weights of “%(name)s” must be numbers."), name=name)
    if not all(0 <= weight < float("inf") for weight in weights.values()) or sum(weights.values()) <= 0:
        raise Refused(N_("The weights of “%(name)s” must not be below 0, and one must be above."), name=name)


DEFAULT = GradingScheme()
