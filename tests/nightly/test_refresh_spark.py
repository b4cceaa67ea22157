"""The same refresh on a real Spark cluster, and on Spark within this machine: equal to the last byte."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from mainstay.core.errors import Refused
from mainstay.ledger import spark
from mainstay.ledger.engine import opened
from mainstay.ledger.models import Batch
from mainstay.ledger.selectors import sales_lines
from mainstay.nightly.refresh import refresh
from tests.clusters import cluster, need_java
from tests.ledgers import (
    DEMO_DAY,
    TINY_DAY,
    adventureworks_ledger,
    cover,
    online_retail_ledger,
    sales_batch,
    tiny_ledger,
)
from tests.nightly.marts import published

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")]


def covered_ledger() -> None:
    """The set worked out by hand, with a line that a later batch replaced."""
    tiny_ledger()
    first = Batch.objects.filter(kind="sales").get()
    sales_batch("SELECT 'S1' AS document, '1' AS line, DATE '2024-05-05' AS date, 'A1' AS account, 777 AS amount")
    cover(f"SELECT {first.pk} AS batch, 'default' AS source, 'S1' AS whole, '1' AS part")


LEDGERS: dict[str, tuple[Callable[[], object], date]] = {
    "tiny": (covered_ledger, TINY_DAY),
    "adventureworks": (adventureworks_ledger, DEMO_DAY),
    "online_retail": (online_retail_ledger, date(2011, 12, 9)),
}


@pytest.fixture(scope="module")
def standalone() -> Iterator[str]:
    with cluster() as url:
        yield url


@pytest.mark.long
@pytest.mark.parametrize("name", LEDGERS)
def test_a_cluster_publishes_what_duckdb_does(name: str, standalone: str) -> None:
    make, day = LEDGERS[name]
    make()
    here = published(refresh(as_of=day))
    done = refresh(as_of=day, engine=standalone)
    assert published(done) == here
    assert done.origin["engine"] == standalone.partition("?")[0]


@pytest.mark.long
def test_spark_within_this_machine_reads_covered_lines_as_duckdb_does(monkeypatch: pytest.MonkeyPatch) -> None:
    need_java()
    # Several parts, as of a large ledger.
    monkeypatch.setattr(spark, "ROWS", 4)
    covered_ledger()
    here = published(refresh(as_of=TINY_DAY))
    assert published(refresh(as_of=TINY_DAY, engine="spark://local")) == here


@pytest.mark.long
def test_too_large_an_amount_is_an_error_never_a_null() -> None:
    need_java()
    sales_batch(
        "SELECT 'S' || i AS document, DATE '2024-01-10' AS date, 'A1' AS account, 99999999999999.9999 AS amount, "
        "99999999999 AS quantity FROM range(3) t(i)"
    )
    with opened("spark://local") as engine:
        lines = sales_lines(engine)
        much = lines.select(much=(lines.amount * 10_000_000).cast("decimal(18, 4)"))
        with pytest.raises(Refused, match="broke off"):
            engine.to_pyarrow(much)


def test_a_cluster_that_does_not_answer_is_named_without_its_secrets() -> None:
    need_java()
    with pytest.raises(Refused) as refused:
        refresh(engine="spark://127.0.0.1:9?spark.authenticate.secret=sesame")
    assert "spark://127.0.0.1:9 does not answer" in str(refused.value)
    assert "sesame" not in str(refused.value)


def test_without_java_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(Refused, match="Java 17"):
        refresh(engine="spark://local")


@pytest.mark.parametrize(
    "url", ["oracle://host", "spark://elsewhere", "spark://host:0", "duckdb:///file", "spark://a:1/x"]
)
def test_another_engine_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(Refused, match="duckdb://, spark://local or spark://host:port") as refused:
        refresh(engine=url)
    assert url not in str(refused.value)
