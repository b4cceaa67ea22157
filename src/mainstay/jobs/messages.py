"""Messages that wait in the database until somebody reads them in his language."""

from collections.abc import Mapping
from typing import Any


def plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of a message as JSON keeps them."""
    kept = int | str | None
    return {name: value if isinstance(value, kept) else str(value) for name, value in params.items()}
