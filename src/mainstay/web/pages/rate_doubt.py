"""Whether a person is asked once more about a rate that is far from those next to it."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from mainstay.ledger.rate_jumps import Unlikely


class Doubt:
    """Makes a change of a rate as the form has it; `ask` tells afterwards whether it is to be asked about."""

    def __init__(self, request: HttpRequest) -> None:
        self.sure = request.POST.get("sure") == "1"
        self.ask = False

    def asked(self, change: Callable[..., Any], **what: Any) -> None:
        try:
            change(**what, sure=self.sure)
        except Unlikely:
            self.ask = True
            raise
