"""The set worked out by hand, graded, with people of every role, for tests of pages."""

import html
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.test import Client
from django.urls import reverse

from mainstay.accounts import access
from mainstay.accounts.models import Account
from mainstay.grading.models import Refresh
from mainstay.nightly.refresh import refresh
from mainstay.people.models import User
from tests.factories import make_user
from tests.ledgers import TINY_DAY, tiny_ledger

ROLES = ("director", "account_manager", "sales_representative", "scout", "analyst", "read_only")
MAY_ASSESS = ROLES[:4]


@dataclass
class Graded:
    """`owner` is an account manager who owns A1 and C1; `outsider` owns nothing."""

    accounts: dict[str, Account]
    refresh: Refresh
    director: User
    owner: User
    outsider: User

    def url(self, name: str, code: str = "A1") -> str:
        return reverse(f"accounts-{name}", args=[self.accounts[code].pk])


def graded_tiny() -> Graded:
    accounts = tiny_ledger()
    owner = make_user("Olga", role="account_manager")
    own(owner, accounts["A1"], accounts["C1"])
    return Graded(
        accounts, refresh(as_of=TINY_DAY), make_user("Dora", role="director"), owner, make_user("Otto", role="scout")
    )


def own(user: User, *accounts: Account) -> None:
    for account in accounts:
        account.owner = user
        account.save(update_fields=["owner"])
    access.rebuild([account.pk for account in accounts])


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(response: Any) -> str:
    """What a person reads on a page: without tags, and white space as one blank."""
    text = re.sub(r"<script.*?</script>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def table(response: Any, caption: str) -> list[list[str]]:
    """The cells of a table, by row, heading and totals with them."""
    for found in re.findall(r"<table.*?</table>", response.content.decode(), flags=re.DOTALL):
        if re.search(rf"<caption[^>]*>{re.escape(html.escape(caption))}</caption>", found):
            rows = re.findall(r"<tr.*?</tr>", found, flags=re.DOTALL)
            cells = [re.findall(r"<t[hd].*?</t[hd]>", row, flags=re.DOTALL) for row in rows]
            return [[" ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in row] for row in cells]
    raise AssertionError(f"There is no table “{caption}”.")


def spec(response: Any, name: str) -> Any:
    """The specification of a chart."""
    found = re.search(rf'<script id="{name}-spec" type="application/json">(.*?)</script>', response.content.decode())
    assert found, name
    return json.loads(found[1])


def money(text: str) -> Decimal:
    return Decimal(re.sub(r"[^\d.−]", "", text).replace("−", "-"))
