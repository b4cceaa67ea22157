"""Exchange rates and the currency of figures: every read, and every change a person makes."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from mainstay.core import clock
from mainstay.core.currencies import MOST_RATE, currency_code, is_currency_code, is_rate, plain_rate, rate_of
from mainstay.core.errors import N_, Conflict, NotFound, Refused
from mainstay.ledger.models import Rate, Workings
from mainstay.ledger.rate_book import Quote
from mainstay.ledger.rate_jumps import check_likely
from mainstay.ledger.workings import check_may_set_workings, rates_moved, reporting_currency, workings
from mainstay.people.models import User
from mainstay.people.services import audit_record

MOST_DAYS = 3660
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
CHANGED = N_("Somebody else changed this meanwhile. Look at it as it is now, then change it again.")


def rates() -> QuerySet[Rate]:
    """Every rate, the latest day first; of one day by currency, a typed one before the imported one it stands over."""
    return Rate.objects.select_related("by", "batch").order_by("-day", "currency", "base", "-pk")


def quotes(currency: str) -> list[Quote]:
    """The rates that count of and to `currency`: of two for one day the typed one."""
    found = Rate.objects.filter(Q(base=currency) | Q(currency=currency))
    rows = found.values_list("currency", "base", "day", "rate", "batch")
    by_key = {}
    for of, base, day, rate, batch in rows:
        key = (of, base, day)
        if batch is None or key not in by_key:
            by_key[key] = rate
    return [Quote(*key, rate) for key, rate in sorted(by_key.items())]


def currencies_known() -> list[str]:
    """Every currency that a rate speaks of, by code."""
    pairs = Rate.objects.values_list("currency", "base").distinct().order_by()
    return sorted({code for pair in pairs for code in pair})


@transaction.atomic
def currencies_set(
    *,
    reporting: str,
    unnamed: str | None = None,
    oldest_rate: int | None = None,
    revision: int | None = None,
    by: User | None = None,
) -> Workings:
    """Choose the currency of figures (blank: as the setting or the ledger has it), and that of lines which name none.

    What is None stays as it is. `revision` is the one that the person saw: Conflict where it is not the present one.
    """
    check_may_set_workings(by)
    before = workings()
    wanted = {
        "reporting": _code(reporting, blank=True),
        "unnamed": before.unnamed if unnamed is None else _code(unnamed, blank=True),
        "oldest_rate": before.oldest_rate if oldest_rate is None else _days(oldest_rate),
    }
    Workings.objects.get_or_create(pk=1)
    seen = before.revision if revision is None else revision
    if Workings.objects.filter(pk=1, revision=seen).update(**wanted) != 1:
        raise Conflict(CHANGED)
    rates_moved()
    audit_record(verb="currencies set", about=str(wanted["reporting"]), person=by, detail=wanted)
    return workings()


@transaction.atomic
def rate_add(
    *, currency: str, day: date, rate: Decimal, base: str = "", by: User | None = None, sure: bool = True
) -> Rate:
    """Type a rate: one `currency` = `rate` `base` (blank: the currency of figures) from `day` on.

    Raises Unlikely for one that is far from those next to it, where the person is not `sure`.
    """
    check_may_set_workings(by)
    of, to = _pair(currency, base)
    if not sure:
        check_likely(of, to, _day(day), _rate(rate))
    made = _typed(of, to, _day(day), _rate(rate), by)
    if made is None:
        raise Refused(
            N_("There is a typed rate of %(currency)s to %(base)s for %(day)s already. Change that one."),
            currency=of,
            base=to,
            day=day.isoformat(),
        )
    return made


@transaction.atomic
def rate_change(*, rate: int, value: Decimal, revision: int, by: User | None = None, sure: bool = True) -> Rate:
    """Give a typed rate another value. An imported one stays as its file has it: the typed one is set over it.

    Raises NotFound, Conflict where somebody else changed it first, Unlikely as `rate_add`.
    """
    check_may_set_workings(by)
    found = rate_named(rate)
    if not sure:
        check_likely(found.currency, found.base, found.day, _rate(value))
    if found.batch_id is not None:
        as_seen = Rate.objects.select_for_update(of=("self",)).filter(pk=rate, revision=revision).first()
        made = as_seen and _typed(found.currency, found.base, found.day, _rate(value), by)
        if not made:
            raise Conflict(CHANGED)
        return made
    changed = Rate.objects.filter(pk=rate, revision=revision).update(
        rate=_rate(value), by=by, at=clock.now(), revision=revision + 1
    )
    if changed != 1:
        raise Conflict(CHANGED)
    found.refresh_from_db()
    _told("rate changed", found, by)
    return found


@transaction.atomic
def rate_remove(*, rate: int, revision: int, by: User | None = None) -> None:
    """Take a typed rate away; what a file says of that day counts again. Raises NotFound, Refused, Conflict."""
    check_may_set_workings(by)
    found = rate_named(rate)
    if found.batch_id is not None:
        raise Refused(
            N_("This rate came with batch %(batch)s. Undo that import, or type another rate over it."),
            batch=found.batch_id,
        )
    if Rate.objects.filter(pk=rate, revision=revision).delete()[0] != 1:
        raise Conflict(CHANGED)
    _told("rate removed", found, by)


def rate_named(pk: int) -> Rate:
    """Raises NotFound."""
    found = rates().filter(pk=pk).first()
    if found is None:
        raise NotFound(N_("There is no such rate."))
    return found


def rate_counting(rate: Rate) -> Rate:
    """Of the rates of these currencies and this day the one that counts: the typed one."""
    same = rates().filter(currency=rate.currency, base=rate.base, day=rate.day)
    return same.filter(batch__isnull=True).first() or rate


def _typed(of: str, to: str, day: date, rate: Decimal, by: User | None) -> Rate | None:
    """A new typed rate; None where there is one."""
    try:
        with transaction.atomic():
            made = Rate.objects.create(currency=of, base=to, day=day, rate=rate, by=by, at=clock.now(), batch=None)
    except IntegrityError:
        return None
    _told("rate added", made, by)
    return made


def _told(verb: str, rate: Rate, by: User | None) -> None:
    rates_moved()
    audit_record(verb=verb, about=str(rate), person=by, detail={"rate": plain_rate(rate.rate)})


def _pair(currency: str, base: str) -> tuple[str, str]:
    of, to = _code(currency), _code(base, blank=True) or reporting_currency()
    if not to:
        raise Refused(N_("Say first which currency figures are to be in."))
    if of == to:
        raise Refused(N_("A rate is between two currencies, and both are %(currency)s."), currency=of)
    return of, to


def _code(text: str, *, blank: bool = False) -> str:
    code = currency_code(text)
    if not (is_currency_code(code) or (blank and not code)):
        raise Refused(N_("“%(currency)s” is no code of a currency, such as EUR."), currency=text.strip()[:40])
    return code


def _rate(rate: Decimal) -> Decimal:
    if not is_rate(rate):
        raise Refused(N_("A rate lies above 0, with at most twelve decimals, and up to %(most)s."), most=MOST_RATE)
    return rate_of(rate)


def _day(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Refused(N_("A rate's day lies between 1900 and 2199."))
    return day


def _days(days: int) -> int:
    if not 0 <= days <= MOST_DAYS:
        raise Refused(N_("A rate may be from 0 to %(most)s days old."), most=MOST_DAYS)
    return days


def latest(found: Iterable[Rate]) -> dict[tuple[str, str], Rate]:
    """Of each pair of currencies the latest rate, the typed one before the imported."""
    by_pair: dict[tuple[str, str], Rate] = {}
    for rate in found:
        known = by_pair.get((rate.currency, rate.base))
        if known is None or (rate.day, rate.batch_id is None) > (known.day, known.batch_id is None):
            by_pair[(rate.currency, rate.base)] = rate
    return by_pair
