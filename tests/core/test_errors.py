"""Errors a person can mend."""

import pickle

from mainstay.core.errors import Conflict, NotAllowed, NotFound, Refused, TooLarge
from mainstay.core.rows import RefusedRow


def test_the_text_is_the_message_filled_in() -> None:
    assert str(Refused("There is no %(what)s.", what="account")) == "There is no account."
    assert str(Refused("100% sure")) == "100% sure"
    error = Refused("%(n)s", n=3)
    assert (error.message, error.params) == ("%(n)s", {"n": 3})


def test_all_kinds_can_be_caught_as_one() -> None:
    assert all(issubclass(kind, Refused) for kind in (NotAllowed, NotFound, Conflict, TooLarge))


def test_of_a_long_value_a_refused_row_keeps_the_beginning() -> None:
    row = RefusedRow.because(3, "name", "why", "x" * 500)
    assert (len(row.value), row.value[-2:]) == (80, "x…")
    assert RefusedRow.because(3, "name", "why", 5).value == "5"
    assert pickle.loads(pickle.dumps(row)) == row
