"""Errors a person can mend. Their texts are message ids, so that a face can show them in its own language."""

from typing import Any


def N_(message: str) -> str:  # noqa: N802  (the name gettext tools know)
    """Mark a message id for translation where there is no language yet."""
    return message


class Refused(Exception):
    """Something asked for was refused; nothing was changed.

    `message` is an English msgid in %-format that says what is wrong and what to do; `params` fill it.
    """

    def __init__(self, message: str, **params: Any) -> None:
        self.message = message
        self.params = params
        super().__init__(message)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotAllowed(Refused):
    """The person may not do this."""


class NotFound(Refused):
    """There is no such thing, or the person may not see it: the two are told alike."""


class Conflict(Refused):
    """Somebody else changed it first."""


class TooLarge(Refused):
    """More than the limit for its kind."""


def first_line(error: BaseException) -> str:
    """What an error of another's making says, in a line that is not too long."""
    return next(iter(str(error).strip().splitlines()), "")[:300]
