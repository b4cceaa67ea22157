"""Codes of accounts, products and documents."""

import re

_SPREADSHEET_WHOLE = re.compile(r"-?\d+\.0+")


def clean_code(text: str | None) -> str | None:
    """Trimmed; a whole number that a spreadsheet made `17850.0` is `17850`; nothing left is None."""
    code = (text or "").strip()
    if _SPREADSHEET_WHOLE.fullmatch(code):
        code = code.split(".", 1)[0]
    return code or None
