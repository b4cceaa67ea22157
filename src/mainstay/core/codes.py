"""Codes of accounts, products and documents."""

import re

# Marks that show nothing: a byte-order mark, and the signs of no width.
UNSEEN = "\ufeff\u200b\u200c\u200d"
SPACES = "".join(sign for sign in map(chr, range(0x3001)) if sign.isspace()) + UNSEEN
_SPREADSHEET_WHOLE = re.compile(r"-?\d+\.0+")


def clean_code(text: str | None) -> str | None:
    """Trimmed, unseen marks too; a whole number that a spreadsheet made `17850.0` is `17850`; nothing left is None."""
    code = (text or "").strip(SPACES)
    if _SPREADSHEET_WHOLE.fullmatch(code):
        code = code.split(".", 1)[0]
    return code or None
