"""Which kind of file the headings speak for."""

import pytest

from mainstay.ledger.reading.likeness import likely_kind

COSTS = ("Reference", "Date", "Account", "Kind", "Amount", "Currency")
OF_COSTS = [["R1", "2024-01-02", "A", "goods", "5", "EUR"], ["R2", "2024-01-02", "A", "Service", "5", "EUR"]]
SALES = ("Invoice No", "Date", "Customer No", "Description", "Quantity", "Unit price", "Amount")


@pytest.mark.parametrize(
    ("kind", "columns", "rows", "likely"),
    [
        ("sales", COSTS, OF_COSTS, "costs"),
        ("sales", ("Invoice No", *COSTS[1:]), OF_COSTS, "costs"),
        ("sales", ("单据号", "日期", "客户编号", "成本种类", "金额"), [["1", "2024-01-02", "A", "货物", "5"]], "costs"),
        ("sales", ("Code", "Name", "Country", "Industry", "Owner"), [], "accounts"),
        ("sales", ("客户编号", "客户名称", "国家", "行业", "负责人"), [], "accounts"),
        ("sales", ("Account", "Name", "Title", "E-mail", "Phone"), [], "contacts"),
        ("accounts", ("Account", "Name", "Title", "E-mail", "Phone", "Department"), [], "contacts"),
        ("contacts", ("Customer code", "Name", "Country", "Industry", "Owner"), [], "accounts"),
        ("costs", SALES, [], "sales"),
        ("accounts", SALES, [], "sales"),
        ("sales", ("Old code", "New code"), [], "aliases"),
        ("sales", ("Currency", "Date", "Rate"), [], "rates"),
        # As they were said, and where nothing speaks clearly.
        ("costs", COSTS, OF_COSTS, None),
        ("sales", SALES, [], None),
        ("sales", (*SALES[:6], "Umsatz"), [], None),
        ("sales", ("Invoice No", "Date", "Customer No", "Type", "Amount"), [["1", "2", "A", "Retail", "5"]], None),
        ("accounts", ("Code", "Name", "Country"), [], None),
        ("contacts", ("Account", "Name", "Title"), [], None),
        ("products", ("Code", "Name", "Category"), [], None),
        ("rates", ("Currency", "Date", "Rate"), [], None),
        ("aliases", ("Alias", "Account"), [], None),
        ("sales", ("x", "y", "z"), [], None),
        ("sales", (), [], None),
    ],
)
def test_what_the_headings_speak_for(
    kind: str, columns: tuple[str, ...], rows: list[list[str | None]], likely: str | None
) -> None:
    found = likely_kind(kind, columns, rows)
    assert (found.kind if found else None) == likely


def test_what_speaks_for_it() -> None:
    found = likely_kind("sales", ("Invoice No", *COSTS[1:]), OF_COSTS)
    assert found is not None
    assert (found.columns, found.values) == (("Kind",), ("goods", "Service"))
