"""Every address, asked as every role: who may, who is sent to log in, who is refused, and to whom it is not there."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import get_resolver, reverse

from mainstay.accounts.models import Account
from mainstay.accounts.services import accounts_set_owner
from mainstay.costing.models import CostModelVersion
from mainstay.costing.services import Stated, version_add
from mainstay.insight.cost_model import CostModel
from mainstay.ledger.models import Batch, Product, ProductCategory, ProductRule, Rate
from mainstay.ledger.services import category_add, rate_add, rule_add
from mainstay.nightly.refresh import refresh
from mainstay.people.models import User
from mainstay.people.roles import Role
from tests.factories import make_user
from tests.ledger.files import bring_tiny

pytestmark = pytest.mark.django_db(transaction=True)

ROLES = list(Role)
IMPORTERS = {Role.DIRECTOR, Role.ANALYST}
# `preferences` lets a visitor choose the language of the log-in page.
OPEN = {"account_login": 200, "vega": 404, "healthz": 200, "robots": 200, "preferences": 405}
# Asked by GET, by one who sees nothing of his own: what each role gets.
EVERYBODY = {
    "home": 302,
    "portfolio": 200,
    "portfolio-cell": 200,
    "accounts": 200,
    "accounts-export": 200,
    "pareto": 200,
    "jobs": 200,
}
ONLY_WHO_SEES = {
    "accounts-account",
    "accounts-sales",
    "accounts-lines",
    "accounts-profit",
    "accounts-relationship",
    "accounts-history",
}
IMPORTING = {
    "imports": 200,
    "imports-mappings": 200,
    "imports-batch": 200,
    "imports-undo": 200,
    "ledger": 200,
    "ledger-document": 422,
    "ledger-replaced": 200,
    "products": 200,
    "products-product": 200,
    "products-rules": 200,
    "products-rule": 200,
    "products-categories": 200,
    "products-category": 200,
    "currencies": 200,
    "currencies-rate": 200,
    "costmodel": 200,
    "costmodel-new": 200,
    "costmodel-version": 200,
}
IMPORTING_NOT_THERE = {"imports-preview", "imports-refused"}
ONLY_BY_POST = {
    "imports-discard",
    "imports-mapping-rename",
    "imports-mapping-delete",
    "products-suggestion",
    "refresh",
    "costmodel-switch",
    "costmodel-activate",
    "costmodel-discard",
}
ONLY_BY_POST_OF_WHO_SEES = {"accounts-alias", "accounts-alias-remove"}
# Addresses of one thing, which a test makes first.
KEPT = {
    "products-product": Product,
    "products-rule": ProductRule,
    "products-category": ProductCategory,
    "currencies-rate": Rate,
    **dict.fromkeys(("costmodel-version", "costmodel-activate", "costmodel-discard"), CostModelVersion),
}
NOBODYS = {"jobs-job": 404, "jobs-cancel": 405, "jobs-seen": 405}
NO_JOB = "00000000-0000-0000-0000-000000000000"
LEAVING = {"account_logout": 200}
ARGUMENTS = {
    "portfolio-cell": {"cell": "B2"},
    "imports-preview": {"token": "unknown"},
    "imports-refused": {"token": "unknown"},
    "imports-discard": {"token": "unknown"},
    "imports-mapping-rename": {"pk": 1},
    "imports-mapping-delete": {"pk": 1},
    "jobs-job": {"pk": NO_JOB},
    "jobs-cancel": {"pk": NO_JOB},
    "jobs-seen": {"pk": NO_JOB},
    "vega": {"version": "none"},
}


@pytest.fixture
def graded() -> Account:
    bring_tiny()
    rule_add(about="code", way="exact", pattern="POST")
    category_add(name="Bikes")
    rate_add(currency="USD", base="EUR", day=date(2024, 6, 30), rate=Decimal(1))
    version_add(stated=Stated("M", date(2024, 1, 1), CostModel()), by=None)
    refresh(as_of=date(2024, 6, 30))
    return Account.objects.get(code="A1")


def address(name: str, account: Account) -> str:
    arguments: dict[str, object] = dict(ARGUMENTS.get(name, {}))
    if name in ONLY_WHO_SEES | ONLY_BY_POST_OF_WHO_SEES:
        arguments = {"pk": account.pk}
    elif name in KEPT:
        arguments = {"pk": KEPT[name].objects.order_by("pk").values_list("pk", flat=True)[0]}
    elif name in {"imports-batch", "imports-undo", "ledger-replaced"}:
        arguments = {"pk": Batch.objects.get(kind="sales").pk}
    return reverse(name, kwargs=arguments)


def asked(name: str, account: Account, user: User | None) -> HttpResponseBase:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client.get(address(name, account))


def expected(name: str, role: Role) -> int:
    if name in ONLY_WHO_SEES:
        return 200 if role in IMPORTERS else 404
    if name in ONLY_BY_POST_OF_WHO_SEES:
        return 405
    if name in ONLY_BY_POST:
        return 405 if role in IMPORTERS else 403
    if name in IMPORTING:
        return IMPORTING[name] if role in IMPORTERS else 403
    if name in IMPORTING_NOT_THERE:
        return 404 if role in IMPORTERS else 403
    return (EVERYBODY | NOBODYS | LEAVING)[name]


def names() -> set[str]:
    return {str(pattern) for pattern in get_resolver().reverse_dict if isinstance(pattern, str)}


def test_every_address_is_spoken_of_here() -> None:
    told = EVERYBODY.keys() | OPEN.keys() | ONLY_WHO_SEES | IMPORTING.keys() | IMPORTING_NOT_THERE | ONLY_BY_POST
    told |= ONLY_BY_POST_OF_WHO_SEES
    assert names() == told | NOBODYS.keys() | LEAVING.keys()


def test_before_log_in_only_what_is_open(graded: Account) -> None:
    """quality 3"""
    found = {name: asked(name, graded, None).status_code for name in names()}
    assert {name: status for name, status in found.items() if name in OPEN} == OPEN
    assert {name for name, status in found.items() if name not in OPEN and status != 302} == set()


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_is_its_own(role: Role, graded: Account) -> None:
    """quality 1, 2, 4: others' accounts are not there; what a role may not do is refused."""
    user = make_user(role=role)
    closed = names() - OPEN.keys() - {"account_logout"}
    found = {name: asked(name, graded, user).status_code for name in closed}
    allowed = {name: {expected(name, role)} for name in closed}
    for name in ONLY_BY_POST:
        allowed[name] |= {405}
    assert {name: status for name, status in found.items() if status not in allowed[name]} == {}


@pytest.mark.parametrize("role", [role for role in ROLES if role not in IMPORTERS])
def test_an_owner_sees_his_account_and_no_other(role: Role, graded: Account) -> None:
    """quality 1, 5, 6, 8"""
    user = make_user(role=role)
    accounts_set_owner(accounts=[graded.pk], owner=user, by=None)
    client = Client()
    client.force_login(user)
    other = Account.objects.get(code="B1")
    assert {name: client.get(address(name, graded)).status_code for name in ONLY_WHO_SEES} == dict.fromkeys(
        ONLY_WHO_SEES, 200
    )
    for page in ("/accounts/", "/accounts/?q=Birch", "/accounts/export.csv", "/insight/pareto/", "/portfolio/B2/"):
        answer = client.get(page)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert other.name.replace("&", "&amp;").encode() not in text
        assert b"Birch &" not in text
