"""Data, Products: the list, suggestions, rules and categories; and what marking does to an account's sales."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from mainstay.accounts.models import Account
from mainstay.grading.marts import purchases
from mainstay.grading.marts.files import folder_of
from mainstay.ledger.models import Product, ProductCategory, ProductRule
from mainstay.ledger.products import marks
from mainstay.ledger.services import category_add, product_decide, rule_add
from mainstay.nightly.refresh import refresh
from mainstay.people.models import User
from tests.factories import make_account
from tests.ledgers import sales_batch
from tests.web.accounts import table, words

pytestmark = pytest.mark.django_db
URL = "/products/"
NAMES = {"P1": "Frame", "P2": "Saddle", "P3": "Bell", "POST": "Postage", "M": "Manual"}


def sold() -> Account:
    """An account that bought three products and was charged postage, in two windows; and a line of nobody."""
    for code, name in NAMES.items():
        Product.objects.create(code=code, name=name, sales_name=name)
    sales_batch(
        "SELECT 'S' || n AS document, DATE '2024-01-10' - (n % 2 * 400)::INTEGER AS date, 'A1' AS account, "
        "['P1', 'P2', 'P3', 'POST'][n % 4 + 1] AS product, n::DECIMAL(18, 4) * 1.25 AS amount "
        "FROM range(1, 60) AS t(n) UNION ALL "
        "SELECT 'N', DATE '2024-01-10', NULL, 'M', 7 UNION ALL SELECT 'O', DATE '2024-01-10', 'A1', NULL, 2"
    )
    account = make_account("A1")
    refresh()
    return account


def test_the_list_adds_up_to_all_sales_of_the_window(logged_in: Client) -> None:
    sold()
    rows = table(logged_in.get(URL), "Products")
    assert [row[0] for row in rows[1:6]] == ["P3", "P1", "M", "P2", "POST"]
    sales = sum(Decimal(row[3].replace(",", "")) for row in rows[1:6]) + Decimal("2.00")
    total = refresh().summary["sales"]
    assert sales == Decimal(total).quantize(Decimal("0.01"))
    assert rows[-1][0] == "Lines that name no product"
    assert rows[-2][3] == f"{sales - 2:,}"


def test_search_filters_and_order(logged_in: Client) -> None:
    sold()
    bikes = category_add(name="Bikes")
    road = category_add(name="Road", parent=bikes.pk)
    product = Product.objects.get(code="P1")
    product_decide(product=product.pk, no_product=None, category=road.pk, revision=0)
    rule_add(about="code", way="exact", pattern="POST", on=True)

    def codes(query: str) -> list[str]:
        return [row[0] for row in table(logged_in.get(f"{URL}?{query}"), "Products")[1:-1] if row[0] in NAMES]

    assert codes("q=fra") == ["P1"]
    assert codes(f"category={bikes.pk}") == ["P1"]
    assert codes("category=none&order=code") == ["M", "P2", "P3", "POST"]
    assert codes("marked=yes") == ["POST"]
    assert codes("marked=no&order=code") == ["M", "P1", "P2", "P3"]
    assert "No product passes" in words(logged_in.get(f"{URL}?q=zzz"))
    for bad in ("order=name", "marked=perhaps", "category=x", "category=99", "after=x", "page=2", "q=" + "x" * 201):
        assert logged_in.get(f"{URL}?{bad}").status_code == 422


def test_the_list_goes_on_page_by_page(logged_in: Client) -> None:
    Product.objects.bulk_create(Product(code=f"P{number:03}") for number in range(120))
    seen, url = [], URL
    while url:
        answer = logged_in.get(url)
        seen += [row[0] for row in table(answer, "Products")[1:-1]]
        parts = [part.split('"')[0] for part in answer.content.decode().split('href="')]
        url = next((part.replace("&amp;", "&") for part in parts if part.startswith(f"{URL}?after=")), "")
    assert seen == [f"P{number:03}" for number in range(120)]


def test_a_suggestion_is_marked_with_one_click_and_nothing_before(logged_in: Client) -> None:
    sold()
    page = logged_in.get(URL)
    assert [row[1] for row in table(page, "Suggestions")[1:]] == ["POST", "M"]
    assert marks().by_code == {}
    number = page.content.decode().split('name="suggestion"')[1].split('value="')[1].split('"')[0]
    answer = logged_in.post(f"{URL}suggestions/", {"suggestion": number}, follow=True)
    assert "Marked." in words(answer)
    assert set(marks().by_code) == {"POST"}
    assert "does not count the latest imports and changes yet" in words(answer)
    for bad in ("", "-1", "9999", "x"):
        assert logged_in.post(f"{URL}suggestions/", {"suggestion": bad}).status_code == 422


def test_a_rule_is_tried_kept_off_switched_on_and_removed(logged_in: Client) -> None:
    sold()
    form = {"about": "code", "way": "prefix", "pattern": "po", "note": "postage"}
    tried = logged_in.post(f"{URL}rules/", form | {"action": "try"})
    assert (tried.status_code, ProductRule.objects.count()) == (200, 0)
    expected = sum(Decimal(n) * Decimal("1.25") for n in range(1, 60) if n % 4 == 3 and n % 2 == 0)
    assert f"It fits 1 code, with sales of {expected:,.2f}" in words(tried)
    assert logged_in.post(f"{URL}rules/", form | {"action": "add"}).status_code == 303
    rule = ProductRule.objects.get()
    assert (rule.on, marks().by_code) == (False, {})
    page = f"{URL}rules/{rule.pk}/"
    assert "Postage" in words(logged_in.get(page))
    assert logged_in.post(page, {"action": "on", "revision": "0"}).status_code == 303
    assert set(marks().by_code) == {"POST"}
    assert logged_in.post(page, {"action": "off", "revision": "0"}).status_code == 409
    broken = {"action": "save", "revision": "1", "way": "pattern", "pattern": "("}
    assert logged_in.post(page, form | broken).status_code == 422
    assert logged_in.post(page, form | {"action": "save", "revision": "1", "pattern": "M"}).status_code == 303
    assert set(marks().by_code) == {"M"}
    assert logged_in.post(page, {"action": "remove", "revision": "2"}).status_code == 303
    assert logged_in.get(page).status_code == 404
    for bad in ({"pattern": "("}, {"pattern": ""}, {"about": "x"}):
        for action in ("try", "add"):
            sent = form | {"way": "pattern", "action": action} | bad
            assert logged_in.post(f"{URL}rules/", sent).status_code == 422


def test_one_product_is_decided_by_hand(logged_in: Client) -> None:
    sold()
    rule_add(about="code", way="exact", pattern="POST", on=True)
    product = Product.objects.get(code="POST")
    page = f"{URL}{product.pk}/"
    assert "This code is no product: Code is “POST”." in words(logged_in.get(page))
    assert logged_in.post(page, {"held": "product", "category": "", "revision": "0"}).status_code == 303
    assert marks().by_code == {}
    assert logged_in.post(page, {"held": "", "category": "", "revision": "0"}).status_code == 409
    assert logged_in.post(page, {"held": "perhaps", "category": "", "revision": "1"}).status_code == 422
    assert logged_in.post(page, {"held": "", "category": "999", "revision": "1"}).status_code == 404


def test_categories_are_added_moved_and_removed(logged_in: Client) -> None:
    url = f"{URL}categories/"
    assert logged_in.post(url, {"name": "Bikes", "parent": ""}).status_code == 303
    bikes = ProductCategory.objects.get()
    assert logged_in.post(url, {"name": "Road", "parent": str(bikes.pk)}).status_code == 303
    road = ProductCategory.objects.get(name="Road")
    assert [row[0] for row in table(logged_in.get(url), "Categories")[1:]] == ["Bikes", "Bikes / Road"]
    move = {"action": "save", "name": "Bikes", "parent": str(road.pk), "revision": "0"}
    assert logged_in.post(f"{url}{bikes.pk}/", move).status_code == 422
    assert logged_in.post(f"{url}{bikes.pk}/", {"action": "remove", "revision": "0"}).status_code == 422
    assert logged_in.post(f"{url}{road.pk}/", {"action": "remove", "revision": "0"}).status_code == 303
    assert logged_in.post(url, {"name": "A/B", "parent": ""}).status_code == 422


@pytest.mark.parametrize("role", ["account_manager", "read_only"])
def test_pages_of_products_are_not_there_for_who_may_not_import(person: Callable[..., User], role: str) -> None:
    """quality 2, 4"""
    product = Product.objects.create(code="P1")
    client = Client()
    client.force_login(person(role=role))
    for path in ("", "rules/", "categories/", f"{product.pk}/"):
        assert client.get(URL + path).status_code == 403
    form = {"about": "code", "way": "exact", "pattern": "P1", "note": "", "action": "add"}
    for path, sent in (
        ("rules/", form),
        ("categories/", {"name": "A", "parent": ""}),
        (f"{product.pk}/", {"held": "charge", "category": "", "revision": "0"}),
        ("suggestions/", {"suggestion": "0"}),
    ):
        assert client.post(URL + path, sent).status_code == 403
    assert (marks().by_code, ProductRule.objects.count(), ProductCategory.objects.count()) == ({}, 0, 0)


@pytest.mark.parametrize(("path", "queries"), [("", 10), ("rules/", 8), ("categories/", 7)])
def test_pages_of_products_ask_little_of_the_database(
    logged_in: Client, django_assert_num_queries: Any, path: str, queries: int
) -> None:
    sold()
    rule_add(about="code", way="exact", pattern="POST", on=True)
    category_add(name="Bikes")
    logged_in.get(URL + path)
    with django_assert_num_queries(queries):
        logged_in.get(URL + path)


def _plain(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-"))


def test_charges_stand_apart_on_the_account_s_page_and_the_total_ties_out(logged_in: Client) -> None:
    account = sold()
    before = refresh()
    rule_add(about="code", way="exact", pattern="POST", on=True)
    done = refresh()
    same = ("facts", "months", "whale", "pareto", "sold")
    assert all(
        (folder_of(before) / f"{name}.parquet").read_bytes() == (folder_of(done) / f"{name}.parquet").read_bytes()
        for name in same
    )
    assert before.summary == done.summary
    found = purchases.assortment(done, "A1")
    assert {row.product for row in found.bought.rows} | {row.product for row in found.lost.rows} == {
        "P1",
        "P2",
        "P3",
        None,
    }
    answer = logged_in.get(f"/accounts/{account.pk}/sales/")
    months, charges = table(answer, "Sales by month"), table(answer, "Other charges")
    assert charges[1][0] == "Postage POST"
    assert charges[-1][0] == "Products and charges together"
    assert [_plain(charges[-1][place]) for place in (1, 2)] == [_plain(months[-1][place]) for place in (1, 2)]


def test_an_account_s_sales_are_grouped_by_category_down_to_the_products(logged_in: Client) -> None:
    account = sold()
    bikes = category_add(name="Bikes")
    for code, name in (("P1", "Road"), ("P3", "Town & country")):
        child = category_add(name=name, parent=bikes.pk)
        product = Product.objects.get(code=code)
        product_decide(product=product.pk, no_product=None, category=child.pk, revision=0)
    refresh()
    url = f"/accounts/{account.pk}/sales/"
    top = table(logged_in.get(url), "By category")
    assert [row[0] for row in top[1:]] == ["Bikes", "In no category", "Total"]
    products = table(logged_in.get(url), "Products bought")
    lost = table(logged_in.get(url), "No longer bought")
    assert _plain(top[-1][2]) == _plain(products[-1][2])
    assert _plain(top[-1][3]) == _plain(products[-1][3]) + _plain(lost[-1][2])
    below = logged_in.get(f"{url}?category=Bikes")
    rows = table(below, "By category")
    assert {row[0] for row in rows[1:-1]} == {"Road", "Town & country"}
    assert rows[-1][2] == top[1][2]
    months = table(below, "Sales by month")
    assert [_plain(months[-1][place]) for place in (1, 2)] == [_plain(rows[-1][place]) for place in (2, 3)]
    leaf = logged_in.get(url, {"category": "Bikes / Town & country"})
    assert [row[0] for row in table(leaf, "Products bought")[1:-1]] == ["Bell P3"]
    assert "Nothing bought" in words(logged_in.get(url, {"category": "Nowhere"}))
    assert logged_in.get(url, {"branch": "x"}).status_code == 422


def test_marks_do_not_change_a_ledger_that_has_none() -> None:
    sold()
    first = refresh()
    rule_add(about="code", way="exact", pattern="POST")
    second = refresh()
    names = {path.name for path in folder_of(first).iterdir()}
    assert names == {path.name for path in folder_of(second).iterdir()}
    assert "products.parquet" not in names
    assert all((folder_of(first) / name).read_bytes() == (folder_of(second) / name).read_bytes() for name in names)
