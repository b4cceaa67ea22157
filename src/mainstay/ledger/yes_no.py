"""What a cell means that says yes or no."""

from mainstay.core.errors import N_

NO_YES_NO = N_("“%(value)s” under “%(column)s” is neither yes nor no. Correct it.")
_YES = frozenset({"yes", "y", "true", "t", "1", "x", "是", "对", "真", "有"})
_NO = frozenset({"no", "n", "false", "f", "0", "否", "不", "不是", "假", "无"})


def yes_no(text: str | None) -> bool | None:
    """True or False; None where the cell is empty or says neither."""
    word = (text or "").strip().casefold()
    return True if word in _YES else False if word in _NO else None
