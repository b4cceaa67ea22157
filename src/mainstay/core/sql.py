"""SQL texts, for the places where no parameter can stand."""


def quoted(value: object) -> str:
    """A path or one of our own constants as an SQL literal. What users write is bound, never put here."""
    return "'" + str(value).replace("'", "''") + "'"
