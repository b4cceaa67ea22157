# ruff: noqa: E501, ISC004  (rows as they are exported)
"""Exports of business systems are understood as they come: headings and rows of each system and kind."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from mainstay.ledger.reading import match_columns
from tests.ledger.reading.reading import read, write

D = Decimal
# name → (kind, the file, fields of its first row, headings that serve nothing)
CASES: dict[str, tuple[str, str, dict[str, Any], tuple[str, ...]]] = {
    "Odoo, invoice lines": (
        "sales",
        "Number,Invoice lines/Number,Invoice/Bill Date,Customer,Customer/Reference,Salesperson,Invoice lines/Product,"
        "Product/Internal Reference,Invoice lines/Quantity,Invoice lines/Unit Price,Invoice lines/Subtotal,Total,Currency\n"
        "INV/2024/00012,INV/2024/00012,2024-03-05,Azure Interior,C0012,Mitchell Admin,Office Chair,FURN_7777,3.00,70.00,"
        "210.00,241.50,EUR\n",
        {
            "document": "INV/2024/00012",
            "date": date(2024, 3, 5),
            "account": "C0012",
            "account_name": "Azure Interior",
            "product": "FURN_7777",
            "product_name": "Office Chair",
            "quantity": 3,
            "unit_price": 70,
            "amount": 210,
            "owner": "Mitchell Admin",
            "currency": "EUR",
        },
        ("Number", "Total"),
    ),
    "Odoo, invoices as listed": (
        "sales",
        "Invoice Number,Invoice Partner Display Name,Invoice Date,Due Date,Untaxed Amount Signed,Total Signed,Status\n"
        "INV/2024/00012,Azure Interior,2024-03-05,2024-04-04,210.00,241.50,Posted\n",
        {"document": "INV/2024/00012", "account_name": "Azure Interior", "amount": 210},
        ("Due Date", "Total Signed", "Status"),
    ),
    "Odoo, technical": (
        "sales",
        "move_name,invoice_date,partner_id/ref,product_id/default_code,quantity,price_unit,price_subtotal,price_total,"
        "currency_id,invoice_user_id\nINV/1,2024-03-05,C1,P1,2,5,10,11.9,EUR,Ann\n",
        {"document": "INV/1", "account": "C1", "product": "P1", "amount": 10, "currency": "EUR", "owner": "Ann"},
        ("price_total",),
    ),
    "Odoo, contacts as accounts": (
        "accounts",
        "Reference,Display Name,Phone,Email,Salesperson,Country,State,Industry,Tags\n"
        "C0012,Azure Interior,+49 30 1,a@b.example,Mitchell Admin,Germany,Berlin,Furniture,VIP\n",
        {
            "code": "C0012",
            "name": "Azure Interior",
            "phone": "+49 30 1",
            "email": "a@b.example",
            "owner": "Mitchell Admin",
            "country": "Germany",
            "region": "Berlin",
            "industry": "Furniture",
        },
        ("Tags",),
    ),
    "Odoo, contacts": (
        "contacts",
        "Name,Job Position,Related Company/Reference,Email,Phone,Notes\nAnn Lee,Buyer,C0012,ann@b.example,1,x\n",
        {"name": "Ann Lee", "title": "Buyer", "account": "C0012", "email": "ann@b.example", "phone": "1", "note": "x"},
        (),
    ),
    "Odoo, expenses": (
        "costs",
        "Number,Expense Date,Customer/Reference,Expense Category,Description,Untaxed Amount,Total,Currency\n"
        "EXP/7,2024-03-05,C0012,service,Visit,80.00,95.20,EUR\n",
        {
            "reference": "EXP/7",
            "date": date(2024, 3, 5),
            "account": "C0012",
            "kind": "service",
            "amount": 80,
            "note": "Visit",
        },
        ("Total",),
    ),
    "SAP, technical": (
        "sales",
        "VBELN;POSNR;FKDAT;ERDAT;KUNAG;NAME1;MATNR;ARKTX;FKIMG;NETWR;MWSBP;WAVWR;WAERK;LAND1\n"
        "0090000123;000010;05.03.2024;04.03.2024;0000100042;Muster AG;MAT-1;Pumpe;3,000;1.234,50-;19,00;800,00;EUR;DE\n",
        {
            "document": "0090000123",
            "line": "000010",
            "date": date(2024, 3, 5),
            "account": "0000100042",
            "account_name": "Muster AG",
            "product": "MAT-1",
            "product_name": "Pumpe",
            "quantity": 3,
            "amount": D("-1234.5"),
            "cost": 800,
            "currency": "EUR",
            "country": "DE",
        },
        ("ERDAT", "MWSBP"),
    ),
    "SAP, English": (
        "sales",
        "Billing Document\tItem\tBilling Date\tCreated On\tSold-to party\tName of sold-to party\tMaterial\t"
        "Item Description\tBilled Quantity\tNet value\tTax Amount\tDocument Currency\n"
        "90000123\t10\t03/15/2024\t03/14/2024\t100042\tSample Ltd\tMAT-1\tPump\t3\t1,234.50\t19.00\tUSD\n",
        {
            "document": "90000123",
            "line": "10",
            "date": date(2024, 3, 15),
            "account": "100042",
            "account_name": "Sample Ltd",
            "product": "MAT-1",
            "product_name": "Pump",
            "quantity": 3,
            "amount": D("1234.5"),
            "currency": "USD",
        },
        ("Created On", "Tax Amount"),
    ),
    "SAP, German": (
        "sales",
        "Faktura;Position;Fakturadatum;Auftraggeber;Name Auftraggeber;Material;Bezeichnung;Fakturierte Menge;Nettowert;"
        "Bruttowert;Verrechnungswert;Belegwährung;Verkäufer\n"
        "90000123;10;15.03.2024;100042;Muster AG;MAT-1;Pumpe;3;1.234,50;1.469,06;800,00;EUR;anna@muster.example\n",
        {
            "document": "90000123",
            "line": "10",
            "date": date(2024, 3, 15),
            "account": "100042",
            "account_name": "Muster AG",
            "product": "MAT-1",
            "product_name": "Pumpe",
            "quantity": 3,
            "amount": D("1234.5"),
            "cost": 800,
            "currency": "EUR",
            "owner": "anna@muster.example",
        },
        ("Bruttowert",),
    ),
    "SAP, customers": (
        "accounts",
        "KUNNR,NAME1,LAND1,REGIO,BRSCH,KONZS,JMZAH,VTWEG,TELF1,SMTP_ADDR,ORT01\n"
        "100042,Muster AG,DE,BE,MACH,G1,120,10,030 1,a@b.example,Berlin\n",
        {
            "code": "100042",
            "name": "Muster AG",
            "country": "DE",
            "region": "BE",
            "industry": "MACH",
            "parent": "G1",
            "size": "120",
            "channel": "10",
            "phone": "030 1",
            "email": "a@b.example",
        },
        ("ORT01",),
    ),
    "SAP, contacts": (
        "contacts",
        "Debitor;Ansprechpartner;Funktion;Abteilung;Telefon;E-Mail-Adresse\n100042;Anna Muster;Einkauf;EK;030;a@b.example\n",
        {
            "account": "100042",
            "name": "Anna Muster",
            "title": "Einkauf",
            "department": "EK",
            "phone": "030",
            "email": "a@b.example",
        },
        (),
    ),
    "SAP, cost lines": (
        "costs",
        "Belegnummer;Buchungsdatum;Debitor;Kostenart;Bezeichnung;Wert/KWähr;Währung\n"
        "4711;15.03.2024;100042;Versand;Spedition;80,00;EUR\n",
        {
            "reference": "4711",
            "date": date(2024, 3, 15),
            "account": "100042",
            "kind": "delivery",
            "note": "Spedition",
            "amount": 80,
            "currency": "EUR",
        },
        (),
    ),
    "Salesforce, order products": (
        "sales",
        "Order Number,Order Product Number,Order Start Date,Account Name,Account ID,Product Code,Product Name,Quantity,"
        "Unit Price,Total Price,Order Amount,Account Owner,Order Currency,Billing Country\n"
        "00000101,0000000102,3/15/2024,Acme,0015g00000XyZ,GC1040,Generator,2,500.00,1000.00,5000.00,Ann Lee,USD,US\n",
        {
            "document": "00000101",
            "line": "0000000102",
            "date": date(2024, 3, 15),
            "account": "0015g00000XyZ",
            "account_name": "Acme",
            "product": "GC1040",
            "product_name": "Generator",
            "quantity": 2,
            "unit_price": 500,
            "amount": 1000,
            "owner": "Ann Lee",
            "currency": "USD",
            "country": "US",
        },
        ("Order Amount",),
    ),
    "Salesforce, accounts": (
        "accounts",
        "Account ID,Account Name,Parent Account ID,Account Owner,Billing Country,Billing State/Province,Industry,Employees,"
        "Type,Phone,Website,Last Activity,Annual Revenue\n"
        "001,Acme,002,Ann Lee,US,CA,Energy,250,Customer,1,acme.example,3/15/2024,1000000\n",
        {
            "code": "001",
            "name": "Acme",
            "parent": "002",
            "owner": "Ann Lee",
            "country": "US",
            "region": "CA",
            "industry": "Energy",
            "size": "250",
            "status": "Customer",
            "last_contact": date(2024, 3, 15),
        },
        ("Annual Revenue",),
    ),
    "Salesforce, contacts": (
        "contacts",
        "Account ID,Full Name,Title,Department,Email,Phone,Mobile,Reports To\n"
        "001,Ann Lee,CFO,Finance,ann@b.example,1,2,Bob Ray\n",
        {"account": "001", "name": "Ann Lee", "title": "CFO", "phone": "1", "reports_to": "Bob Ray"},
        ("Mobile",),
    ),
    "金蝶, sales": (
        "sales",
        "单据编号,单据日期,客户编码,客户名称,物料编码,物料名称,规格型号,数量,单价,含税单价,金额,价税合计,税额,结算币别,销售员\n"
        "XSCKD000012,2024-03-05,CUST0012,上海某某有限公司,CH4441,水泵,DN50,3,100,113,300,339,39,人民币,李四\n",
        {
            "document": "XSCKD000012",
            "date": date(2024, 3, 5),
            "account": "CUST0012",
            "account_name": "上海某某有限公司",
            "product": "CH4441",
            "product_name": "水泵",
            "quantity": 3,
            "unit_price": 100,
            "amount": 300,
            "currency": "人民币",
            "owner": "李四",
        },
        ("规格型号", "含税单价", "价税合计", "税额"),
    ),
    "金蝶, net amount beside gross": (
        "sales",
        "发票号码,开票日期,订单日期,购货单位代码,购货单位,产品代码,产品名称,数量,含税单价,价税合计,不含税金额\n"
        "FP1,2024年3月5日,2024年3月1日,C1,某某公司,P1,水泵,3,113,339,300\n",
        {
            "document": "FP1",
            "date": date(2024, 3, 5),
            "account": "C1",
            "account_name": "某某公司",
            "unit_price": 113,
            "amount": 300,
        },
        ("订单日期", "价税合计"),
    ),
    "金蝶, customers": (
        "accounts",
        "客户编码,客户名称,对应集团客户编码,国家,省份,行业,公司规模,销售员,联系电话,公司网址,备注\n"
        "C1,某某公司,G1,中国,上海,机械,500,李四,021,a.example,无\n",
        {
            "code": "C1",
            "name": "某某公司",
            "parent": "G1",
            "country": "中国",
            "region": "上海",
            "industry": "机械",
            "size": "500",
            "owner": "李四",
            "phone": "021",
            "website": "a.example",
            "note": "无",
        },
        (),
    ),
    "金蝶, contacts": (
        "contacts",
        "客户编码,联系人姓名,职务,部门,移动电话,电子邮箱\nC1,王五,采购经理,采购部,138,w@a.example\n",
        {"account": "C1", "name": "王五", "title": "采购经理", "phone": "138", "email": "w@a.example"},
        (),
    ),
    "金蝶, costs": (
        "costs",
        "单据编号,业务日期,往来单位编码,往来单位,费用项目,费用金额,价税合计,币别,事由\n"
        "FY1,2024-03-05,C1,某某公司,运输,80,87.2,人民币,送货\n",
        {
            "reference": "FY1",
            "date": date(2024, 3, 5),
            "account": "C1",
            "kind": "delivery",
            "amount": 80,
            "note": "送货",
        },
        ("往来单位", "价税合计"),
    ),
    "用友, sales": (
        "sales",
        "发票号,行号,开票日期,客户编码,客户简称,存货编码,存货名称,数量,无税单价,含税单价,原币无税金额,原币价税合计,币种,业务员,订单号\n"
        "0000012,1,2024-03-05,010012,某某,0101,水泵,3,100,113,300,339,人民币,李四,SO1\n",
        {
            "document": "0000012",
            "line": "1",
            "date": date(2024, 3, 5),
            "account": "010012",
            "account_name": "某某",
            "product": "0101",
            "product_name": "水泵",
            "unit_price": 100,
            "amount": 300,
            "owner": "李四",
        },
        ("含税单价", "原币价税合计", "订单号"),
    ),
    "用友, customers": (
        "accounts",
        "客户编码,客户名称,客户简称,所属行业,地区名称,客户总公司编码,专管业务员,电话,Email地址\n"
        "010012,某某公司,某某,机械,华东,010001,李四,021,w@a.example\n",
        {
            "code": "010012",
            "name": "某某公司",
            "industry": "机械",
            "region": "华东",
            "parent": "010001",
            "owner": "李四",
            "email": "w@a.example",
        },
        ("客户简称",),
    ),
    "用友, contacts": (
        "contacts",
        "客户编码,联系人名称,职位,手机,Email地址\n010012,王五,经理,138,w@a.example\n",
        {"account": "010012", "name": "王五", "title": "经理", "phone": "138", "email": "w@a.example"},
        (),
    ),
    "用友, costs": (
        "costs",
        "单据号,单据日期,客户编码,费用项目,支出金额,币种,摘要\nFY1,2024-03-05,010012,服务,80,人民币,维修\n",
        {"reference": "FY1", "account": "010012", "kind": "service", "amount": 80, "note": "维修"},
        (),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_export_is_understood_as_it_comes(case: str, tmp_path: Path) -> None:
    kind, text, wanted, left_out = CASES[case]
    found = read(write(tmp_path / "export.csv", text), kind=kind)
    assert not found.refusals
    assert {name: found.rows[0][name] for name in wanted} == wanted
    assert found.files[0][1].left_out == left_out
    assert not found.files[0][1].by_content


def test_of_columns_that_compete_it_is_said_which_was_taken() -> None:
    match = match_columns("sales", ["单据编号", "发票日期", "订单日期", "金额", "价税合计", "客户编码"])
    told = {note[1]["field"]: (note[1]["column"], note[1]["others"]) for note in match.notes}
    assert told == {"date": ("发票日期", "订单日期"), "amount": ("金额", "价税合计")}


def test_what_is_given_needs_no_note() -> None:
    given = {"date": "订单日期", "amount": "价税合计"}
    match = match_columns("sales", ["单据编号", "发票日期", "订单日期", "金额", "价税合计"], given=given)
    assert {note[1].get("field") for note in match.notes} == set()


def test_a_name_is_not_taken_for_a_code_and_it_is_said() -> None:
    match = match_columns("sales", ["单据编号", "日期", "金额", "客户名称"])
    assert "account" not in match.fields
    assert [note[1] for note in match.notes] == [{"column": "客户名称"}]


def test_a_fields_name_as_the_handbook_has_it_comes_first() -> None:
    match = match_columns(
        "sales", ["document", "date", "Invoice Date", "amount", "Net value", "account", "Sold-to party"]
    )
    assert match.fields == {name: name for name in ("document", "date", "account", "amount")}
