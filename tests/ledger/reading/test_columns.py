"""Which column serves which field."""

import pytest

from mainstay.core.errors import NotFound, Refused
from mainstay.ledger.reading import KINDS, heading_key, match_columns

RETAIL = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")


def test_the_fields_are_those_of_the_contract() -> None:
    fields = {name: " ".join(kind.names) for name, kind in KINDS.items()}
    assert set(fields["sales"].split()) == {
        "document",
        "line",
        "date",
        "account",
        "account_name",
        "product",
        "product_name",
        "quantity",
        "unit_price",
        "amount",
        "cost",
        "currency",
        "country",
        "industry",
        "parent",
        "owner",
    }
    assert set(fields["costs"].split()) == {"reference", "date", "account", "kind", "amount", "currency", "note"}
    assert set(fields["accounts"].split()) == {
        "code",
        "name",
        "parent",
        "country",
        "region",
        "industry",
        "size",
        "channel",
        "owner",
        "status",
        "need",
        "last_contact",
        "potential",
        "website",
        "phone",
        "email",
        "note",
    }
    assert set(fields["contacts"].split()) == {
        "account",
        "name",
        "title",
        "department",
        "role",
        "email",
        "phone",
        "reports_to",
        "influence",
        "stance",
        "note",
    }


def test_headings_of_online_retail_are_known() -> None:
    match = match_columns("sales", RETAIL)
    assert match.fields == {
        "document": "InvoiceNo",
        "date": "InvoiceDate",
        "account": "CustomerID",
        "product": "StockCode",
        "product_name": "Description",
        "quantity": "Quantity",
        "unit_price": "UnitPrice",
        "country": "Country",
    }
    assert match.left_out == ()


def test_headings_in_chinese_are_known() -> None:
    columns = (
        "单据编号",
        "日期",
        "客户编码",
        "客户名称",
        "商品编码",
        "商品名称",
        "数量",
        "单价（元）",
        "金额（元）",
        "成本",
        "业务员",
        "仓库",
    )
    match = match_columns("sales", columns)
    assert match.fields == {
        "document": "单据编号",
        "date": "日期",
        "account": "客户编码",
        "account_name": "客户名称",
        "product": "商品编码",
        "product_name": "商品名称",
        "quantity": "数量",
        "unit_price": "单价（元）",
        "amount": "金额（元）",
        "cost": "成本",
        "owner": "业务员",
    }
    assert match.left_out == ("仓库",)


@pytest.mark.parametrize("heading", ["employees", "Number of Employees", "员工人数", "公司规模", "SIZE"])
def test_the_number_of_employees_is_the_size(heading: str) -> None:
    assert match_columns("accounts", ["code", heading]).fields["size"] == heading


@pytest.mark.parametrize("heading", ["sales_person", "SalesPerson", "Sales Rep", "销售员", "owner"])
def test_the_sales_person_is_the_owner(heading: str) -> None:
    assert match_columns("sales", ["document", "date", "amount", heading]).fields["owner"] == heading


def test_case_spaces_and_signs_do_not_matter() -> None:
    assert heading_key(" Invoice_No. ") == heading_key("ＩＮＶＯＩＣＥ no") == "invoiceno"


def test_a_fields_own_name_comes_before_any_guess() -> None:
    match = match_columns("accounts", ["customer id", "code", "company", "name"])
    assert match.fields == {"code": "code", "name": "name"}
    assert match.left_out == ("customer id", "company")


def test_of_several_guesses_the_fixed_order_decides_and_one_column_serves_one_field() -> None:
    match = match_columns("sales", ["Customer", "Customer ID", "Order", "Invoice", "Date", "Total", "Net Amount"])
    assert match.fields == {
        "document": "Invoice",
        "date": "Date",
        "account": "Customer ID",
        "account_name": "Customer",
        "amount": "Net Amount",
    }
    assert [(note[1]["field"], note[1]["others"]) for note in match.notes] == [
        ("document", "Order"),
        ("amount", "Total"),
    ]


def test_what_is_given_wins_over_guesses() -> None:
    match = match_columns("sales", RETAIL, given={"account": "Country", "product_name": "", "country": ""})
    assert match.fields["account"] == "Country"
    assert "product_name" not in match.fields
    assert match.left_out == ("Description", "CustomerID")


def test_a_column_is_found_by_its_key_too() -> None:
    assert match_columns("sales", RETAIL, given={"document": "invoice no"}).fields["document"] == "InvoiceNo"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"colour": "Country"}, r"“colour” is no field of sales; the fields are: document, line"),
        ({"account": "Kunde"}, r"There is no column “Kunde”; the columns are: InvoiceNo, StockCode"),
    ],
)
def test_what_is_given_must_exist(given: dict[str, str], message: str) -> None:
    with pytest.raises(Refused, match=message):
        match_columns("sales", RETAIL, given=given)


@pytest.mark.parametrize(
    ("kind", "columns", "missing"),
    [
        ("sales", ["a", "b"], "document, date, amount"),
        ("sales", ["document", "date", "quantity"], "amount"),
        ("costs", ["date", "amount"], "kind"),
        ("accounts", ["name"], "code"),
        ("contacts", ["name"], "account"),
    ],
)
def test_required_fields_that_are_missing_are_named_with_the_columns_there_are(
    kind: str, columns: list[str], missing: str
) -> None:
    with pytest.raises(Refused, match=f"No column was found for: {missing}") as refused:
        match_columns(kind, columns)
    assert f"The columns are: {', '.join(columns)}" in str(refused.value)


def test_quantity_and_price_stand_in_for_the_amount() -> None:
    assert "amount" not in match_columns("sales", ["document", "date", "quantity", "unit_price"]).fields


def test_a_heading_that_is_wanted_must_not_stand_twice() -> None:
    with pytest.raises(Refused, match="“amount” stands over 2 columns"):
        match_columns("sales", ["document", "date", "amount", "amount"])
    assert match_columns("sales", ["document", "date", "amount", "x", "x", ""]).left_out == ("x", "x")


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(NotFound, match="“people”; there are: accounts, contacts, sales, costs"):
        match_columns("people", ["name"])


def test_no_heading_serves_two_fields_of_a_kind_with_the_same_rank() -> None:
    for kind in KINDS.values():
        firsts = [heading_key(field.headings[0]) for field in kind.fields if field.headings]
        assert len(firsts) == len(set(firsts))
        assert all(heading_key(heading) for field in kind.fields for heading in field.headings)
