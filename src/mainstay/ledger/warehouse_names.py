"""What the lines of a warehouse name and nobody knows yet: accounts and products, made at refresh."""

from mainstay.accounts.models import Account
from mainstay.accounts.services import accounts_write_from_sales
from mainstay.core.errors import N_, Refused
from mainstay.ledger.models import Product
from mainstay.ledger.warehouse import WarehouseEngine
from mainstay.orm.bulk import chunks

# Other writers need their turns.
CHUNK = 5_000
CODE, NAME = 200, 400


def make_known(engine: WarehouseEngine) -> tuple[int, int]:
    """Make the accounts and products that are not known; returns how many of each. Those that are stay as they are."""
    accounts = _unknown(engine, "account", set(Account.objects.values_list("code", flat=True).iterator()))
    for part in chunks(accounts.items(), CHUNK):
        accounts_write_from_sales(rows=[{"code": code, "name": name} for code, name in part], people={})
    products = _unknown(engine, "product", set(Product.objects.values_list("code", flat=True).iterator()))
    for part in chunks(products.items(), CHUNK):
        Product.objects.bulk_create(
            (Product(code=code, name=name[:NAME]) for code, name in part), ignore_conflicts=True
        )
    return len(accounts), len(products)


def _unknown(engine: WarehouseEngine, what: str, known: set[str]) -> dict[str, str]:
    """Names of those that are not `known`, by code and in order of it."""
    told = engine.to_pyarrow(engine.names(what))
    pairs = zip(told["code"].to_pylist(), told["name"].to_pylist(), strict=True)
    found = {code: name or "" for code, name in sorted(pairs) if code not in known}
    if long := next((code for code in found if len(code) > CODE), None):
        raise Refused(
            N_("A code at %(ledger)s has more than %(most)s characters: %(code)s. Shorten it in a view."),
            ledger=engine.shown,
            most=CODE,
            code=long[:80],
        )
    return found
