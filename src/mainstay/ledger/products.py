"""Products, their categories and the rules that mark codes which are no products: reads, and what a person changes."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet

from mainstay.core.errors import N_, Conflict, NotFound, Refused
from mainstay.ledger.models import Product, ProductCategory, ProductRule
from mainstay.ledger.product_files import DEEPEST
from mainstay.ledger.product_marks import Known, Marks, Texts, check_pattern, fits, marks_of
from mainstay.ledger.rates import CHANGED
from mainstay.ledger.workings import check_may_set_workings, products_moved
from mainstay.people.models import User
from mainstay.people.services import audit_record

CHUNK = 20_000
DIMENSION = pa.schema({"product": pa.string(), "category": pa.string(), "marked": pa.bool_()})
_KNOWN = ("code", "name", "no_product", "held_no_product")


def rules(*, on: bool | None = None) -> list[ProductRule]:
    """Every rule in the order they were made, or those that are on or off."""
    found = ProductRule.objects.order_by("pk")
    return list(found if on is None else found.filter(on=on))


def categories() -> QuerySet[ProductCategory]:
    """The tree of categories by path."""
    return ProductCategory.objects.order_by("path")


def counted_categories() -> QuerySet[ProductCategory]:
    """The same with `product_count`: the products that are directly in each."""
    return categories().annotate(
        product_count=Count("products", filter=Q(products__held_category__isnull=True), distinct=True)
        + Count("held_products", distinct=True)
    )


def known_products(products: QuerySet[Product] | None = None) -> list[Known]:
    """All products as far as marking goes, or some."""
    found = Product.objects.all() if products is None else products
    return [Known(*row) for row in found.order_by().values_list(*_KNOWN).iterator(chunk_size=CHUNK)]


def marks(products: QuerySet[Product] | None = None) -> Marks:
    """Which of all products, or of some, are no products."""
    return marks_of(known_products(products), rules(on=True))


def dimension() -> pa.Table:
    """What a refresh needs of products: product, category (a path) and marked, of those alone that have one of both."""
    switched_on = rules(on=True)
    told = Product.objects.all()
    if not switched_on:
        told = told.filter(
            Q(category__isnull=False) | Q(held_category__isnull=False) | Q(no_product=True) | Q(held_no_product=True)
        )
    rows = list(
        told.order_by("code").values_list(*_KNOWN, "held_category__path", "category__path").iterator(chunk_size=CHUNK)
    )
    marked = marks_of([Known(*row[:4]) for row in rows], switched_on)
    kept = [
        {"product": row[0], "category": row[4] or row[5], "marked": row[0] in marked}
        for row in rows
        if row[4] or row[5] or row[0] in marked
    ]
    return pa.Table.from_pylist(kept, DIMENSION)


def product_named(pk: int) -> Product:
    """Raises NotFound."""
    found = Product.objects.select_related("category", "held_category").filter(pk=pk).first()
    if found is None:
        raise NotFound(N_("There is no such product."))
    return found


def rule_named(pk: int) -> ProductRule:
    """Raises NotFound."""
    found = ProductRule.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(N_("There is no such rule."))
    return found


def category_named(pk: int) -> ProductCategory:
    """Raises NotFound."""
    found = ProductCategory.objects.select_related("parent").filter(pk=pk).first()
    if found is None:
        raise NotFound(N_("There is no such category."))
    return found


@transaction.atomic
def product_decide(
    *, product: int, no_product: bool | None, category: int | None, revision: int, by: User | None = None
) -> None:
    """Decide whether a code is no product, and its category; None: as files and rules have it."""
    check_may_set_workings(by)
    found = product_named(product)
    held = category_named(category) if category is not None else None
    changed = Product.objects.filter(pk=product, revision=revision).update(
        held_no_product=no_product, held_category=held, revision=revision + 1
    )
    _settled(changed, "product decided", found.code, by, {"no_product": no_product, "category": held and held.path})


@transaction.atomic
def rule_add(
    *, about: str, way: str, pattern: str, note: str = "", on: bool = False, by: User | None = None
) -> ProductRule:
    """Make a rule, off unless told otherwise."""
    check_may_set_workings(by)
    rule = rule_checked(ProductRule(about=about, way=way, pattern=pattern.strip(), note=note.strip(), on=on))
    _unique(rule.save)
    _settled(1, "product rule added", rule.pattern, by, {"about": about, "way": way, "on": on}, moves=on)
    return rule


@transaction.atomic
def rule_change(
    *, rule: int, about: str, way: str, pattern: str, note: str, revision: int, by: User | None = None
) -> None:
    """Give a rule another pattern or note. Raises NotFound, Refused, Conflict."""
    check_may_set_workings(by)
    found = rule_named(rule)
    wanted = {"about": about, "way": way, "pattern": pattern.strip(), "note": note.strip()}
    rule_checked(ProductRule(**wanted))
    same = ProductRule.objects.filter(pk=rule, revision=revision)
    changed = _unique(lambda: same.update(**wanted, revision=revision + 1))
    _settled(changed, "product rule changed", pattern, by, wanted, moves=found.on)


@transaction.atomic
def rule_switch(*, rule: int, on: bool, revision: int, by: User | None = None) -> None:
    """Switch a rule on or off. Raises NotFound, Conflict."""
    check_may_set_workings(by)
    found = rule_named(rule)
    changed = ProductRule.objects.filter(pk=rule, revision=revision).update(on=on, revision=revision + 1)
    _settled(changed, "product rule switched", found.pattern, by, {"on": on})


@transaction.atomic
def rule_remove(*, rule: int, revision: int, by: User | None = None) -> None:
    """Take a rule away. Raises NotFound, Conflict."""
    check_may_set_workings(by)
    found = rule_named(rule)
    gone, _by_model = ProductRule.objects.filter(pk=rule, revision=revision).delete()
    _settled(gone, "product rule removed", found.pattern, by, {}, moves=found.on)


@transaction.atomic
def category_add(*, name: str, parent: int | None = None, by: User | None = None) -> ProductCategory:
    """Make a category, at the top or below another."""
    check_may_set_workings(by)
    above = category_named(parent) if parent is not None else None
    made = ProductCategory(name=_name(name), parent=above)
    made.path = _path(made.name, above)
    _free(made.path)
    made.save()
    _settled(1, "category added", made.path, by, {}, moves=False)
    return made


@transaction.atomic
def category_change(
    *, category: int, name: str, parent: int | None, revision: int, by: User | None = None
) -> ProductCategory:
    """Rename a category or put it below another, with all that is in it. Raises NotFound, Refused, Conflict."""
    check_may_set_workings(by)
    found = category_named(category)
    above = category_named(parent) if parent is not None else None
    begins = found.path + ProductCategory.SEPARATOR
    if above is not None and (above.pk == found.pk or above.path.startswith(begins)):
        raise Refused(N_("A category cannot stand below itself. Choose another place."))
    path = _path(_name(name), above)
    _free(path, but=found)
    below = list(ProductCategory.objects.filter(path__startswith=begins))
    for child in below:
        child.path = _checked_path(path + child.path[len(found.path) :])
    changed = ProductCategory.objects.filter(pk=category, revision=revision).update(
        name=_name(name), parent=above, path=path, revision=revision + 1
    )
    ProductCategory.objects.bulk_update(below, ["path"], batch_size=500)
    _settled(changed, "category changed", found.path, by, {"path": path})
    return category_named(category)


@transaction.atomic
def category_remove(*, category: int, revision: int, by: User | None = None) -> None:
    """Take a category away that nothing is in. Raises NotFound, Refused, Conflict."""
    check_may_set_workings(by)
    found = category_named(category)
    if found.children.exists() or found.products.exists() or found.held_products.exists():
        raise Refused(N_("Something is in “%(category)s” still. Move it first."), category=found.path)
    gone, _by_model = ProductCategory.objects.filter(pk=category, revision=revision).delete()
    _settled(gone, "category removed", found.path, by, {}, moves=False)


def _settled(
    changed: Any, verb: str, about: str, by: User | None, detail: dict[str, Any], *, moves: bool = True
) -> None:
    """Conflict unless one row changed; else it is told, and counted where it `moves` figures."""
    if changed != 1:
        raise Conflict(CHANGED)
    if moves:
        products_moved()
    audit_record(verb=verb, about=about, person=by, detail=detail)


def rule_checked(rule: ProductRule) -> ProductRule:
    """The rule, if it could be kept. Raises Refused."""
    if rule.about not in ProductRule.About.values or rule.way not in ProductRule.Way.values:
        raise Refused(N_("Say what the rule looks at, and how."))
    if len(rule.note) > 400:
        raise Refused(N_("A note may have %(most)s characters at most."), most=400)
    check_pattern(rule)
    return rule


def _unique(write: Any) -> Any:
    try:
        with transaction.atomic():
            return write()
    except IntegrityError:
        raise Refused(N_("There is such a rule already.")) from None


def _name(name: str) -> str:
    clean = name.strip()
    if not clean or len(clean) > 200 or not clean.isprintable() or any(sign in clean for sign in "/／>＞›»"):
        raise Refused(N_("A category needs a name of at most 200 characters, without / and >."))
    return clean


def _path(name: str, above: ProductCategory | None) -> str:
    return _checked_path(f"{above.path}{ProductCategory.SEPARATOR}{name}" if above else name)


def _checked_path(path: str) -> str:
    if len(path) > 1000 or path.count(ProductCategory.SEPARATOR) >= DEEPEST:
        raise Refused(N_("Categories go %(most)s levels deep at most. Choose a place further up."), most=DEEPEST)
    return path


def _free(path: str, but: ProductCategory | None = None) -> None:
    taken = ProductCategory.objects.filter(path__iexact=path)
    if (taken.exclude(pk=but.pk) if but else taken).exists():
        raise Refused(N_("There is a category “%(category)s” already."), category=path)


def matched(pattern: Any, products: Iterable[Known]) -> list[str]:
    """The codes among `products` that a rule or a suggestion fits."""
    rows = list(products)
    hits = fits(pattern, Texts.of((row.code, row.name) for row in rows))
    return [row.code for row, hit in zip(rows, hits, strict=True) if hit]
