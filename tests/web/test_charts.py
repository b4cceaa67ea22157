"""Charts say what their rows say."""

import gzip
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import vl_convert
from django.test import Client
from django.utils import translation

from mainstay.web import charts, vega
from tests.web.gallery import charts as gallery_charts


def rows(spec: charts.Spec) -> list[dict[str, Any]]:
    """The data that a chart is about, not those of its notes and lines."""
    found: list[dict[str, Any]] = spec["datasets"][charts.DATA]
    return found


@pytest.mark.parametrize("chart", gallery_charts(), ids=lambda chart: chart["id"])
def test_vega_draws_each_chart(chart: dict[str, Any]) -> None:
    text = json.dumps(chart["spec"]).replace('"container"', "600")
    for token in (charts.MAIN, charts.SOFT, charts.LOSS, charts.FILL, charts.INK, charts.QUIET, charts.GRID):
        text = text.replace(f'"{token}"', '"#123456"')
    svg = vl_convert.vegalite_to_svg(json.loads(text), vl_version=vega.VEGA_LITE)
    assert svg.startswith("<svg")
    assert "NaN" not in svg
    assert "undefined" not in svg


def test_colours_are_tokens() -> None:
    for chart in gallery_charts():
        assert "#" not in json.dumps({key: value for key, value in chart["spec"].items() if key not in {"$schema"}})


def test_a_waterfall_stands_on_what_was_before() -> None:
    steps = [
        charts.Step("Purchases", Decimal(100)),
        charts.Step("Purchaser cost", Decimal("-70.5")),
        charts.Step("Non-purchaser cost", Decimal(-40)),
        charts.Step("Profit", Decimal("-10.5"), result=True),
    ]
    bars = [(row["from"], row["to"], row["colour"]) for row in rows(charts.waterfall(steps, currency=""))]
    assert bars == [
        (0, 100, charts.MAIN),
        (100, 29.5, charts.SOFT),
        (29.5, -10.5, charts.SOFT),
        (0, -10.5, charts.LOSS),
    ]


def test_tooltips_are_exact_and_in_the_pages_language() -> None:
    points = [charts.WhalePoint("三轮车", 1, Decimal("790548.1772"), Decimal("790548.1772"), "/accounts/x/")]
    with translation.override("zh-hans"):
        spec = charts.whale_curve(points, currency="CNY")
    row = rows(spec)[1]
    assert (row["name"], row["profit"], row["href"]) == ("三轮车", "¥790,548.18", "/accounts/x/")
    assert [field for field, _title in spec["usermeta"]["tips"]] == ["name", "profit", "total"]
    assert "亿" in json.dumps(spec, ensure_ascii=False)


def test_the_peak_of_the_whale_is_the_first_highest() -> None:
    totals = [5, 9, 9, 4]
    points = [charts.WhalePoint(f"a{n}", n, Decimal(0), Decimal(total)) for n, total in enumerate(totals, start=1)]
    spec = charts.whale_curve(points, currency="")
    notes = [row for data in spec["datasets"].values() for row in data if "text" in row]
    assert [(row["x"], row["y"]) for row in notes] == [(2, 9)]


def test_without_sales_in_the_window_before_nothing_is_drawn_of_it() -> None:
    months = [charts.MonthSales(date(2013, 1, 1), Decimal("-5"), Decimal("0.0000"))]
    spec = charts.monthly_sales(months, currency="USD")
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["rule", "bar"]
    assert rows(spec)[0]["colour"] == charts.LOSS


@pytest.mark.parametrize("empty", [charts.whale_curve, charts.waterfall, charts.monthly_sales, charts.product_bars])
def test_nothing_makes_an_empty_chart(empty: Any) -> None:
    assert empty([], currency="")["layer"]


def test_a_currencys_code_cannot_break_out_of_an_axis_label() -> None:
    spec = charts.product_bars([], currency="')+alert('")
    assert "alert" not in json.dumps(spec)
    spec = charts.whale_curve([], currency="') + bad('")
    label = next(layer["encoding"]["y"]["axis"]["labelExpr"] for layer in spec["layer"] if "y" in layer["encoding"])
    assert "') + bad('" not in label.lower()


def test_the_bundle_is_served_from_the_installed_package(client: Client) -> None:
    vega.bundle.cache_clear()
    answer = client.get(vega.bundle_url(), headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert "immutable" in answer["Cache-Control"]
    script = gzip.decompress(answer.content)
    assert b"window.vegaEmbed" in script
    assert client.get(vega.bundle_url()).content == script
    assert client.get("/charts/vega-000000000000.js").status_code == 404


def test_charts_and_bundle_speak_the_same_version() -> None:
    schema = gallery_charts()[0]["spec"]["$schema"]
    assert f"/v{vega.VEGA_LITE}" in schema
