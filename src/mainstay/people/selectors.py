"""Everything that reads people."""

from collections import Counter
from collections.abc import Mapping

from mainstay.people.models import User


def person_finder() -> Mapping[str, User]:
    """People by what a file may call them: their e-mail, and their name where only one person bears it.

    Keys are casefolded.
    """
    users = list(User.objects.filter(is_active=True))
    names = Counter(user.name.casefold() for user in users)
    found = {user.name.casefold(): user for user in users if names[user.name.casefold()] == 1}
    return found | {user.email.casefold(): user for user in users}
