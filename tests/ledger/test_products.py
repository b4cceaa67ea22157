"""Products: files of them, their categories, and the rules that mark codes as none."""

from pathlib import Path

import pytest

from mainstay.core.errors import Conflict, NotAllowed, NotFound, Refused
from mainstay.ledger.models import Product, ProductCategory, ProductRule
from mainstay.ledger.product_files import category_path
from mainstay.ledger.product_marks import HELD, RULE, STATED, Known, Texts, check_pattern, fits, marks_of
from mainstay.ledger.product_suggestions import suggested
from mainstay.ledger.products import dimension, marks
from mainstay.ledger.services import (
    category_add,
    category_change,
    category_remove,
    product_decide,
    rule_add,
    rule_change,
    rule_remove,
    rule_switch,
    undo_batch,
)
from mainstay.ledger.workings import workings
from tests.factories import make_user
from tests.ledger.files import bring_text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
SALES = (
    "document,date,account,product,product_name,amount\nS1,2024-01-02,A,P1,Frame,5\nS2,2024-01-02,A,POST,Postage,1\n"
)


def rule(about: str, way: str, pattern: str) -> ProductRule:
    return ProductRule(about=about, way=way, pattern=pattern)


def told() -> dict[str, tuple[str, str | None, bool | None]]:
    return {
        product.code: (product.name, product.category.path if product.category else None, product.no_product)
        for product in Product.objects.select_related("category")
    }


def test_a_file_of_products_names_sorts_and_marks_them(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", SALES)
    text = "产品编码,品名,类别,非产品\nP1,公路车架,自行车/公路车,\nP2,,自行车 > 山地车,否\nPOST,,,是\n"
    outcome = bring_text(tmp_path, "products", text)
    assert (outcome.counts["new"], outcome.counts["changed"]) == (1, 2)
    assert told() == {
        "P1": ("公路车架", "自行车 / 公路车", None),
        "P2": ("", "自行车 / 山地车", False),
        "POST": ("Postage", None, True),
    }
    assert set(ProductCategory.objects.values_list("path", flat=True)) == {
        "自行车",
        "自行车 / 公路车",
        "自行车 / 山地车",
    }
    again = bring_text(tmp_path, "products", text)
    assert (again.counts["new"], again.counts["changed"], again.counts["known"]) == (0, 0, 3)


def test_undo_of_a_file_of_products_puts_back_what_was_before(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", SALES)
    first = bring_text(tmp_path, "products", "code,name,category\nP1,One,A / B\nP3,Three,C\n").batch
    second = bring_text(tmp_path, "products", "code,name,category,no_product\nP1,Uno,D,yes\n").batch
    assert first
    assert second
    undo_batch(batch=second.pk)
    assert told()["P1"] == ("One", "A / B", None)
    assert not ProductCategory.objects.filter(path="D").exists()
    undo_batch(batch=first.pk)
    assert told() == {"P1": ("Frame", None, None), "POST": ("Postage", None, None)}
    assert not ProductCategory.objects.exists()


def test_a_product_of_its_own_file_outlives_the_sales_that_named_it(tmp_path: Path) -> None:
    sales = bring_text(tmp_path, "sales", SALES).batch
    bring_text(tmp_path, "products", "code,category\nP1,A\n")
    assert sales
    undo_batch(batch=sales.pk)
    assert set(told()) == {"P1"}


@pytest.mark.parametrize(
    ("row", "why"),
    [("P1,,maybe", "neither yes nor no"), (f"P1,{' / '.join('abcdefghijk')},", "no path"), ("P1,/,", "no path")],
)
def test_a_row_of_a_product_that_cannot_be_used_is_refused(tmp_path: Path, row: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        bring_text(tmp_path, "products", f"code,category,no_product\n{row}\n")
    assert not Product.objects.exists()


def test_paths_of_categories() -> None:
    texts = ("Bikes/Road", " Bikes > Road ", "自行车／公路车", " / ", "")
    found = [category_path(text) for text in texts]
    assert found == ["Bikes / Road", "Bikes / Road", "自行车 / 公路车", None, None]


def test_a_category_moves_with_what_is_in_it_and_never_below_itself() -> None:
    bikes = category_add(name="Bikes")
    road = category_add(name="Road", parent=bikes.pk)
    race = category_add(name="Race", parent=road.pk)
    with pytest.raises(Refused, match="below itself"):
        category_change(category=bikes.pk, name="Bikes", parent=race.pk, revision=0)
    with pytest.raises(Refused, match="below itself"):
        category_change(category=bikes.pk, name="Bikes", parent=bikes.pk, revision=0)
    sport = category_add(name="Sport")
    category_change(category=road.pk, name="Road bikes", parent=sport.pk, revision=0)
    assert list(ProductCategory.objects.order_by("path").values_list("path", flat=True)) == [
        "Bikes",
        "Sport",
        "Sport / Road bikes",
        "Sport / Road bikes / Race",
    ]
    with pytest.raises(Conflict):
        category_change(category=road.pk, name="Other", parent=None, revision=0)
    with pytest.raises(Refused, match="already"):
        category_add(name="sport")
    with pytest.raises(Refused, match="still"):
        category_remove(category=sport.pk, revision=0)
    category_remove(category=bikes.pk, revision=0)
    for name in ("", "A/B", "x" * 201):
        with pytest.raises(Refused, match="needs a name"):
            category_add(name=name)


def test_categories_have_a_depth_that_ends() -> None:
    parent = None
    for level in range(10):
        parent = category_add(name=f"L{level}", parent=parent).pk
    with pytest.raises(Refused, match="levels deep"):
        category_add(name="L10", parent=parent)


def test_a_person_goes_before_a_file_and_a_file_before_a_rule() -> None:
    products = [
        Known("A", ""),
        Known("B", "", stated=False),
        Known("C", "", stated=True),
        Known("D", "", stated=True, held=False),
        Known("E", "", stated=False, held=True),
        Known("x", ""),
    ]
    found = marks_of(products, [rule("code", "pattern", "^[a-e]$"), rule("code", "exact", "a")])
    assert {code: (mark.basis, mark.rule) for code, mark in found.by_code.items()} == {
        "A": (RULE, 0),
        "C": (STATED, None),
        "E": (HELD, None),
    }


@pytest.mark.parametrize(
    ("about", "way", "pattern", "hits"),
    [
        ("code", "exact", "m", {"M"}),
        ("code", "prefix", "gift_", {"GIFT_1"}),
        ("code", "contains", "ES.T", {"D.ES.T"}),
        ("name", "contains", "运费", {"Y1"}),
        ("either", "exact", "manual", {"M"}),
        ("code", "pattern", r"^[A-Z]\d$", {"Y1"}),
    ],
)
def test_ways_of_matching(about: str, way: str, pattern: str, hits: set[str]) -> None:
    known = {"M": "Manual", "MM": "", "GIFT_1": "", "D.ES.T": "", "DESXT": "", "Y1": "国内运费补差"}
    found = fits(rule(about, way, pattern), Texts.of(known.items()))
    assert {code for code, hit in zip(known, found, strict=True) if hit} == hits


@pytest.mark.parametrize(
    ("way", "pattern", "why"),
    [
        ("pattern", "(", "no regular expression"),
        ("pattern", "(a{1000}){1000}", "no regular expression"),
        ("pattern", r"(a)\1", "no regular expression"),
        ("pattern", ".*", "every code"),
        ("exact", " ", "needs a pattern"),
        ("exact", "a\x00b", "needs a pattern"),
        ("contains", "x" * 201, "needs a pattern"),
    ],
)
def test_a_pattern_that_cannot_be_matched_is_refused(way: str, pattern: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        check_pattern(rule("code", way, pattern))
    with pytest.raises(Refused):
        rule_add(about="code", way=way, pattern=pattern)
    assert not ProductRule.objects.exists()


def test_no_pattern_goes_back_and_forth() -> None:
    """Backtracking would take 2¹⁹⁰ steps here and never end."""
    assert fits(rule("code", "pattern", "^(a+)+$"), Texts.of([("a" * 190 + "!", "")])) == [False]


def test_a_rule_marks_only_while_it_is_on(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", SALES)
    before = workings().products_revision
    made = rule_add(about="code", way="exact", pattern="post", note="postage")
    assert (marks().by_code, workings().products_revision) == ({}, before)
    rule_switch(rule=made.pk, on=True, revision=0)
    assert set(marks().by_code) == {"POST"}
    assert dimension().to_pylist() == [{"product": "POST", "category": None, "marked": True}]
    assert workings().products_revision == before + 1
    with pytest.raises(Conflict):
        rule_change(rule=made.pk, about="code", way="exact", pattern="P1", note="", revision=0)
    rule_change(rule=made.pk, about="code", way="exact", pattern="P1", note="", revision=1)
    assert set(marks().by_code) == {"P1"}
    product = Product.objects.get(code="P1")
    product_decide(product=product.pk, no_product=False, category=None, revision=product.revision)
    assert marks().by_code == {}
    with pytest.raises(Conflict):
        product_decide(product=product.pk, no_product=None, category=None, revision=product.revision)
    with pytest.raises(Refused, match="such a rule"):
        rule_add(about="code", way="exact", pattern="P1")
    rule_remove(rule=made.pk, revision=2)
    with pytest.raises(NotFound):
        rule_remove(rule=made.pk, revision=3)


def test_suggestions_are_found_among_what_is_there_and_mark_nothing(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", SALES + "S3,2024-01-03,A,M,Manual,1\nS4,2024-01-03,A,YF01,国内运费,1\n")
    found = suggested(Known(*row) for row in Product.objects.values_list("code", "name"))
    assert [(one.pattern, codes) for one, codes in found] == [("POST", ["POST"]), ("M", ["M"]), ("运费", ["YF01"])]
    assert marks().by_code == {}


@pytest.mark.parametrize("role", ["account_manager", "scout", "read_only"])
def test_only_who_imports_may_decide_about_products(role: str) -> None:
    """quality 2, 4"""
    person = make_user(role=role)
    product = Product.objects.create(code="P1")
    for change in (
        lambda: product_decide(product=product.pk, no_product=True, category=None, revision=0, by=person),
        lambda: rule_add(about="code", way="exact", pattern="P1", on=True, by=person),
        lambda: category_add(name="A", by=person),
    ):
        with pytest.raises(NotAllowed):
            change()
    assert marks().by_code == {}
    assert not ProductCategory.objects.exists()
