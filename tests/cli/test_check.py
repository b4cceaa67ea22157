"""mainstay check: whether the engine and the ledger that are set answer."""

from typing import Any

import pytest

from mainstay.cli.home import health
from mainstay.core.addresses import warehouse
from tests.clusters import need_java

pytestmark = pytest.mark.django_db


def test_all_is_well_without_any() -> None:
    found = dict(health())
    assert (found["ledger"], found["engine"]) == ("ok", "ok")


def test_a_cluster_that_does_not_answer(settings: Any) -> None:
    need_java()
    settings.MAINSTAY_ENGINE = "spark://127.0.0.1:9?spark.authenticate.secret=sesame"
    found = dict(health())
    assert found["ledger"] == "ok"
    assert found["engine"].startswith("Spark at spark://127.0.0.1:9 does not answer")
    assert "sesame" not in str(found)


@pytest.mark.filterwarnings("ignore:XDG_RUNTIME_DIR")
def test_a_warehouse_that_does_not_answer(settings: Any) -> None:
    settings.MAINSTAY_LEDGER = warehouse("postgresql://ann:sesame@127.0.0.1:9/kam?sales=lines")
    found = dict(health())
    assert found["ledger"].startswith("The warehouse postgresql://127.0.0.1:9/kam cannot be reached")
    assert "sesame" not in str(found)
