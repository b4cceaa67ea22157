"""Files of accounts and contacts: what their batch holds, and what it refuses."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from mainstay.accounts.access import visible
from mainstay.accounts.models import Account, Contact
from mainstay.accounts.statements import MOST_CHANGES
from mainstay.core.errors import NotAllowed, Refused
from mainstay.ledger.models import Batch
from mainstay.people.roles import Role
from tests.factories import make_user
from tests.ledger.files import WHOLE, bring, bring_text

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_every_field_of_an_account_comes_in(tmp_path: Path) -> None:
    anna = make_user("Anna")
    text = (
        "code;name;parent;country;region;industry;size;channel;owner;status;need;last_contact;potential;website;phone;"
        "email;note\n"
        "C1;Nordhaus;;Deutschland;Süd;Maschinenbau;groß;direct;ANNA@example.com;customer;Lager;17.05.2024;1.250,50;"
        "nordhaus.example;+49 1;info@nordhaus.example;ruft zurück\n"
        "C2;Tochter;C1;;;;;;Anna;;;;;;;;\n"
    )
    path = tmp_path / "kunden.csv"
    path.write_bytes(text.encode("cp1252"))
    outcome = bring("accounts", path)
    assert (outcome.counts["new"], list(outcome.warnings)) == (2, [])
    top, below = Account.objects.get(code="C1"), Account.objects.get(code="C2")
    assert (top.name, top.region, top.size, top.channel) == ("Nordhaus", "Süd", "groß", "direct")
    assert (top.country, top.industry, top.status, top.need) == ("Deutschland", "Maschinenbau", "customer", "Lager")
    assert (top.last_contact, top.potential) == (date(2024, 5, 17), Decimal("1250.5"))
    assert (top.website, top.phone, top.email) == ("nordhaus.example", "+49 1", "info@nordhaus.example")
    assert (top.note, top.owner, below.owner, below.parent) == ("ruft zurück", anna, anna, top)
    assert set(visible(anna)) == {top, below}


def test_an_owner_nobody_knows_is_a_warning_and_the_account_comes_in(tmp_path: Path) -> None:
    make_user("Twin", email="one@example.com")
    make_user("Twin", email="two@example.com")
    outcome = bring_text(tmp_path, "accounts", "code,owner\nC1,ghost@example.com\nC2,Twin\n")
    assert outcome.counts["new"] == 2
    assert {str(params.get("owner", params)) for _text, params in outcome.warnings} >= {"ghost@example.com", "Twin"}
    assert not Account.objects.exclude(owner=None).exists()


def test_an_unknown_parent_and_a_circle_stop_the_file_and_are_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"row 3, column parent"):
        bring_text(tmp_path, "accounts", "code,parent\nC1,\nC2,C9\n")
    with pytest.raises(Refused, match=r"column parent"):
        bring_text(tmp_path, "accounts", "code,parent\nC1,C2\nC2,C1\n")
    assert not Account.objects.exists()
    assert not Batch.objects.exists()


def test_refused_rows_of_accounts_come_back_with_reasons(tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    text = "code,name,parent\nC1,One,\nC2,Two,C9\nC3,Three,C1\n"
    outcome = bring_text(tmp_path, "accounts", text, allow_errors=True, errors_to=errors)
    assert (outcome.counts["rows"], outcome.counts["new"], outcome.counts["refused"]) == (3, 2, 1)
    with errors.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [(row["code"], row["parent"]) for row in rows] == [("C2", "C9")]
    assert "C9" in rows[0]["reason"]
    mended = errors.read_text(encoding="utf-8-sig").replace("C9", "C1")
    assert bring_text(tmp_path, "accounts", mended).counts["new"] == 1
    assert Account.objects.get(code="C2").parent == Account.objects.get(code="C1")


def test_columns_that_the_file_lacks_and_blank_cells_leave_things_as_they_are(tmp_path: Path) -> None:
    bring_text(tmp_path, "accounts", "code,name,country\nC1,One,France\n")
    outcome = bring_text(tmp_path, "accounts", "code,name,industry\nC1,,Food\n")
    account = Account.objects.get()
    assert outcome.counts["changed"] == 1
    assert (account.name, account.country, account.industry) == ("One", "France", "Food")


def test_an_account_made_by_sales_is_filled_by_its_file_and_not_the_other_way_round(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", "document,date,account,account_name,amount\nS1,2024-01-02,C1,From sales,5\n")
    bring_text(tmp_path, "accounts", "code,name\nC1,From its file\n")
    bring_text(tmp_path, "sales", "document,date,account,account_name,amount\nS2,2024-02-02,C1,Later sales,5\n")
    assert Account.objects.get().name == "From its file"


def test_a_dry_run_of_accounts_tells_the_same_and_changes_nothing(tmp_path: Path, home: Path) -> None:
    text = "code,name\nC1,One\nC2,Two\n"
    told = bring_text(tmp_path, "accounts", text, dry_run=True)
    assert not Account.objects.exists()
    assert not list(home.glob("ledger/*/*"))
    assert told.counts == bring_text(tmp_path, "accounts", text).counts


def test_one_who_may_not_set_owners_cannot_by_an_import_either(tmp_path: Path) -> None:
    """quality 12, 13"""
    anna = make_user("Anna", role=Role.ACCOUNT_MANAGER)
    with pytest.raises(NotAllowed):
        bring_text(tmp_path, "accounts", "code,owner\nC1,anna@example.com\n", by=anna)
    assert not Account.objects.exists()
    assert not Batch.objects.exists()


def test_contacts_come_in_with_their_accounts(tmp_path: Path) -> None:
    bring_text(tmp_path, "accounts", "code\nC1\nC2\n")
    text = "客户编码,联系人,职务,部门\nC1,王伟,采购总监,采购部\nC1,李娜,,\nC2,王伟,,\n"
    outcome = bring_text(tmp_path, "contacts", text)
    assert outcome.counts["new"] == 3
    assert set(Contact.objects.values_list("account__code", "name", "title", "department")) == {
        ("C1", "王伟", "采购总监", "采购部"),
        ("C1", "李娜", "", ""),
        ("C2", "王伟", "", ""),
    }
    again = bring_text(tmp_path, "contacts", text)
    assert (again.counts["new"], again.counts["known"]) == (0, 3)


def test_a_contact_of_an_unknown_account_is_refused_with_its_row(tmp_path: Path) -> None:
    bring_text(tmp_path, "accounts", "code\nC1\n")
    text = "account,name\nC1,Ann\nC9,Bob\n"
    with pytest.raises(Refused, match=r"row 3, column account"):
        bring_text(tmp_path, "contacts", text)
    assert not Contact.objects.exists()
    assert bring_text(tmp_path, "contacts", text, allow_errors=True).counts["new"] == 1


def test_only_known_accounts_have_contacts(tmp_path: Path) -> None:
    bring_text(tmp_path, "sales", WHOLE + "S1,2024-01-02,C1,5\n")
    bring_text(tmp_path, "contacts", "account,name\nC1,Ann\n")
    assert Contact.objects.get().account.code == "C1"


@pytest.mark.parametrize(
    ("kind", "first", "then", "changes"),
    [
        (
            "products",
            "code,name,category,no_product\nP1,Frame,Bikes,\nP2,Post,,\n",
            "code,name,category,no_product\nP1,Frame,Bikes > Road,\nP2,Postage,,yes\nP3,New,,\n",
            [
                ("P1", "category", "Bikes", "Bikes / Road"),
                ("P2", "name", "Post", "Postage"),
                ("P2", "no_product", "", "yes"),
            ],
        ),
        (
            "accounts",
            "code,name,last_contact,potential\nA1,Old,2024-01-02,100\nA2,Same,,\n",
            "code,name,last_contact,potential\nA1,New,2024-02-03,250.50\nA2,Same,,\n",
            [
                ("A1", "name", "Old", "New"),
                ("A1", "last_contact", "2024-01-02", "2024-02-03"),
                ("A1", "potential", "100", "250.5"),
            ],
        ),
        (
            "rates",
            "currency,date,rate,base\nUSD,2024-01-01,7.1,CNY\n",
            "currency,date,rate,base\nUSD,2024-01-01,7.2,CNY\nUSD,2024-02-01,7.3,CNY\n",
            [("USD/CNY 2024-01-01", "rate", "7.1", "7.2")],
        ),
    ],
)  # fmt: skip
def test_a_dry_run_tells_what_changes_by_example(
    tmp_path: Path, kind: str, first: str, then: str, changes: list[tuple[str, ...]]
) -> None:
    bring_text(tmp_path, kind, first)
    told = bring_text(tmp_path, kind, then, dry_run=True)
    found = [(one.about, one.field, one.before, one.now) for one in told.changes]
    assert sorted(found) == sorted(changes)
    assert bring_text(tmp_path, kind, then).changes == ()
    assert bring_text(tmp_path, kind, then, dry_run=True).changes == []


def test_only_the_first_changes_are_told(tmp_path: Path) -> None:
    head = "code,name\n"
    bring_text(tmp_path, "products", head + "".join(f"P{n:02},old\n" for n in range(20)))
    told = bring_text(tmp_path, "products", head + "".join(f"P{n:02},new\n" for n in range(20)), dry_run=True)
    assert (told.counts["changed"], len(told.changes)) == (20, MOST_CHANGES)
