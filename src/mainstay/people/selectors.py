"""Everything that reads people."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from mainstay.people.models import User


def user_list() -> QuerySet[User]:
    """Everybody, those who may log in first, by name; with their teams."""
    return User.objects.select_related("team").order_by("-is_active", "name", "email")


def person_finder() -> Mapping[str, User]:
    """People by what a file may call them: their e-mail, and their name where only one person bears it.

    Keys are casefolded. A name goes to who may log in before who no longer may.
    """
    users = list(User.objects.order_by("is_active", "pk"))
    found: dict[str, User] = {}
    for active in (False, True):
        those = [user for user in users if user.is_active == active]
        names = Counter(user.name.casefold() for user in those)
        for user in those:
            name = user.name.casefold()
            if names[name] == 1:
                found[name] = user
            else:
                found.pop(name, None)
    return found | {user.email.casefold(): user for user in users}


def people_known() -> dict[str, dict[str, Any]]:
    """What a file of people may change, of everybody, by e-mail."""
    rows = User.objects.values_list("email", "name", "role", "rank", "team__name")
    return {
        email: {"name": name, "role": role, "rank": rank, "team": team or ""} for email, name, role, rank, team in rows
    }
