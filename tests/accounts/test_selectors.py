"""Finding accounts, and who stands above and below them."""

import pytest

from mainstay.accounts.models import Account
from mainstay.accounts.selectors import account_of, ancestors, descendants, matching
from mainstay.accounts.services import accounts_write
from mainstay.core.errors import NotFound
from tests.factories import make_account, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_an_account_of_another_owner_is_not_found_like_one_that_is_not_there() -> None:
    """quality 1"""
    make_account("A1", owner=make_user("Ben"))
    me = make_user("Me")
    said = set()
    for code in ("A1", "none"):
        with pytest.raises(NotFound) as refused:
            account_of(code=code, user=me)
        said.add(str(refused.value).replace(code, "…"))
    assert len(said) == 1
    make_account("B1", owner=me)
    assert account_of(code="B1", user=me).code == "B1"


def test_above_and_below_at_any_depth() -> None:
    rows = [{"code": f"C{number}", "parent": f"C{number - 1}" if number else None} for number in range(5000)]
    accounts_write(rows=rows, people={})
    top, middle, low = (Account.objects.get(code=code) for code in ("C0", "C2000", "C4999"))
    assert (ancestors(top).count(), ancestors(middle).count(), ancestors(low).count()) == (0, 2000, 4999)
    assert (descendants(top).count(), descendants(middle).count(), descendants(low).count()) == (4999, 2999, 0)


def test_above_and_below_leave_the_side_branches_out() -> None:
    top = make_account("T")
    left, right = make_account("L", parent=top), make_account("R", parent=top)
    leaf = make_account("LL", parent=left)
    assert set(ancestors(leaf)) == {left, top}
    assert set(descendants(top)) == {left, right, leaf}
    assert set(descendants(right)) == set()


def found(text: str) -> set[str]:
    return set(matching(Account.objects.all(), text).values_list("code", flat=True))


def test_search_finds_every_word_in_code_or_name_whatever_its_case_and_width() -> None:
    make_account("AW-100", name="Straße & Söhne")
    make_account("B2", name="北京钢铁有限公司")
    make_account("C3", name="ＡＢＣ Trading 100%_x")
    assert found("aw-") == {"AW-100"}
    assert found("STRASSE aw") == {"AW-100"}
    assert found("SÖHNE") == {"AW-100"}
    assert found("钢铁") == {"B2"}
    assert found("abc trad") == {"C3"}
    assert found("100%_") == {"C3"}
    assert found("100%x") == set()
    assert found("  ") == {"AW-100", "B2", "C3"}
    assert found("100straße") == set()
