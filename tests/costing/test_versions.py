"""Versions of the cost model: drafted, changed, activated once, discarded; the switch; files in and out."""

from datetime import date
from decimal import Decimal

import pytest

from mainstay.core.errors import Conflict, NotAllowed, NotFound, Refused
from mainstay.core.periods import Window
from mainstay.costing import selectors, services, toml
from mainstay.costing.models import CostModelSwitch, CostModelVersion
from mainstay.costing.services import Stated
from mainstay.insight.cost_model import Activity, CostModel, Pool
from mainstay.people.models import AuditEntry
from tests.factories import make_user

pytestmark = pytest.mark.django_db
DAY = date(2024, 1, 1)
MODEL = CostModel(
    capacity_rate=Decimal("0.80"),
    activities={"order": Activity(minutes=Decimal("12.5")), "line": Activity(rate=Decimal("1.5"))},
    pools=(Pool("Head “office”\\", "sales", amount=Decimal("120000")), Pool("Overhead", "orders", kind="service")),
)
STATED = Stated("2024", DAY, MODEL, "since the move\nto the new hall")


def test_a_draft_counts_for_nothing_until_it_is_activated() -> None:
    version = services.version_add(stated=STATED, by=None)
    services.switch_set(on=True, by=None)
    window = Window(date(2024, 6, 30))
    assert selectors.pieces_of(window) == []
    services.version_activate(version=version, revision=1, by=None)
    (piece,) = selectors.pieces_of(window) or []
    assert (piece.version, piece.first, piece.last, piece.model) == (version.pk, DAY, date(2024, 6, 30), MODEL)
    services.switch_set(on=False, by=None)
    assert selectors.pieces_of(window) is None


def test_two_who_change_one_draft() -> None:
    """quality 37: the second gets a conflict, the first is kept."""
    version = services.version_add(stated=STATED, by=None)
    first = Stated("first", DAY, MODEL)
    services.version_change(version=version, revision=1, stated=first, by=None)
    with pytest.raises(Conflict, match="changed or activated meanwhile"):
        services.version_change(version=version, revision=1, stated=Stated("second", DAY, MODEL), by=None)
    assert CostModelVersion.objects.get().name == "first"


def test_an_active_version_cannot_be_changed_activated_again_or_discarded() -> None:
    version = services.version_add(stated=STATED, by=None)
    services.version_activate(version=version, revision=1, by=None)
    for revision in (1, 2):
        with pytest.raises(Conflict):
            services.version_change(version=version, revision=revision, stated=STATED, by=None)
        with pytest.raises(Conflict):
            services.version_activate(version=version, revision=revision, by=None)
        with pytest.raises(Conflict):
            services.version_discard(version=version, revision=revision, by=None)


def test_a_later_activation_replaces_a_version_of_the_same_day() -> None:
    old, new = (services.version_add(stated=Stated(name, DAY, MODEL), by=None) for name in ("old", "new"))
    services.version_activate(version=new, revision=1, by=None)
    services.version_activate(version=old, revision=1, by=None)
    assert selectors.replaced() == {new.pk}


def test_a_draft_is_discarded() -> None:
    version = services.version_add(stated=STATED, by=None)
    services.version_discard(version=version, revision=1, by=None)
    with pytest.raises(NotFound):
        selectors.version_of(version.pk)


@pytest.mark.parametrize("role", ["account_manager", "sales_representative", "scout", "read_only"])
def test_others_change_nothing(role: str) -> None:
    """quality 2: what is forbidden writes nothing."""
    user = make_user("Otto", role=role)
    version = services.version_add(stated=STATED, by=None)
    for forbidden in (
        lambda: services.version_add(stated=STATED, by=user),
        lambda: services.version_change(version=version, revision=1, stated=STATED, by=user),
        lambda: services.version_activate(version=version, revision=1, by=user),
        lambda: services.version_discard(version=version, revision=1, by=user),
        lambda: services.versions_import(stated=[STATED], activate=True, by=user),
        lambda: services.switch_set(on=True, by=user),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    assert CostModelVersion.objects.get().state == "draft"
    assert not CostModelSwitch.objects.exists()


def test_everything_done_is_on_record() -> None:
    user = make_user("Ada", role="analyst")
    version = services.version_add(stated=STATED, by=user)
    services.version_activate(version=version, revision=1, by=user)
    assert services.switch_set(on=True, by=user)
    assert not services.switch_set(on=True, by=user)
    verbs = list(AuditEntry.objects.filter(person=user).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["cost model drafted", "cost model activated", "cost model on"]


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\nb"])
def test_a_version_needs_a_name(name: str) -> None:
    with pytest.raises(Refused, match="needs a name"):
        services.version_add(stated=Stated(name, DAY, MODEL), by=None)


def test_what_is_exported_comes_back_and_adds_nothing_twice() -> None:
    services.version_add(stated=STATED, by=None)
    services.version_add(stated=Stated("2023", date(2023, 1, 1), CostModel()), by=None)
    text = toml.written(selectors.versions())
    stated = toml.read(text, file="model.toml")
    assert stated == [STATED, Stated("2023", date(2023, 1, 1), CostModel())]
    assert services.versions_import(stated=stated, activate=False, by=None) == (0, 2)
    CostModelVersion.objects.all().delete()
    assert services.versions_import(stated=stated, activate=True, by=None) == (2, 0)
    assert toml.written(selectors.versions()) == text
    assert set(CostModelVersion.objects.values_list("state", flat=True)) == {"active"}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("name = ", "is not TOML"),
        ("name = 'x'", "holds no cost model"),
        ("version = 3", "holds no cost model"),
        ("version = [3]", "holds no cost model"),
        ("[[version]]\nname = 'x'", "needs valid_from"),
        ("[[version]]\nname = 'x'\nvalid_from = '2024-01-01'", "needs valid_from"),
        ("[[version]]\nname = 'x'\nvalid_from = 2024-01-01\nrate = 3", "knows no “rate”"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused(text: str, wrong: str) -> None:
    with pytest.raises(Refused, match=wrong):
        toml.read(text, file="model.toml")
