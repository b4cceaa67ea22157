"""Which parents can stand, whoever names them."""

from hypothesis import given
from hypothesis import strategies as st

from mainstay.accounts.hierarchy import CIRCLE, on_circles, settle_parents
from mainstay.accounts.statements import gather

codes = st.sampled_from("ABCDEFG")


def climbs_out(parents: dict[str, str], code: str) -> bool:
    """Whether going up from a code ends: by hand, one step at a time."""
    here: str | None = code
    for _ in range(len(parents) + 2):
        if here is None:
            return True
        here = parents.get(here)
    return False


def comes_back(parents: dict[str, str], code: str) -> bool:
    here = parents.get(code)
    for _ in range(len(parents) + 2):
        if here is None or here == code:
            break
        here = parents.get(here)
    return here == code


@given(st.dictionaries(codes, codes))
def test_on_circles_are_those_who_come_back_to_themselves(parents: dict[str, str]) -> None:
    assert on_circles(parents) == {code for code in parents if comes_back(parents, code)}


def test_a_circle_far_up_is_found_from_below() -> None:
    parents = {f"C{number}": f"C{number - 1}" for number in range(1, 5000)} | {"C0": "C2"}
    assert on_circles(parents, ["C4999"]) == {"C0", "C1", "C2"}


@st.composite
def trees(draw: st.DrawFn) -> dict[str, str]:
    order = draw(st.permutations("ABCDEFG"))
    return {
        code: order[draw(st.integers(0, place - 1))]
        for place, code in enumerate(order)
        if place and draw(st.booleans())
    }


rows = st.lists(st.fixed_dictionaries({"code": codes, "parent": st.none() | codes}), max_size=12)


@given(trees(), rows, st.sets(codes), st.booleans(), st.booleans())
def test_what_remains_is_a_tree_of_known_companies(
    tree: dict[str, str], stated_rows: list[dict[str, str | None]], extra: set[str], refuse: bool, every: bool
) -> None:
    known = extra | tree.keys() | set(tree.values())
    stated = gather(stated_rows, key="code", fields=("parent",), last_counts=True)
    dropped = settle_parents(stated, known=known, parents=tree, refuse=refuse, every=every)
    after = {code: parent for code, parent in tree.items() if not (every and code in stated.places)}
    there = set(known)
    for code in stated.places:
        merged = stated.merged(code)
        if merged is not None:
            there.add(code)
            after |= {code: merged["parent"]} if "parent" in merged else {}
    assert all(climbs_out(after, code) for code in after)
    assert set(after.values()) <= there
    assert bool(dropped) <= (not refuse)
    assert bool(stated.refused) <= refuse


@given(trees(), st.permutations("ABCDEFG"))
def test_a_file_that_is_a_tree_is_never_refused(tree: dict[str, str], order: list[str]) -> None:
    stated = gather(
        [{"code": code, "parent": tree.get(code)} for code in order], key="code", fields=("parent",), last_counts=True
    )
    settle_parents(stated, known=(), parents={}, refuse=True)
    assert not stated.refused


def test_of_a_circle_with_what_is_known_only_the_rows_go() -> None:
    stated = gather(
        [{"code": "A", "parent": "C"}, {"code": "D", "parent": "A"}],
        key="code",
        fields=("parent",),
        last_counts=True,
    )
    settle_parents(stated, known={"A", "B", "C"}, parents={"C": "B", "B": "A"}, refuse=True)
    assert [(row.index, row.problem) for row in stated.refused] == [(0, CIRCLE)]
