"""Every page of an account: who may open it, with which verb, at what cost."""

import re
from typing import Any

import pytest
from django.test import Client

from mainstay.accounts import access
from mainstay.grading.models import CellChange
from tests.factories import make_account, make_contact, make_user
from tests.web.accounts import ROLES, client_of, graded_tiny, own, table, words

pytestmark = pytest.mark.django_db

PAGES = ("account", "sales", "relationship", "history")
SCRIPT = "<script>alert(1)</script>"


def test_every_role_opens_what_it_may_see() -> None:
    graded = graded_tiny()
    for role in ROLES:
        user = make_user(f"U-{role}", role=role)
        own(user, graded.accounts["A1"])
        client = client_of(user)
        for name in PAGES:
            assert client.get(graded.url(name)).status_code == 200, (role, name)


def test_an_outsider_finds_nothing() -> None:
    """quality 1"""
    graded = graded_tiny()
    for name in PAGES:
        answer = client_of(graded.outsider).get(graded.url(name))
        assert answer.status_code == 404, name
        assert "750" not in words(answer)
    assert client_of(graded.director).get(f"/accounts/{2**80}/").status_code == 404
    assert client_of(graded.director).get("/accounts/987654/").status_code == 404


def test_a_wrong_verb_is_refused() -> None:
    graded = graded_tiny()
    client = client_of(graded.director)
    for name in PAGES:
        for verb in ("put", "delete", "patch", *(() if name == "relationship" else ("post",))):
            assert getattr(client, verb)(graded.url(name)).status_code == 405, (name, verb)


def test_who_is_not_logged_in_is_sent_to_the_log_in_page() -> None:
    account = make_account()
    for suffix in ("", "sales/", "relationship/", "history/"):
        answer = Client().get(f"/accounts/{account.pk}/{suffix}")
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/log-in/")


def test_a_page_asks_little_of_the_database(django_assert_max_num_queries: Any) -> None:
    graded = graded_tiny()
    account = graded.accounts["A1"]
    for number in range(30):
        make_contact(account, f"Person {number}")
        make_account(f"S{number}", parent=account)
    client = client_of(graded.owner)
    for name, most in (("account", 11), ("sales", 5), ("relationship", 7), ("history", 6)):
        with django_assert_max_num_queries(most):
            assert client.get(graded.url(name)).status_code == 200


def test_htmx_gets_the_part() -> None:
    graded = graded_tiny()
    client = client_of(graded.director)
    for name in PAGES:
        part = client.get(graded.url(name), headers={"HX-Request": "true", "HX-Target": "part"})
        assert b"<html" not in part.content
        assert b"panel" in part.content


def test_the_head_tells_who_it_is_and_where_he_stands() -> None:
    graded = graded_tiny()
    account = graded.accounts["A1"]
    account.held_class = 2
    account.save()
    text = words(client_of(graded.director).get(graded.url("account")))
    for told in ("A1 relationship estimated", "Letter estimated", "1 Anchor key account", "held as Growth key account"):
        assert told in text
    for told in ("Sales 750", "Profit 195", "Rung Vendor", "Owner Olga", "As of 30 Jun 2024"):
        assert told in text
    account.held_class = 1
    account.save()
    assert "held as" not in words(client_of(graded.director).get(graded.url("account")))


def test_the_overview_tells_why_in_sentences_and_factors() -> None:
    graded = graded_tiny()
    answer = client_of(graded.director).get(graded.url("account"))
    text = words(answer)
    assert "Class 1: bought in the window from 2023-07-01 to 2024-06-30" in text
    assert "Letter A: estimated score" in text
    rows = {row[0]: row[1:] for row in table(answer, "What went into the grade")}
    # By hand: the largest of five; margin 195.3333 ÷ 750.3333; no headroom, as the largest buys all it could.
    assert rows["Sales volume"] == ["750.33", "100"]
    assert rows["Profit margin"][0] == "26.0%"
    assert rows["Attractiveness"][1] == "63"
    assert rows["Potential"] == ["750 a year, estimated", "100"]
    assert rows["Relationship score"][1] == "92"
    assert rows["Contacts known"][1] == "does not count"
    assert "Hold ties at every level" in text
    assert "Target: stay in A1" in text


def test_an_account_that_did_not_buy_has_no_attractiveness() -> None:
    graded = graded_tiny()
    answer = client_of(graded.director).get(graded.url("account", "F1"))
    text = words(answer)
    assert "only for accounts that bought in the window" in text
    assert "no history and no assessment" in text
    assert "Not assessed" in text
    assert "Nothing bought" in words(client_of(graded.director).get(graded.url("sales", "F1")))


def test_parents_and_subsidiaries_are_shown_only_to_who_may_see_them() -> None:
    """quality 6"""
    graded = graded_tiny()
    account = graded.accounts["A1"]
    account.parent = make_account("P1", name="Mother Company")
    account.save()
    access.rebuild()
    child = make_account("S1", name="Daughter Company", parent=account)
    seen = client_of(graded.director).get(graded.url("account"))
    assert "Mother Company" in words(seen)
    assert f'href="/accounts/{child.pk}/"' in seen.content.decode()
    partly = words(client_of(graded.owner).get(graded.url("account")))
    assert "Mother Company" not in partly
    assert "Belongs to" not in partly
    assert "Daughter Company" in partly


def test_names_and_notes_are_text() -> None:
    """quality 15, 16"""
    graded = graded_tiny()
    account = graded.accounts["A1"]
    account.name, account.note, account.need = SCRIPT, f"{SCRIPT}\n[x](javascript:alert(1))", "<img src=x onerror=a>"
    account.industry, account.email, account.phone = "<b>bold", "javascript:alert(1)", "javascript:alert(1)"
    account.save()
    make_contact(account, SCRIPT, email='"><script>x</script>@x.y', phone="<i>1", note=SCRIPT, title=SCRIPT)
    for name in PAGES:
        page = client_of(graded.director).get(graded.url(name)).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>bold" not in page
        assert not re.search(r'href="\s*javascript:', page, re.IGNORECASE)


WEBSITES = {
    "javascript:alert(1)": None,
    " JaVaScRiPt:alert(1)//https://x.y": None,
    "java\tscript:alert(1)": None,
    "data:text/html,<script>": None,
    "https://example.com/a?b=1&c=2": "https://example.com/a?b=1&amp;c=2",
    "www.example.com": "https://www.example.com",
    'https://x.y/"onmouseover="alert(1)': "https://x.y/&quot;onmouseover=&quot;alert(1)",
    "example.com": None,
}


def test_a_website_leads_only_to_the_web() -> None:
    """quality 15"""
    account = make_account("A1")
    client = client_of(make_user("Dora", role="director"))
    for website, href in WEBSITES.items():
        account.website = website
        account.save()
        page = client.get(f"/accounts/{account.pk}/").content.decode()
        links = re.findall(r'<a href="([^"]*)" rel="noopener noreferrer"', page)
        assert links == ([href] if href else []), website


def test_an_account_that_came_after_the_refresh_says_so() -> None:
    graded = graded_tiny()
    graded.accounts["N1"] = make_account("N1", name="Newcomer", held_class=4)
    for name in PAGES:
        text = words(client_of(graded.director).get(graded.url(name, "N1")))
        assert "Newcomer" in text
        assert "held as Prospect" in text
        assert "not graded yet" in text, name


@pytest.mark.parametrize("name", PAGES)
def test_before_the_first_refresh_the_pages_stand(name: str) -> None:
    account = make_account("N1", name="Newcomer")
    director = make_user("Dora", role="director")
    suffix = "" if name == "account" else f"{name}/"
    answer = client_of(director).get(f"/accounts/{account.pk}/{suffix}")
    assert answer.status_code == 200
    assert "graded yet" in words(answer)


def test_the_history_tells_every_change_newest_first() -> None:
    graded = graded_tiny()
    account = graded.accounts["A1"]
    first = CellChange.objects.get(account=account)
    text = words(client_of(graded.director).get(graded.url("history")))
    assert "first graded" in text
    assert "Class 1: bought in the window" in text
    later = type(graded.refresh).objects.get(pk=graded.refresh.pk)
    later.pk, later.current = None, False
    later.save()
    CellChange.objects.create(
        account=account, refresh=later, as_of="2024-07-31", before="A1", after="B2", reasons=first.reasons
    )
    text = words(client_of(graded.director).get(graded.url("history")))
    assert text.index("31 Jul 2024") < text.index("30 Jun 2024", text.index("How it got here"))
    assert re.search(r"31 Jul 2024 A1 to B2|31 Jul 2024 A1 B2", text)


def test_pages_are_in_chinese_for_who_chose_it() -> None:
    graded = graded_tiny()
    graded.director.language = "zh-hans"
    graded.director.save()
    text = words(client_of(graded.director).get(graded.url("account")))
    assert "核心大客户" in text


def test_a_share_of_all_sales_is_for_those_who_see_all() -> None:
    """What the company sells altogether could be worked out from it."""
    graded = graded_tiny()
    assert "Share of all sales" in words(client_of(graded.director).get(graded.url("account")))
    assert "Share of all sales" not in words(client_of(graded.owner).get(graded.url("account")))
