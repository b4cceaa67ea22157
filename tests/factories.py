"""People and accounts for tests, made as the product makes them.

anna = make_user("anna", role="director")
make_account("A1", owner=anna, parent=make_account("A0"))
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password

from mainstay.accounts import access
from mainstay.accounts.models import Account, Contact
from mainstay.accounts.search import folded, search_text
from mainstay.accounts.statements import ACCOUNT_FIELDS
from mainstay.people.models import Team, User

PASSWORD = "correct horse battery"
_HASHED: list[str] = []


def make_team(name: str = "North") -> Team:
    return Team.objects.get_or_create(name=name)[0]


def make_user(name: str = "Anna", role: str = "sales_representative", **fields: Any) -> User:
    """A user who logs in with PASSWORD. `team` may be a name."""
    if not _HASHED:
        _HASHED.append(make_password(PASSWORD))
    team = fields.pop("team", None)
    user = User(
        email=fields.pop("email", f"{name.lower()}@example.com"),
        name=name,
        role=role,
        team=make_team(team) if isinstance(team, str) else team,
        password=_HASHED[0],
        **fields,
    )
    user.full_clean()
    user.save()
    return user


def make_account(code: str = "A1", **fields: Any) -> Account:
    """An account, granted to whom it belongs. `team` may be a name."""
    if isinstance(fields.get("team"), str):
        fields["team"] = make_team(fields["team"])
    account = Account(code=code, search=search_text(code, fields.get("name", "")), **fields)
    account.full_clean()
    account.save()
    access.rebuild([account.pk])
    return account


def make_contact(account: Account, name: str = "Wei Zhang", **fields: Any) -> Contact:
    contact = Contact(account=account, name=name, key=folded(name), **fields)
    contact.full_clean()
    contact.save()
    return contact


def account_row(code: str = "A1", **fields: str | date | Decimal | None) -> dict[str, Any]:
    """A row of an accounts file as the ledger hands it on, blank where nothing is said."""
    return {"code": code, **dict.fromkeys(ACCOUNT_FIELDS), **fields}
