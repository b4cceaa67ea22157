"""Makes the demonstration company in the data home, step by step; what broke off goes on where it stopped."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from mainstay.accounts.models import Account
from mainstay.accounts.services import accounts_set_team
from mainstay.cli.demo import illustrative
from mainstay.cli.demo.files import DATA, moved, weeks_to, write_moved
from mainstay.cli.demo.staff import COUNTRIES, PASSWORD, SCOUT, everybody
from mainstay.core import clock
from mainstay.core.errors import N_, Refused
from mainstay.costing.services import Stated, versions_import
from mainstay.insight.cost_model import CostModel
from mainstay.ledger.engine import scratch
from mainstay.ledger.models import Batch
from mainstay.ledger.services import Order, Upload, import_files
from mainstay.ledger.writer import Progress
from mainstay.nightly.refresh import refresh
from mainstay.people.models import AuditEntry, Team, User
from mainstay.people.services import audit_record, user_add
from mainstay.relationships.models import Assessment
from mainstay.relationships.services import JUDGED, assessment_add

SOURCE = "adventure works"
# One quarter, in whole weeks as all dates are moved.
BEFORE = timedelta(weeks=13)
_BEGUN, _STEP = "demonstration begun", "demonstration"


def make(progress: Progress) -> None:
    """Make what is not there yet. Raises Refused where the data home holds anything else."""
    weeks = _begin()
    as_of = moved(weeks)
    done = set(AuditEntry.objects.filter(verb=_STEP).values_list("about", flat=True))
    steps: dict[str, Callable[[], None]] = {
        "people": lambda: _people(progress),
        "files": lambda: _files(weeks, as_of, progress),
        "judgements": lambda: _judgements(weeks, as_of, progress),
        "cost model": lambda: _cost_model(as_of),
        "refresh before": lambda: _refresh(as_of - BEFORE, progress),
        "refresh": lambda: _refresh(as_of, progress),
    }
    for name, step in steps.items():
        if name not in done:
            step()
            audit_record(verb=_STEP, about=name)


def _begin() -> int:
    """By how many weeks dates are moved: since the first start."""
    begun = AuditEntry.objects.filter(verb=_BEGUN).first()
    if begun is not None:
        weeks: int = begun.detail["weeks"]
        return weeks
    if _holds_data():
        raise Refused(
            N_("The data home %(home)s holds other data. Set MAINSTAY_HOME to an empty folder for the demonstration."),
            home=settings.MAINSTAY_HOME,
        )
    weeks = weeks_to(clock.today())
    audit_record(verb=_BEGUN, detail={"weeks": weeks})
    return weeks


def _holds_data() -> bool:
    """Also where the database is new: an import would sweep away files of a ledger that it does not know."""
    known = any(model._default_manager.exists() for model in (User, Account, Batch))
    return known or any((settings.MAINSTAY_HOME / "ledger").glob("*/*.parquet"))


def _people(progress: Progress) -> None:
    progress(N_("adding people"), 0)
    there = set(User.objects.values_list("email", flat=True))
    for person in everybody():
        if person.email not in there:
            user_add(
                email=person.email,
                role=person.role,
                name=person.name,
                rank=person.rank,
                team=person.team,
                password=PASSWORD,
            )


def _files(weeks: int, as_of: date, progress: Progress) -> None:
    """Each file is a batch of its own; what is in already adds nothing."""
    with scratch("demo") as folder:
        sales, costs = write_moved(folder, weeks=weeks)
        _import("accounts", DATA / "accounts.csv", progress, size="employees")
        _import("contacts", DATA / "contacts.csv", progress)
        _import("sales", sales, progress)
        _import("costs", costs, progress)
        known = illustrative.shops(sales, as_of=as_of)
        made_up = {kind: folder / f"{illustrative.NOTE} {kind}.csv" for kind in ("accounts", "contacts", "costs")}
        illustrative.write_accounts(made_up["accounts"], known, as_of=as_of)
        illustrative.write_contacts(made_up["contacts"], known)
        illustrative.write_efforts(made_up["costs"], known, as_of=as_of)
        for kind, path in made_up.items():
            _import(kind, path, progress, source=illustrative.NOTE)
    _teams()


def _import(kind: str, path: Path, progress: Progress, *, source: str = SOURCE, **mapping: str) -> None:
    upload = Upload(path=path, name=path.name)
    import_files(
        order=Order(kind=kind, uploads=[upload], source=source, mapping=mapping, on_conflict="replace"),
        progress=progress,
    )


def _teams() -> None:
    """The scout's accounts belong to the team of their country too, which will take them over."""
    scouted = Account.objects.filter(owner__name=SCOUT)
    for team in Team.objects.filter(name__in=set(COUNTRIES.values())):
        countries = [country for country, name in COUNTRIES.items() if name == team.name]
        ids = list(scouted.filter(country__in=countries).exclude(team=team).values_list("pk", flat=True))
        if ids:
            accounts_set_team(accounts=ids, team=team, by=None)


def _judgements(weeks: int, as_of: date, progress: Progress) -> None:
    progress(N_("judging relationships"), 0)
    with scratch("demo") as folder:
        sales, _costs = write_moved(folder, weeks=weeks)
        judged = illustrative.judgements(illustrative.shops(sales, as_of=as_of))
    accounts = Account.objects.in_bulk([one.code for one in judged], field_name="code")
    people = {user.name: user for user in User.objects.all()}
    with transaction.atomic():
        if Assessment.objects.exists():
            return
        for one in judged:
            values = dict(zip(JUDGED, one.values, strict=True))
            assessment_add(
                account=accounts[one.code],
                by=people[one.by],
                judgements=values,
                notes={factor: illustrative.evidence(factor, value) for factor, value in values.items()},
                day=as_of - timedelta(days=one.days_ago),
            )


def _cost_model(as_of: date) -> None:
    """A version to look at and to turn on; off, so that no figure rests on made-up rates unasked."""
    stated = Stated(
        name="Service desk",
        valid_from=as_of.replace(year=as_of.year - 2, month=1, day=1),
        model=CostModel.from_dict(illustrative.COST_MODEL),
        note=illustrative.NOTE,
    )
    versions_import(stated=[stated], activate=True, by=None)


def _refresh(day: date, progress: Progress) -> None:
    refresh(as_of=day, progress=progress)
