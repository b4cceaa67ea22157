"""Which codes are no products: by a person's decision, else by a file's word, else by the rules that are on.

Patterns are matched by RE2, which takes time in proportion to the text whatever the pattern.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from mainstay.core.errors import N_, Refused

LONGEST = 200
HELD, STATED, RULE = "held", "stated", "rule"


class Pattern(Protocol):
    """What a rule is matched by: `about` code, name or either; `way` exact, prefix, contains or pattern."""

    @property
    def about(self) -> str: ...

    @property
    def way(self) -> str: ...

    @property
    def pattern(self) -> str: ...


class Known(NamedTuple):
    """A product as far as marking goes: what files say (`stated`) and what a person decided (`held`)."""

    code: str
    name: str
    stated: bool | None = None
    held: bool | None = None


class Mark(NamedTuple):
    """Why a code is no product: `basis` HELD, STATED, or RULE with the rule's place among those given."""

    basis: str
    rule: int | None = None


@dataclass(frozen=True)
class Texts:
    """Codes and names of products, to be matched many times."""

    codes: pa.Array
    names: pa.Array

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Texts":
        rows = list(pairs)
        return cls(pa.array([code for code, _ in rows], pa.string()), pa.array([name for _, name in rows], pa.string()))


def expression(way: str, pattern: str) -> str:
    """The regular expression that a way of matching comes to."""
    literal = re.escape(pattern.strip())
    return {"exact": f"^(?:{literal})$", "prefix": f"^(?:{literal})", "contains": literal}.get(way, pattern)


def fits(rule: Pattern, texts: Texts) -> list[bool]:
    """Whether the rule fits each of the products. Raises Refused for a pattern that is none."""
    searched = {"code": (texts.codes,), "name": (texts.names,)}.get(rule.about, (texts.codes, texts.names))
    wanted = expression(rule.way, rule.pattern)
    try:
        found = [pc.match_substring_regex(column, wanted, ignore_case=True) for column in searched]
    except pa.ArrowInvalid as error:
        raise Refused(
            N_("“%(pattern)s” is no regular expression: %(why)s."),
            pattern=rule.pattern[:60],
            why=str(error).removeprefix("Invalid regular expression: "),
        ) from None
    return list((found[0] if len(found) == 1 else pc.or_(*found)).to_pylist())


def check_pattern(rule: Pattern) -> None:
    """Raises Refused for what cannot be matched by, or would fit every code there is."""
    pattern = rule.pattern.strip()
    if not pattern or len(pattern) > LONGEST or not pattern.isprintable():
        raise Refused(N_("A rule needs a pattern of at most %(most)s characters that can be typed."), most=LONGEST)
    if any(fits(rule, Texts.of([("", "")]))):
        raise Refused(N_("“%(pattern)s” would fit every code. Write what the codes have in common."), pattern=pattern)


@dataclass(frozen=True)
class Marks:
    """Of some products those that are no products, and why."""

    by_code: Mapping[str, Mark] = field(default_factory=dict)

    def __contains__(self, code: object) -> bool:
        return code in self.by_code

    def get(self, code: str | None) -> Mark | None:
        return self.by_code.get(code) if code is not None else None


def marks_of(products: Sequence[Known], rules: Sequence[Any]) -> Marks:
    """The marks of these products by the rules given, which are those that are on; the first that fits counts."""
    by_rule: dict[str, int] = {}
    open_ones = [product for product in products if product.held is None and product.stated is None]
    if rules and open_ones:
        texts = Texts.of((product.code, product.name) for product in open_ones)
        for place, rule in enumerate(rules):
            for product, hit in zip(open_ones, fits(rule, texts), strict=True):
                if hit:
                    by_rule.setdefault(product.code, place)
    found: dict[str, Mark] = {}
    for product in products:
        if product.held is not None:
            if product.held:
                found[product.code] = Mark(HELD)
        elif product.stated is not None:
            if product.stated:
                found[product.code] = Mark(STATED)
        elif product.code in by_rule:
            found[product.code] = Mark(RULE, by_rule[product.code])
    return Marks(found)
