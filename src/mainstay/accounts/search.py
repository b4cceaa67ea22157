"""How accounts are found by what somebody types: the form in which texts are kept and asked for."""

import unicodedata
from collections.abc import Iterable


def folded(text: str) -> str:
    """Without differences of case and of full and half width, white space made one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def search_text(code: str, name: str, aliases: Iterable[str] = ()) -> str:
    """What `Account.search` holds: code, name and aliases, folded, each on a line of its own so that no match runs
    across."""
    return "\n".join(folded(text) for text in (code, name, *aliases))
