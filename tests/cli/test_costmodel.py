"""mainstay costmodel: versions in and out, the switch, and what `show` then tells."""

from pathlib import Path

import pytest

from mainstay.costing.models import CostModelVersion
from tests.cli.shell import run, told
from tests.ledgers import TINY

pytestmark = pytest.mark.django_db

MODEL = """\
[[version]]
name = "2024"
valid_from = 2020-01-01
capacity_rate = 0.80

[version.activities.order]
minutes = 12.5

[version.activities.line]
rate = "1.50"

[[version.pools]]
name = "Administration"
by = "orders"
amount = 120
per = "year"

[[version.pools]]
name = "Overhead"
by = "sales"
amount = "booked"
"""


def test_a_file_in_and_out_and_the_switch(tmp_path: Path) -> None:
    given, out = tmp_path / "model.toml", tmp_path / "out.toml"
    given.write_text(MODEL)
    assert "added: 1, known already: 0" in run("costmodel", "import", given).stderr
    assert CostModelVersion.objects.get().state == "draft"
    assert "nothing is costed" in run("costmodel", "on").stderr
    shown = told("costmodel", "show")
    assert shown["on"] is True
    assert shown["versions"][0]["activities"] == {"order": {"minutes": "12.5"}, "line": {"rate": "1.50"}}
    assert "2024" in run("costmodel", "show").stdout
    run("costmodel", "export", out)
    assert "known already: 1" in run("costmodel", "import", out).stderr
    run("costmodel", "off")
    assert told("costmodel", "show")["on"] is False


def test_figures_with_the_model_on(tmp_path: Path) -> None:
    for kind in ("accounts", "sales", "costs"):
        run("import", kind, TINY / f"{kind}.csv")
    (tmp_path / "model.toml").write_text(MODEL)
    run("costmodel", "import", tmp_path / "model.toml", "--activate")
    run("costmodel", "on")
    run("refresh", "--as-of", "2024-06-30")
    summary = told("show", "summary")
    assert (summary["profit"], summary["modelled_cost"], summary["profit_after_model"]) == (
        "225.3333",
        "316.5000",
        "-91.1667",
    )
    account = told("show", "account", "A1")
    assert (account["profit"], account["profit_after_model"]) == ("195.3333", "86.0778")
    assert [part["cost"] for part in account["model"]] == ["20.0000", "4.5000", "30.0000", "54.7555"]
    assert told("show", "accounts")[0]["model"] == account["model"]
    assert "Orders: 2 × 10.00 = 20.00" in run("show", "account", "A1").stdout
    assert "Administration (by orders): 120.00" in run("show", "summary").stdout
    assert run("check").stdout.count("ok") == 6


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"name =", "is not TOML"),
        (b"\xff\xfe", "is not TOML"),
        (b"x = 1", "holds no cost model"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path: Path, content: bytes | None, wrong: str) -> None:
    path = tmp_path / "model.toml"
    if content is not None:
        path.write_bytes(content)
    assert wrong in run("costmodel", "import", path, exit_code=1).stderr
    assert not CostModelVersion.objects.exists()


def test_a_place_where_it_cannot_be_written_is_named(tmp_path: Path) -> None:
    place = tmp_path / "no" / "model.toml"
    told = run("costmodel", "export", place, exit_code=1).stderr
    assert told == f"{place} cannot be written (No such file or directory).\n"
