"""Files of products: what their rows say, and what products are called and belong to after an import or an undo."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mainstay.accounts.statements import MOST_CHANGES, Change, Outcome, as_text, gather
from mainstay.core.errors import N_
from mainstay.core.rows import RefusedRow
from mainstay.ledger.models import Batch, Product, ProductCategory
from mainstay.ledger.workings import products_moved
from mainstay.ledger.yes_no import NO_YES_NO, yes_no
from mainstay.orm.bulk import chunks, insert_rows, update_rows

Row = Mapping[str, Any]
FIELDS = ("name", "category", "no_product")
DEEPEST = 10
_LEVELS = re.compile(r"\s*[/／>＞›»]\s*")

NO_PATH = N_(
    "“%(value)s” under “%(column)s” is no path of categories such as Bikes / Road: at most ten levels with names of at "
    "most 200 characters, 1,000 together. Correct it."
)
LONG_NAME = N_("“%(value)s” under “%(column)s” is longer than 400 characters. Shorten it.")


@dataclass(frozen=True)
class Said:
    """What is said of one product; None: nothing is. `category` is a path."""

    name: str | None = None
    category: str | None = None
    no_product: bool | None = None


def category_path(text: str) -> str | None:
    """The path that a text means: Bikes/Road, Bikes > Road, 自行车／公路车; None where it is none."""
    names = [part for part in _LEVELS.split(text.strip()) if part]
    path = ProductCategory.SEPARATOR.join(names)
    fine = 0 < len(names) <= DEEPEST and max(map(len, names)) <= 200 and len(path) <= 1000
    return path if fine and path.isprintable() else None


def said_of(rows: Iterable[Row]) -> tuple[dict[str, Said], list[RefusedRow]]:
    """What rows say of each product, the last row that says something counting; and those that cannot be used."""
    stated = gather(rows, key="code", fields=FIELDS, last_counts=True)
    for index, row in enumerate(stated.rows):
        if row is None:
            continue
        if "name" in row and len(row["name"]) > 400:
            stated.refuse(index, "name", LONG_NAME, row["name"])
        elif "category" in row and category_path(row["category"]) is None:
            stated.refuse(index, "category", NO_PATH, row["category"])
        elif "no_product" in row and yes_no(row["no_product"]) is None:
            stated.refuse(index, "no_product", NO_YES_NO, row["no_product"])
    merged = {code: stated.merged(code) for code in stated.places}
    return {
        code: Said(
            row.get("name"),
            category_path(row["category"]) if "category" in row else None,
            yes_no(row.get("no_product")),
        )
        for code, row in merged.items()
        if row is not None
    }, stated.refused


def plan_products(rows: Sequence[Row]) -> Outcome:
    """What writing these rows would do."""
    said, refused = said_of(rows)
    known = _known(said)
    changed = [code for code in said if code in known and _differs(known[code], said[code])]
    return Outcome(
        new=len(said) - len(known),
        changed=len(changed),
        equal=len(known) - len(changed),
        refused=sorted(refused, key=_place),
        changes=[
            change for code in changed[:MOST_CHANGES] for change in _changes(code, _held(known[code]), said[code])
        ][:MOST_CHANGES],
    )


def write_products(rows: Sequence[Row], batch: Batch) -> Outcome:
    """Have this be known of products, in the transaction of the commit."""
    outcome = plan_products(rows)
    said, _refused = said_of(rows)
    known = _known(said)
    categories = _categories({what.category for what in said.values() if what.category}, batch)
    new = [(code, what) for code, what in said.items() if code not in known]
    names = ("code", "name", "sales_name", "category_id", "no_product", "revision", "batch_id")
    insert_rows(
        Product,
        names,
        [(code, w.name or "", "", categories.get(w.category or ""), w.no_product, 0, batch.pk) for code, w in new],
    )
    _update(
        (
            product.pk,
            what.name or product.name,
            categories[what.category] if what.category else product.category_id,
            product.no_product if what.no_product is None else what.no_product,
            product.revision + 1,
        )
        for code, what in said.items()
        if (product := known.get(code)) is not None and _differs(product, what)
    )
    products_moved()
    return outcome


def reset_products(codes: Iterable[str], others: Iterable[Row], batch: Batch) -> None:
    """Put these products back to what other files say of them, oldest first; their name else to what sales say.

    Categories that `batch` made and nothing is in any more go.
    """
    wanted = set(codes)
    said, _refused = said_of([row for row in others if row["code"] in wanted])
    categories = _categories({what.category for what in said.values() if what.category}, batch)
    known = _known(wanted)
    _update(
        (
            product.pk,
            what.name or product.sales_name,
            categories.get(what.category or ""),
            what.no_product,
            product.revision + 1,
        )
        for code, product in known.items()
        for what in (said.get(code, Said()),)
    )
    products_moved()


def sweep_categories(batch: Batch) -> None:
    """Take away the categories that `batch` made and nothing is in, from the lowest up."""
    while True:
        idle = ProductCategory.objects.filter(
            batch=batch, children__isnull=True, products__isnull=True, held_products__isnull=True
        )
        ids = list(idle.values_list("pk", flat=True))
        if not ids:
            return
        for part in chunks(ids, 500):
            ProductCategory.objects.filter(pk__in=part).delete()


def _update(rows: Iterable[tuple[Any, ...]]) -> None:
    update_rows(Product, ("name", "category_id", "no_product", "revision"), rows)


def _known(codes: Iterable[str]) -> dict[str, Product]:
    found: dict[str, Product] = {}
    for part in chunks(sorted(codes), 500):
        products = Product.objects.filter(code__in=part).select_related("category")
        found |= {product.code: product for product in products}
    return found


def _held(product: Product) -> Said:
    """What is known of a product."""
    return Said(product.name, product.category.path if product.category else None, product.no_product)


def _differs(product: Product, what: Said) -> bool:
    return bool(_changes("", _held(product), what))


def _changes(code: str, held: Said, what: Said) -> list[Change]:
    """What becomes of the fields of a product that is known."""
    return [
        Change(code, name, as_text(getattr(held, name)), as_text(now))
        for name in FIELDS
        if (now := getattr(what, name)) not in (None, getattr(held, name))
    ]


def _categories(paths: Iterable[str], batch: Batch) -> dict[str, int]:
    """The ids of these categories by path; those that are missing are made, with those above them."""
    found = dict(ProductCategory.objects.values_list("path", "pk"))
    folded = {path.casefold(): pk for path, pk in found.items()}
    ids: dict[str, int] = {}
    for path in sorted(paths):
        parent: int | None = None
        names = path.split(ProductCategory.SEPARATOR)
        for depth in range(1, len(names) + 1):
            above = ProductCategory.SEPARATOR.join(names[:depth])
            pk = folded.get(above.casefold())
            if pk is None:
                made = ProductCategory.objects.create(name=names[depth - 1], parent_id=parent, path=above, batch=batch)
                pk = folded[above.casefold()] = made.pk
            parent = pk
        ids[path] = parent or 0
    return ids


def _place(row: RefusedRow) -> int:
    return row.index
