"""Days as people write them."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from mainstay.core.errors import Refused
from mainstay.ledger.reading import Hints
from mainstay.ledger.reading.dates import quick, slow
from tests.ledger.reading.reading import read, sales_file

DAY = date(2024, 1, 5)


def parsed(text: str, order: str | None) -> date | None:
    with duckdb.connect() as connection:
        query = f"SELECT coalesce({quick('t', order)}, {slow('t', order)}) FROM (SELECT ?::VARCHAR AS t)"
        found = connection.execute(query, [text]).fetchone()
    assert found is not None
    day: date | None = found[0]
    return day


@pytest.mark.parametrize("order", [None, "dmy", "mdy", "ymd"])
@pytest.mark.parametrize(
    "text",
    [
        "2024-01-05",
        "2024-1-5",
        "2024/01/05",
        "2024/1/5",
        "2024.1.5",
        "20240105",
        "2024年1月5日",
        "2024年01月05日",
        "2024年 1月 5日",
        "2024-01-05 10:30",
        "2024-01-05T23:59:59",
        "2024-01-05T23:30:00Z",
        "2024-01-05 01:00:00+08:00",
        "2024-01-05T23:00:00-05",
        "2024-01-05 10:30:00.123456",
        "2024/1/5 8:30 PM",
        "2024年1月5日 10:30",
        "2024-01-05 下午 3:20",
        "20240105 10:30",
        "05-Jan-2024",
        "5 Jan 2024",
        "5-jan-24",
        "5 January 2024",
        "January 5, 2024",
        "Jan 5th, 2024",
        "05.Jan.2024",
        "5.1.2024",
        "05.01.2024",
        "05.01.2024 10:30",
        "２０２４－０１－０５",
        "２０２４／１／５",
    ],
)
def test_a_day_that_needs_no_order(text: str, order: str | None) -> None:
    assert parsed(text, order) == DAY


@pytest.mark.parametrize(
    "text", ["5/1/2024", "05/01/2024", "05-01-2024", "5/1/24", "05/01/2024 10:30", "05/01/2024 10:30:00 PM"]
)
def test_day_first_or_month_first_is_the_files_style(text: str) -> None:
    assert parsed(text, "dmy") == DAY
    assert parsed(text, "mdy") == date(2024, 5, 1)
    assert parsed(text, None) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "2024-02-30",
        "2024-13-01",
        "2024-01",
        "45292",
        "2024-01-05x",
        "2024-01-05 25:00",
        "31/02/2024",
        "13/13/2024",
        "5/1-2024",
        "epoch",
        "infinity",
        "1/2/3/4",
        "2024-01-05 morning",
        "123456789",
        "32.1.2024",
        "5 Foo 2024",
        "5. marraskuuta 2024",
        "5 Marketing 2024",
        "Mayor 5, 2024",
        "24-13-45",
    ],
)
@pytest.mark.parametrize("order", [None, "dmy", "mdy", "ymd"])
def test_what_is_no_day(text: str, order: str | None) -> None:
    found = parsed(text, order)
    assert found is None or not 1900 <= found.year <= 2199


@pytest.mark.parametrize(
    "text", ["24-01-05", "24-1-05", "24-1-5", "24/01/05", "24.1.5", "24-01-05 10:30", "２４/１/５"]
)
def test_a_short_year_stands_first_where_that_is_the_files_style(text: str) -> None:
    assert parsed(text, "ymd") == DAY
    assert parsed("05/01/2024", "ymd") is None
    assert parsed("5.1.24", "dmy") == parsed("5.1.24", None) == DAY


def test_two_digit_years_turn_at_69() -> None:
    assert parsed("1.1.68", None) == date(2068, 1, 1)
    assert parsed("1.1.69", None) == date(1969, 1, 1)


def dated(tmp_path: Path, *days: str) -> Path:
    return sales_file(tmp_path / "a.csv", [f"d{number},{day},1" for number, day in enumerate(days)])


def test_one_day_over_twelve_decides_for_all(tmp_path: Path) -> None:
    assert read(dated(tmp_path, "5/1/2024", "13/1/2024")).column("date") == [DAY, date(2024, 1, 13)]
    assert read(dated(tmp_path, "1/5/2024", "1/13/2024")).column("date") == [DAY, date(2024, 1, 13)]


@pytest.mark.parametrize(
    ("days", "read_as"),
    [
        (["24-01-05", "24-01-31"], [DAY, date(2024, 1, 31)]),
        (["05-01-24", "31-01-24"], [DAY, date(2024, 1, 31)]),
        (["01-05-24", "01-31-24"], [DAY, date(2024, 1, 31)]),
        (["99/12/31", "24/01/05"], [date(1999, 12, 31), DAY]),
        (["5/1/24", "13/1/24"], [DAY, date(2024, 1, 13)]),
    ],
)
def test_short_years_first_or_last_are_told_by_what_the_other_way_makes_no_day(
    tmp_path: Path, days: list[str], read_as: list[date]
) -> None:
    assert read(dated(tmp_path, *days)).column("date") == read_as


@pytest.mark.parametrize("days", [["24-01-05"], ["24-01-13", "24-02-14"], ["05-05-24"]])
def test_short_years_that_could_stand_first_or_last_are_asked_for(tmp_path: Path, days: list[str]) -> None:
    path = dated(tmp_path, *days)
    with pytest.raises(Refused, match="several orders"):
        read(path)
    first = read(path, hints=Hints(date_order="ymd")).column("date")[0]
    assert first == date.fromisoformat(f"20{days[0]}")


def test_the_whole_column_decides_where_the_first_rows_do_not(tmp_path: Path) -> None:
    days = ["1/5/2024"] * 1500 + ["1/13/2024"]
    assert read(dated(tmp_path, *days)).column("date")[0] == DAY


def test_dates_that_nothing_decides_are_refused_and_the_order_is_asked_for(tmp_path: Path) -> None:
    path = dated(tmp_path, "5/1/2024", "6/1/2024")
    with pytest.raises(Refused, match=r"“date” in “a.csv”.*“5/1/2024”.*dmy, mdy or ymd"):
        read(path)
    assert read(path, hints=Hints(date_order="dmy")).column("date")[0] == DAY
    assert read(path, hints=Hints(date_order="mdy")).column("date")[0] == date(2024, 5, 1)


def test_dates_that_are_the_same_both_ways_need_no_order(tmp_path: Path) -> None:
    assert read(dated(tmp_path, "5/5/2024", "1/1/2024")).column("date") == [date(2024, 5, 5), date(2024, 1, 1)]


def test_as_much_for_one_order_as_for_the_other_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="as often in one order as in another"):
        read(dated(tmp_path, "13/1/2024", "1/13/2024"))


def test_each_row_must_follow_the_files_style_or_be_plain_by_itself(tmp_path: Path) -> None:
    found = read(dated(tmp_path, "13/1/2024", "14/1/2024", "1/15/2024", "2024-01-16", "2024年1月17日", "soon"))
    assert [day.day for day in found.column("date")] == [13, 14, 16, 17]
    assert [(one["row"], one["column"], one["value"]) for one in found.refusals] == [
        (4, "date", "1/15/2024"),
        (7, "date", "soon"),
    ]
    assert "day first" in found.refusals[0]["message"]


def test_the_year_9999_is_a_problem_of_its_row(tmp_path: Path) -> None:
    found = read(dated(tmp_path, "2024-01-05", "9999-12-31", "31.12.9999", "1899-12-31", "0044-03-15", "2199-12-31"))
    assert len(found.rows) == 2
    assert [one["row"] for one in found.refusals] == [3, 4, 5, 6]
    assert all("between the years 1900 and 2199" in one["message"] for one in found.refusals)
    assert found.refusals[0]["value"] == "9999-12-31"
