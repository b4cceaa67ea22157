"""Everything that reads accounts and contacts."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from mainstay.accounts.access import visible
from mainstay.accounts.aliases import resolved
from mainstay.accounts.loading import alias_pairs
from mainstay.accounts.models import Account, AccountAlias, Contact
from mainstay.accounts.search import folded
from mainstay.core.errors import N_, NotFound
from mainstay.people.models import User

_ABOVE = """
WITH RECURSIVE above(id) AS (
    SELECT parent_id FROM accounts_account WHERE id = %s AND parent_id IS NOT NULL
    UNION
    SELECT a.parent_id FROM accounts_account a JOIN above ON a.id = above.id WHERE a.parent_id IS NOT NULL
) SELECT id FROM above
"""
_BELOW = """
WITH RECURSIVE below(id) AS (
    SELECT id FROM accounts_account WHERE parent_id = %s
    UNION
    SELECT a.id FROM accounts_account a JOIN below ON a.parent_id = below.id
) SELECT id FROM below
"""


def account_of(*, code: str, user: User | AnonymousUser) -> Account:
    """The account of that code; NotFound where there is none or `user` may not see it."""
    account = visible(user).select_related("parent", "owner", "team").filter(code=code).first()
    if account is None:
        raise NotFound(N_("There is no account %(code)s, or you may not see it."), code=code)
    return account


def ancestors(account: Account) -> QuerySet[Account]:
    """The companies above an account, in no order; who shows them starts from `visible`: `visible(user) & …`."""
    return Account.objects.filter(pk__in=RawSQL(_ABOVE, [account.pk]))  # noqa: S611  (bound)


def descendants(account: Account) -> QuerySet[Account]:
    """The companies below an account, however far down, in no order."""
    return Account.objects.filter(pk__in=RawSQL(_BELOW, [account.pk]))  # noqa: S611  (bound)


def aliases_of(account: Account) -> QuerySet[AccountAlias]:
    """The codes that stand for an account, by code."""
    return account.aliases.select_related("by").order_by("code")


def alias_ends() -> dict[str, str]:
    """For each alias the code of the account whose its lines are in the end."""
    return resolved(alias_pairs())


def merged_into(account: Account) -> Account | None:
    """The account for which this one's lines count, where its code is an alias; who shows it asks `visible`."""
    found = AccountAlias.objects.select_related("account").filter(code=account.code).first()
    seen = {account.pk}
    while found is not None and found.account_id not in seen:
        seen.add(found.account_id)
        further = AccountAlias.objects.select_related("account").filter(code=found.account.code).first()
        if further is None:
            return found.account
        found = further
    return None


def line_codes(account: Account) -> list[str]:
    """The codes under which files have an account's lines: its own and its aliases, those of accounts merged into it
    too. None where its own code stands for another account.
    """
    if AccountAlias.objects.filter(code=account.code).exists():
        return []
    codes = [account.code]
    found = codes
    while found:
        further = AccountAlias.objects.filter(account__code__in=found).order_by("code").values_list("code", flat=True)
        found = [code for code in further if code not in codes]
        codes += found
    return codes


def is_account(code: str) -> bool:
    """Whether an account has this code; whoever asks may see it all."""
    return Account.objects.filter(code=code).exists()


def aliases_without_account() -> set[str]:
    """Alias codes that no account has: lines under them make no account."""
    return set(AccountAlias.objects.exclude(code__in=Account.objects.values("code")).values_list("code", flat=True))


def matching(accounts: QuerySet[Account], text: str) -> QuerySet[Account]:
    """Those of `accounts` whose code, name or aliases hold every word of `text`, whatever its case and width."""
    words = folded(text).split()
    return accounts.filter(*(Q(search__contains=word) for word in words)) if words else accounts


def contacts_of(account: Account) -> QuerySet[Contact]:
    """The people known at an account, by name."""
    return account.contacts.order_by("key")
