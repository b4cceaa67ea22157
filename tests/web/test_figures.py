"""How figures are written."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from mainstay.web import figures
from mainstay.web.sparkline import line_points


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (Decimal("1234567.895"), "USD", "$1,234,567.90"),
        (Decimal("-1579739.8549"), "USD", "−$1,579,739.85"),
        (Decimal("-0.0049"), "", "0.00"),
        (Decimal("0.005"), "", "0.01"),
        (Decimal("-0.005"), "", "−0.01"),
        (Decimal("12345678901234567890123.4550"), "", "12,345,678,901,234,567,890,123.46"),
        (12, "SEK", "SEK 12.00"),
        (None, "USD", "–"),
        ("", "USD", "–"),
    ],
)
def test_money_is_rounded_half_away_from_zero_and_keeps_every_digit(
    amount: Decimal, currency: str, written: str
) -> None:
    assert figures.money(amount, currency) == written


@pytest.mark.parametrize(
    ("amount", "english", "chinese"),
    [
        ("36240484.6966", "$36.24M", "US$3,624万"),
        ("-1579739.8549", "−$1.58M", "−US$158.0万"),
        ("790548.1772", "$790.5K", "US$79.05万"),
        ("9999.4", "$9,999", "US$9,999"),
        ("9999.5", "$10.00K", "US$1.00万"),
        ("999999.6", "$1.00M", "US$100.0万"),
        ("99999999.9", "$100.0M", "US$1.00亿"),
        ("1234567890", "$1.23B", "US$12.35亿"),
        ("0", "$0", "US$0"),
    ],
)
def test_large_amounts_have_three_digits_and_their_languages_unit(amount: str, english: str, chinese: str) -> None:
    assert figures.money_compact(Decimal(amount), "USD") == english
    with translation.override("zh-hans"):
        assert figures.money_compact(Decimal(amount), "USD") == chinese


def test_each_language_has_its_own_currency_bare() -> None:
    assert figures.sign_of("CNY") == "CN¥"
    with translation.override("zh-hans"):
        assert figures.money(5, "CNY") == "¥5.00"


def test_shares_and_growth() -> None:
    assert figures.percent(Decimal("0.62536")) == "62.5%"
    assert figures.percent(0.62536, 3) == "62.536%"
    assert figures.change(Decimal(112), Decimal(100)) == "+12.0%"
    assert figures.change(Decimal(96), Decimal(100)) == "−4.0%"
    assert figures.change(Decimal(5), Decimal(0)) == "–"
    assert figures.change(None, Decimal(1)) == "–"
    assert figures.percent(float("nan")) == "–"


def test_days() -> None:
    assert figures.day(date(2013, 11, 29)) == "29 Nov 2013"
    assert figures.month(date(2013, 11, 1)) == "Nov 2013"
    assert figures.moment(datetime(2013, 11, 29, 14, 5, tzinfo=UTC)) == "29 Nov 2013, 14:05"
    assert figures.day(None) == "–"


def test_filters_write_the_same_figures() -> None:
    template = Template(
        "{% load figures %}{{ a|money:'USD' }} {{ a|money_whole }} {{ a|money_compact }} {{ r|percent }} "
        "{{ r|width }} {{ 94.4|index }} {{ n|number }} {{ a|negative }} {{ a|change:n }} {{ d|day }} {{ d|month }}"
    )
    text = template.render(Context({"a": Decimal("-1234567.5"), "r": 0.5, "n": 4321, "d": date(2013, 11, 29)}))
    assert text == ("−$1,234,567.50 −1,234,568 −1.23M 50.0% 50.00% 94 4,321 True −28,671.3% 29 Nov 2013 Nov 2013")


def test_a_bar_is_never_wider_than_its_box() -> None:
    template = Template("{% load figures %}{{ 1.7|width }} {{ low|width }} {{ none|width }}")
    assert template.render(Context({"low": -0.2, "none": None})) == "100.00% 0.00% 0.00%"


def test_a_sparkline_stands_on_zero() -> None:
    assert line_points([0, 5, 10]) == "0.0,22.0 50.0,12.0 100.0,2.0"
    assert line_points([-10, 0, 10]) == "0.0,22.0 50.0,12.0 100.0,2.0"
    assert line_points([None, None]) == "0.0,22.0 100.0,22.0"
    assert line_points([]) == ""
