"""Percentiles against counting by hand."""

from fractions import Fraction

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.expr.types import Table

from mainstay.insight import percentile


def table(values: list[tuple[float | None, bool]]) -> Table:
    backend = ibis.duckdb.connect()
    rows = [{"n": n, "value": value, "member": member} for n, (value, member) in enumerate(values)]
    schema = pa.schema({"n": pa.int64(), "value": pa.float64(), "member": pa.bool_()})
    backend.con.register("given", pa.Table.from_pylist(rows, schema))
    backend.con.execute("CREATE TABLE rows AS FROM given")
    return backend.table("rows")


def placed(values: list[tuple[float | None, bool]]) -> list[float | None]:
    found = percentile.placed(table(values), ["value"], "member").order_by("n").to_pyarrow()
    return list(found["value_percentile"].to_pylist())


def by_hand(values: list[tuple[float | None, bool]]) -> list[float | None]:
    members = [value for value, member in values if member and value is not None]
    found: list[float | None] = []
    for value, member in values:
        if value is None or not members:
            found.append(None)
        elif len(members) == 1:
            found.append(100.0)
        else:
            below = sum(other < value for other in members)
            equal = members.count(value) - member
            found.append(float(min(100 * (below + Fraction(equal, 2)) / (len(members) - 1), Fraction(100))))
    return found


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([(5, True)], [100]),
        ([(5, True), (7, False), (3, False)], [100, 100, 100]),
        ([(1, True), (2, True), (3, True)], [0, 50, 100]),
        ([(1, True), (1, True), (3, True)], [25, 25, 100]),
        ([(4, True), (4, True), (4, True)], [50, 50, 50]),
        # from outside: all equals are others, and the top is clipped
        ([(1, True), (2, True), (2, False), (9, False), (0, False)], [0, 100, 100, 100, 0]),
        ([(1, True), (2, True), (3, True), (2, False)], [0, 50, 100, 75]),
        ([(1, False), (2, False)], [None, None]),
        ([(1, True), (None, True), (2, True)], [0, None, 100]),
        ([(float("-inf"), True), (float("-inf"), True), (0, True)], [25, 25, 100]),
        ([], []),
    ],
)
def test_a_value_is_placed_as_worked_by_hand(values: list[tuple[float, bool]], expected: list[float | None]) -> None:
    assert placed([*values]) == expected


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(-2, 6).map(float), st.floats(allow_nan=False)),
            st.booleans(),
        ),
        max_size=40,
    )
)
def test_any_values_are_placed_as_counted_by_hand(values: list[tuple[float | None, bool]]) -> None:
    assert placed(values) == pytest.approx(by_hand(values))


def test_several_values_are_placed_at_once_and_nothing_else_changes() -> None:
    backend = ibis.duckdb.connect()
    backend.con.execute("CREATE TABLE t AS SELECT * FROM (VALUES (1, 9, true), (2, 8, true), (3, 7, true)) v(a, b, m)")
    found = percentile.placed(backend.table("t"), ["a", "b"], "m")
    assert found.columns == ("a", "b", "m", "a_percentile", "b_percentile")
    assert found.order_by("a").to_pyarrow()["b_percentile"].to_pylist() == [100, 50, 0]
