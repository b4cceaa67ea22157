"""Also known as: codes added to and removed from an account on its page, and where a merged account leads."""

import pytest
from django.test import Client

from mainstay.accounts.models import AccountAlias
from mainstay.accounts.services import alias_add
from mainstay.nightly.refresh import refresh
from tests.factories import make_account, make_user
from tests.ledgers import TINY_DAY, tiny_ledger
from tests.web.accounts import client_of, graded_tiny, own, words

pytestmark = pytest.mark.django_db


def test_adding_and_removing_a_code(logged_in: Client) -> None:
    account = make_account("A1", name="Acme")
    url = f"/accounts/{account.pk}/"
    answer = logged_in.post(f"{url}aliases/", {"code": "OLD7", "note": "<b>moved</b>"}, follow=True)
    assert answer.redirect_chain == [(url, 302)]
    assert "Lines under OLD7 count for this account" in words(answer)
    assert "No account has the code OLD7 so far" in words(answer)
    assert "&lt;b&gt;moved&lt;/b&gt;" in answer.content.decode()
    assert "Acme" in words(logged_in.get("/accounts/?q=old7"))
    answer = logged_in.post(f"{url}aliases/remove/", {"code": "OLD7"}, follow=True)
    assert "OLD7 stands for itself again" in words(answer)
    assert not AccountAlias.objects.exists()
    assert logged_in.post(f"{url}aliases/remove/", {"code": "OLD7"}).status_code == 404
    make_account("B1")
    assert "No account has" not in words(logged_in.post(f"{url}aliases/", {"code": "B1"}, follow=True))


@pytest.mark.parametrize("code", ["", "A1", "x" * 201])
def test_a_code_that_cannot_be_one_is_told(logged_in: Client, code: str) -> None:
    account = make_account("A1")
    answer = logged_in.post(f"/accounts/{account.pk}/aliases/", {"code": code})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()


def test_who_may_not_merge_sees_the_codes_and_changes_none() -> None:
    """quality 1, 2, 4"""
    account = make_account("A1", name="Acme")
    alias_add(code="OLD7", account=account, by=None)
    for role in ("account_manager", "sales_representative", "scout", "read_only"):
        user = make_user(role, role=role)
        client = client_of(user)
        for name in ("aliases", "aliases/remove"):
            assert client.post(f"/accounts/{account.pk}/{name}/", {"code": "OLD7"}).status_code == 404
        own(user, account)
        page = client.get(f"/accounts/{account.pk}/").content.decode()
        assert "OLD7" in page
        assert "aliases/" not in page
        for name in ("aliases", "aliases/remove"):
            assert client.post(f"/accounts/{account.pk}/{name}/", {"code": "OLD8"}).status_code == 403
    assert list(AccountAlias.objects.values_list("code", flat=True)) == ["OLD7"]


def test_without_rights_and_codes_there_is_no_section() -> None:
    graded = graded_tiny()
    user = make_user("Max", role="account_manager")
    own(user, graded.accounts["A1"])
    assert "Also known as" not in words(client_of(user).get(graded.url("account")))


def test_a_wrong_verb(logged_in: Client) -> None:
    account = make_account("A1")
    for name in ("aliases", "aliases/remove"):
        for verb in ("get", "put", "patch", "delete"):
            assert getattr(logged_in, verb)(f"/accounts/{account.pk}/{name}/").status_code == 405


def test_a_merged_account_leaves_the_lists_and_leads_to_the_other() -> None:
    """quality 1, 6: its owner is not shown an account that is not his."""
    accounts = tiny_ledger()
    alias_add(code="C1", account=accounts["A1"], by=None)
    refresh(as_of=TINY_DAY)
    director, owner = make_user("Dora", role="director"), make_user("Otto", role="account_manager")
    own(owner, accounts["C1"])
    assert accounts["C1"].name not in words(client_of(director).get("/accounts/"))
    page = client_of(director).get(f"/accounts/{accounts['C1'].pk}/").content.decode()
    assert "This account is merged into another." in page
    assert f'href="/accounts/{accounts["A1"].pk}/"' in page
    page = client_of(owner).get(f"/accounts/{accounts['C1'].pk}/").content.decode()
    assert "This account is merged into another." in page
    assert accounts["A1"].name not in page
    assert client_of(owner).get(f"/accounts/{accounts['A1'].pk}/").status_code == 404
