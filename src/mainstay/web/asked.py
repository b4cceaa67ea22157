"""What the address of a list asks for: names and values from allow-lists, anything else is refused."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from mainstay.core.errors import N_, Refused
from mainstay.grading.listing import ORDERS, UNGRADED_ORDERS, Filters
from mainstay.grading.models import CELLS, CLASSES, LETTERS

LONGEST = 200
_MOST_ID = 2**31 - 1
# A filter of an address, and the field of Filters that it sets.
OF_ACCOUNTS = ("owner", "country", "region", "industry")
OF_STANDINGS = ("cell", "class", "letter", "active")
_FIELDS = {"q": "search", "class": "account_class"}
_CHOICES: dict[str, dict[str, Any]] = {
    "cell": {cell: cell for cell in CELLS},
    "class": {str(number): number for number in CLASSES},
    "letter": {letter: letter for letter in LETTERS},
    "active": {"yes": True, "no": False},
}


@dataclass(frozen=True)
class Asked:
    """The parameters of a request, by names that its page knows; those left empty are not in it."""

    values: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def filters(self) -> Filters:
        """Raises Refused for a value that a filter does not know."""
        found: dict[str, Any] = {}
        for name in ("q", *OF_ACCOUNTS, *OF_STANDINGS):
            if value := self[name].strip():
                found[_FIELDS.get(name, name)] = _value(name, value)
        return Filters(**found)

    @property
    def day(self) -> date | None:
        """The day asked for. Raises Refused for what is no day."""
        if not self["as_of"]:
            return None
        try:
            return date.fromisoformat(self["as_of"])
        except ValueError:
            raise Refused(N_("“%(day)s” is no day. Write it as 2024-12-31."), day=self["as_of"][:40]) from None

    def without(self, name: str) -> "Asked":
        """The same, but for one parameter."""
        return Asked({kept: value for kept, value in self.values.items() if kept != name})

    def address(self, path: str, *, only: Collection[str] | None = None, **changes: str) -> str:
        """`path` with these parameters, or only some of them, and with `changes`; what is empty is left out."""
        kept = {name: value for name, value in self.values.items() if only is None or name in only} | changes
        query = urlencode({name: value for name, value in kept.items() if value})
        return f"{path}?{query}" if query else path


def asked_of(request: HttpRequest, *names: str) -> Asked:
    """What `request` asks for. Raises Refused for a name not in `names`, and for what cannot be a value of one."""
    for name in request.GET:
        if name not in names:
            raise Refused(
                N_("This page knows no “%(name)s”. What it may be asked for: %(names)s."),
                name=name[:40],
                names=", ".join(names),
            )
    values = {name: value for name in names if (value := request.GET.get(name, ""))}
    for name, value in values.items():
        if not value.isprintable():
            raise Refused(N_("“%(name)s” holds signs that cannot be typed. Leave them out."), name=name)
    return Asked(values)


def listing_order(order: str, *, graded: bool) -> str:
    """The order of `grading.listing` that an address means.

    In an address a minus is “falling” whatever is sorted, as the heads of tables have it; the listing's minus is “the
    other way round than usual”. Raises Refused for a name that cannot be sorted by.
    """
    order = order or ("-sales" if graded else "code")
    name = order.removeprefix("-")
    allowed = tuple(ORDERS) if graded else UNGRADED_ORDERS
    if name not in allowed:
        raise Refused(
            N_("Accounts cannot be sorted by “%(order)s”. Choose one of: %(orders)s."),
            order=order[:40],
            orders=", ".join(allowed),
        )
    return name if order.startswith("-") == ORDERS[name].falling else f"-{name}"


def with_address(request: HttpRequest, response: HttpResponse, address: str) -> HttpResponse:
    """Have htmx show `address`: what a form sent, without what was left empty."""
    if getattr(request, "htmx", None) and response.status_code == 200:
        response["HX-Push-Url"] = address
    return response


def _value(name: str, value: str) -> Any:
    if len(value) > LONGEST:
        raise Refused(N_("“%(name)s” may have %(most)s characters at most."), name=name, most=LONGEST)
    if name == "owner":
        if not (value.isascii() and value.isdecimal() and int(value) <= _MOST_ID):
            raise Refused(N_("An owner is asked for by number, 0 for accounts without one."))
        return int(value)
    if (choices := _CHOICES.get(name)) is None:
        return value
    if value not in choices:
        raise Refused(
            N_("“%(value)s” is no %(name)s. Choose one of: %(choices)s."),
            value=value[:40],
            name=name,
            choices=", ".join(choices),
        )
    return choices[value]
