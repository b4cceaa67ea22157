"""The page Settings, Currencies: which currency figures are in, and the rates to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mainstay.core.currencies import currency_code, plain_rate
from mainstay.core.errors import N_, Refused
from mainstay.grading.models import Refresh
from mainstay.grading.selectors import current_refresh
from mainstay.ledger.models import Rate, Workings
from mainstay.ledger.rates import currencies_known, latest, rates
from mainstay.ledger.services import currencies_set, rate_add
from mainstay.ledger.workings import workings
from mainstay.nightly.freshness import is_stale
from mainstay.web.asked import Asked, asked_of
from mainstay.web.page import render_page
from mainstay.web.pages.imports_receiving import importers_only
from mainstay.web.pages.rate_doubt import Doubt
from mainstay.web.typed import attempt, typed, typed_day, typed_number, typed_whole, who

SHOWN = 50
# Of each currency its latest rate is among the newest rates, unless nobody kept rates for long.
NEWEST = 2_000


@dataclass(frozen=True)
class RateRow:
    """A rate as the table shows it: one `currency` = `rate` `base`. `over`: an imported one that a typed one covers."""

    pk: int
    currency: str
    base: str
    day: date
    rate: str
    batch: int | None
    person: str


@dataclass(frozen=True)
class Form:
    """What was typed, and what is wrong with it. `now` is what stands there, where somebody else changed it.

    `ask` whether a rate is right that is far from others.
    """

    values: dict[str, str]
    wrong: str = ""
    now: str = ""
    ask: bool = False


@dataclass(frozen=True)
class CurrenciesPage:
    """`shown`: the currency that figures are in now; `default` the one they would be in if none were chosen."""

    settings: Form
    new: Form
    revision: int
    shown: str
    default: str
    latest: list[RateRow]
    rows: list[RateRow]
    known: list[str]
    chosen: str
    older: str
    newest: str
    refresh: Refresh | None
    stale: bool


@require_http_methods(["GET", "HEAD", "POST"])
@importers_only
def currencies(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render_page(request, "currencies", _page(asked_of(request, "currency", "before")))
    action = {"settings": _set, "rate": _add}.get(request.POST.get("action", ""))
    if action is None:
        raise Refused(N_("This page knows no such action."))
    return action(request)


def _set(request: HttpRequest) -> HttpResponse:
    values = {name: request.POST.get(name, "")[:40] for name in ("reporting", "unnamed", "oldest_rate")}
    status, wrong = attempt(
        lambda: currencies_set(
            reporting=typed(request, "reporting"),
            unnamed=typed(request, "unnamed"),
            oldest_rate=typed_whole(typed(request, "oldest_rate")),
            revision=typed_whole(typed(request, "revision")),
            by=who(request),
        )
    )
    if status == 200:
        messages.success(request, _("Kept. Figures follow with the next refresh."))
        return HttpResponseRedirect(reverse("currencies"), status=303)
    form = Form(values, wrong, _told(workings()) if status == 409 else "")
    return render_page(request, "currencies", _page(Asked({}), of_settings=form), status=status)


def _add(request: HttpRequest) -> HttpResponse:
    values = {name: request.POST.get(name, "")[:40] for name in ("currency", "day", "rate", "base")}
    doubt = Doubt(request)
    status, wrong = attempt(
        lambda: doubt.asked(
            rate_add,
            currency=typed(request, "currency"),
            day=typed_day(typed(request, "day")),
            rate=typed_number(typed(request, "rate"), lone_group=False),
            base=typed(request, "base"),
            by=who(request),
        )
    )
    if status == 200:
        messages.success(request, _("The rate is kept. It counts with the next refresh."))
        return HttpResponseRedirect(reverse("currencies"), status=303)
    return render_page(request, "currencies", _page(Asked({}), new=Form(values, wrong, ask=doubt.ask)), status=status)


def _page(asked: Asked, *, of_settings: Form | None = None, new: Form | None = None) -> CurrenciesPage:
    now, refresh = workings(), current_refresh()
    chosen = currency_code(asked["currency"])
    found = _after(rates(), asked["before"])
    if chosen:
        found = found.filter(Q(currency=chosen) | Q(base=chosen))
    rows = list(found[: SHOWN + 1])
    path = reverse("currencies")
    default = currency_code(settings.MAINSTAY_CURRENCY)
    return CurrenciesPage(
        settings=of_settings
        or Form({"reporting": now.reporting, "unnamed": now.unnamed, "oldest_rate": str(now.oldest_rate)}),
        new=new or Form({}),
        revision=now.revision,
        shown=str(refresh.summary.get("currency", "")) if refresh else "",
        default=default,
        latest=_rows(sorted(latest(rates()[:NEWEST]).values(), key=lambda rate: (rate.currency, rate.base))),
        rows=_rows(rows[:SHOWN]),
        known=currencies_known(),
        chosen=chosen,
        older=asked.address(path, before=_cursor(rows[SHOWN - 1])) if len(rows) > SHOWN else "",
        newest=asked.without("before").address(path) if asked["before"] else "",
        refresh=refresh,
        stale=is_stale(refresh),
    )


def _told(now: Workings) -> str:
    return _("Now it is: %(reporting)s; lines without a currency: %(unnamed)s; %(days)s days.") % {
        "reporting": now.reporting or "–",
        "unnamed": now.unnamed or "–",
        "days": now.oldest_rate,
    }


def _rows(found: Sequence[Rate]) -> list[RateRow]:
    return [
        RateRow(rate.pk, rate.currency, rate.base, rate.day, plain_rate(rate.rate), rate.batch_id, str(rate.by or ""))
        for rate in found
    ]


def _cursor(rate: Rate) -> str:
    return f"{rate.day:%Y-%m-%d}.{rate.currency}.{rate.base}.{rate.pk}"


def _after(found: QuerySet[Rate], cursor: str) -> QuerySet[Rate]:
    """The rates that follow in the order of `rates`. Raises Refused for a place it does not know."""
    if not cursor:
        return found
    try:
        day, currency, base, pk = cursor.split(".")
        key = date.fromisoformat(day), currency, base, int(pk[:12])
    except ValueError:
        raise Refused(N_("This page of the list is not known. Begin at the first page.")) from None
    same_day = Q(day=key[0])
    same_pair = same_day & Q(currency=key[1], base=key[2])
    return found.filter(
        Q(day__lt=key[0])
        | (same_day & Q(currency__gt=key[1]))
        | (same_day & Q(currency=key[1], base__gt=key[2]))
        | (same_pair & Q(pk__lt=key[3]))
    )
