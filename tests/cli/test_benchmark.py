"""mainstay benchmark: the product and the SQL by hand do the same work."""

import json
import math
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.conf import settings

from mainstay.cli.benchmark import made_up, sql, steps
from mainstay.grading.marts.files import ORDER, folder_of
from mainstay.grading.models import Refresh
from tests.cli.shell import run

LINES, ACCOUNTS = 4_000, 150


def rows(path: Path) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        found = connection.execute("FROM read_parquet(?)", [str(path)])
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-9)
    return bool(one == other)


@pytest.mark.django_db
def test_sql_by_hand_gives_the_same_marts(tmp_path: Path) -> None:
    steps.prepare(str(tmp_path), LINES, ACCOUNTS)
    for kind, name in (("accounts", "accounts.csv"), ("sales", "sales.parquet"), ("costs", "costs.parquet")):
        steps.import_file(kind, str(tmp_path / name))
    facts = str(tmp_path / "facts.parquet")
    assert steps.snapshot(facts)["rows"] == ACCOUNTS
    mine = steps.compute(facts, publish=True)
    by_hand = steps.compute_sql(facts, str(tmp_path / "by-hand"))
    assert mine["cells"] == by_hand["cells"]
    assert sum(cell[0] for cell in mine["cells"].values()) == ACCOUNTS
    folder = folder_of(Refresh.objects.get())
    assert sql.FILES.keys() == ORDER.keys() - {"products", "model"}
    for name in sql.FILES:
        expected, found = rows(tmp_path / "by-hand" / f"{name}.parquet"), rows(folder / f"{name}.parquet")
        assert len(expected) == len(found) > 0
        for one, other in zip(expected, found, strict=True):
            assert one.keys() == other.keys(), name
            differing = {key: (one[key], other[key]) for key in one if not alike(one[key], other[key])}
            assert not differing, (name, differing)


@pytest.mark.django_db
def test_sales_made_up_are_skewed_and_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "once").mkdir()
    (tmp_path / "again").mkdir()
    first = made_up.write(tmp_path / "once", lines=20_000, accounts=500, people=5)
    again = made_up.write(tmp_path / "again", lines=20_000, accounts=500, people=5)
    assert first.sales_csv.read_bytes() == again.sales_csv.read_bytes()
    with duckdb.connect() as connection:
        counted = connection.execute(
            "SELECT count(*) FROM read_parquet(?) GROUP BY account ORDER BY 1 DESC", [str(first.sales_parquet)]
        ).fetchall()
    lines = [count for (count,) in counted]
    assert sum(lines[: len(lines) // 5]) > 0.5 * sum(lines)


@pytest.mark.long
def test_the_command_measures_everything_and_leaves_nothing_behind(tmp_path: Path) -> None:
    out = tmp_path / "benchmarks.md"
    result = run("benchmark", "--lines", "5000", "--accounts", "200", "--out", out)
    assert result.stdout == out.read_text()
    assert json.loads(out.with_suffix(".json").read_text())["compute"]["cpu"] > 0
    for work in ("import of sales, CSV", "computing of the marts", "page: portfolio", "p95"):
        assert work in result.stdout
    assert "the same cells: yes" in result.stdout
    assert ", status " not in result.stdout
    assert not list((settings.MAINSTAY_HOME / "scratch").iterdir())
