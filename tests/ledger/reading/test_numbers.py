"""Numbers as people write them, read exactly."""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mainstay.core.money import quantize
from mainstay.ledger.reading import Hints
from mainstay.ledger.reading.numbers import quick, slow
from tests.ledger.reading.reading import read, sales_file, write


def parsed(texts: list[str], decimal: str, type_: str = "money") -> list[Decimal | None]:
    value = f"coalesce({quick('t', decimal, type_)}, {slow('t', decimal, type_)})"
    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT {value} FROM (SELECT unnest(?::VARCHAR[]) AS t)", [texts]).fetchall()
    return [row[0] for row in found]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        ("-12.5", "-12.5"),
        ("+12.5", "12.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1,234.56", "1234.56"),
        ("12,34,567.8", "1234567.8"),
        ("1 234.5", "1234.5"),
        ("1\u00a0234.5", "1234.5"),
        ("1\u202f234\u202f567", "1234567"),
        ("1'234.50", "1234.5"),
        ("1’234.50", "1234.5"),
        ("123.45-", "-123.45"),
        ("−7", "-7"),
        ("(1,234.50)", "-1234.5"),
        ("¥99.9", "99.9"),
        ("￥99.9", "99.9"),
        ("-$5", "-5"),
        ("$-5", "-5"),
        ("($5)", "-5"),
        ("US$ 1,000", "1000"),
        ("5 USD", "5"),
        ("EUR 5.25", "5.25"),
        ("88元", "88"),
        ("１２．５", "12.5"),
        ("－３", "-3"),
        ("1.5e3", "1500"),
        ("5e-05", "0.0001"),
        ("4.9E-05", "0"),
        ("0.00005", "0.0001"),
        ("-0.00005", "-0.0001"),
        ("1.00004999", "1"),
        ("99999999999999.9999", "99999999999999.9999"),
    ],
)
def test_a_number_with_a_decimal_point(text: str, value: str) -> None:
    assert parsed([text], ".") == [Decimal(value)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12,5", "12.5"),
        ("1.234,56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1.234", "1234"),
        ("1 234,5", "1234.5"),
        ("1'234,5", "1234.5"),
        ("-0,5 €", "-0.5"),
        ("(12,50)", "-12.5"),
        ("1,5E+3", "1500"),
        ("7", "7"),
    ],
)
def test_a_number_with_a_decimal_comma(text: str, value: str) -> None:
    assert parsed([text], ",") == [Decimal(value)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "-",
        "()",
        "1,23.4",
        "1,2345",
        "12,3456.7",
        "1 23",
        "1.2.3",
        "1,234,5",
        "--5",
        "-5-",
        "(-5)",
        "(5",
        "5)",
        "1_000",
        "0x1F",
        "NaN",
        "Infinity",
        "12%",
        "ABC123",
        "1e",
        "1e400",
        "100000000000000",
        "5 万",
        "1/2",
        "١٢",
    ],
)
def test_what_is_no_number_with_a_decimal_point(text: str) -> None:
    assert parsed([text], ".") == [None]


@pytest.mark.parametrize("text", ["1.5", "12.34", "1.2345", "1,234.5", "1,2,3", "1.23.456", "1_0"])
def test_a_group_that_is_not_well_formed_is_no_number(text: str) -> None:
    """`1.5` in a file with decimal commas must not become 15."""
    assert parsed([text], ",") == [None]


AMOUNTS = st.decimals(min_value=Decimal("-9e13"), max_value=Decimal("9e13"), allow_nan=False, places=9)


@settings(max_examples=60, deadline=None)
@given(st.lists(AMOUNTS, min_size=1, max_size=40))
def test_money_is_rounded_as_the_rest_of_the_product_rounds(amounts: list[Decimal]) -> None:
    expected = [quantize(amount) for amount in amounts]
    assert parsed([f"{amount:f}" for amount in amounts], ".") == expected
    assert parsed([f"{amount:,f}" for amount in amounts], ".") == expected
    swapped = [f"{amount:,f}".translate(str.maketrans(",.", ".,")) for amount in amounts]
    assert parsed(swapped, ",") == expected


FLOATS = st.floats(min_value=-1e11, max_value=1e11, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(FLOATS, min_size=1, max_size=40))
def test_the_shortest_text_of_a_double_is_read_exactly(numbers: list[float]) -> None:
    expected = [Decimal(repr(x)).quantize(Decimal("0.000001"), ROUND_HALF_UP) for x in numbers]
    assert parsed([repr(x) for x in numbers], ".", "measure") == expected


@pytest.mark.parametrize(
    ("cells", "separator", "values"),
    [
        (["1,234", "5,5"], ";", ["1.234", "5.5"]),
        (["1.234", "5,5"], ";", ["1234", "5.5"]),
        (["1.234", "7"], ";", ["1234", "7"]),
        (["1,234", "7"], "|", ["1234", "7"]),
        (["1,234", "7.25"], ";", ["1234", "7.25"]),
        (["1.234.567", "1.234"], "|", ["1234567", "1234"]),
        (["0,125", "1.234"], "\t", ["0.125", "1234"]),
        (["1234,567", "2"], "\t", ["1234.567", "2"]),
    ],
)
def test_the_decimal_sign_follows_the_evidence_of_the_file(
    tmp_path: Path, cells: list[str], separator: str, values: list[str]
) -> None:
    lines = [separator.join(["d", "2024-01-05", cell]) for cell in cells]
    path = sales_file(tmp_path / "a.csv", lines, separator.join(["document", "date", "amount"]))
    assert read(path).column("amount") == [Decimal(value) for value in values]


def test_the_sign_is_sought_in_the_whole_column_where_the_first_rows_do_not_show_it(tmp_path: Path) -> None:
    lines = [f"d{number};2024-01-05;1.000" for number in range(1500)] + ["e;2024-01-05;0,5"]
    path = sales_file(tmp_path / "a.csv", [line.replace(";", "|") for line in lines], "document|date|amount")
    amounts = read(path).column("amount")
    assert amounts[0] == 1000
    assert amounts[-1] == Decimal("0.5")


def test_a_person_may_say_the_sign(tmp_path: Path) -> None:
    path = sales_file(tmp_path / "a.csv", ["d|2024-01-05|1.234"], "document|date|amount")
    assert read(path, hints=Hints(decimal=",")).column("amount") == [1234]
    assert read(path, hints=Hints(decimal=".")).column("amount") == [Decimal("1.234")]


def test_a_number_too_large_is_told_as_such(tmp_path: Path) -> None:
    found = read(sales_file(tmp_path / "a.csv", ["a,2024-01-05,100000000000000", "b,2024-01-05,x", "c,2024-01-05,1"]))
    assert [(one["row"], one["column"]) for one in found.refusals] == [(2, "amount"), (3, "amount")]
    assert "too large" in found.refusals[0]["message"]
    assert "“x” under “amount” is no number" in found.refusals[1]["message"]


def test_an_absent_amount_is_quantity_times_unit_price(tmp_path: Path) -> None:
    text = (
        "document,date,quantity,price\na,2024-01-05,3,0.33335\nb,2024-01-05,-3,0.33335\nc,2024-01-05,12345678.5,1000\n"
    )
    assert read(write(tmp_path / "a.csv", text)).column("amount") == [
        Decimal("1.0001"),  # 1.00005, half away from zero
        Decimal("-1.0001"),
        Decimal("12345678500"),
    ]


@pytest.mark.parametrize(
    ("quantity", "price", "amount"),
    [
        ("3000000", "0.333333333333", "1000000"),
        ("3000000", "$ 0.333333333333", "1000000"),
        ("0.000000123456", "1000000000", "123.456"),
        ("1e-7", "5000000", "0.5"),
        ("0.1234567", "0.7654321", "0.0945"),
        ("1,000,000", "0.0000005", "0.5"),
    ],
)
def test_a_product_is_of_what_is_written_and_only_then_rounded(
    tmp_path: Path, quantity: str, price: str, amount: str
) -> None:
    path = sales_file(tmp_path / "p.csv", [f"d;2024-01-05;{quantity};{price}"], "document;date;quantity;unit_price")
    found = read(path, hints=Hints(decimal="."))
    assert found.column("amount") == [Decimal(amount)]
    (kept,) = found.column("unit_price")
    assert kept == Decimal(price.removeprefix("$ ")).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def test_a_product_that_no_amount_can_be_is_a_problem(tmp_path: Path) -> None:
    lines = ["d,2024-01-05,999999999999.9,999999999999.9", "e,2024-01-05,9999999,9999999.9999"]
    found = read(sales_file(tmp_path / "p.csv", lines, "document,date,quantity,unit_price"))
    assert [one["row"] for one in found.refusals] == [2]
    assert found.column("amount") == [quantize(Decimal(9999999) * Decimal("9999999.9999"))]


def test_a_row_without_amount_falls_back_on_its_quantity_and_price(tmp_path: Path) -> None:
    text = (
        "document,date,quantity,price,amount\na,2024-01-05,2,3,7\nb,2024-01-05,2,3,\nc,2024-01-05,2,,\n"
        "d,2024-01-05,2,3,x\ne,2024-01-05,999999999999,999999999999,\n"
    )
    found = read(write(tmp_path / "a.csv", text))
    assert found.column("amount") == [7, 6]
    assert [(one["row"], one["column"]) for one in found.refusals] == [(4, "price"), (5, "amount"), (6, "quantity")]
    assert "too large" in found.refusals[2]["message"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(-999, 999), st.integers(0, 10**7)), min_size=1, max_size=30))
def test_products_are_exact(tmp_path: Path, pairs: list[tuple[int, int]]) -> None:
    lines = [f"d,2024-01-05,{quantity},{Decimal(price).scaleb(-5)}" for quantity, price in pairs]
    path = sales_file(tmp_path / "p.csv", lines, "document,date,quantity,unit_price")
    expected = [quantize(quantity * Decimal(price).scaleb(-5)) for quantity, price in pairs]
    assert read(path, hints=Hints(decimal=".")).column("amount") == expected
