"""grading.facts: what the database knows of accounts, as one refresh takes it."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from mainstay.grading import facts
from mainstay.grading.scheme import DEFAULT
from mainstay.relationships.services import assessment_add
from tests.factories import make_account, make_contact, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_every_account_is_a_row_of_what_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "CHUNK", 2)
    anna = make_user("Anna", role="director")
    one = make_account(
        "A1",
        industry="Food",
        size="40",
        country="France",
        need="pallets",
        last_contact=date(2024, 3, 15),
        potential=Decimal("12345678901234.5678"),
    )
    for index in range(4):
        make_account(f"B{index}")
    for name in ("Wei", "Ida"):
        make_contact(one, name)
    judged = {"difference": 5, "value": 4, "preference": 3, "room": 2}
    assessment_add(account=one, by=anna, judgements=judged, notes={}, day=date(2024, 6, 30))
    path = tmp_path / "facts.parquet"
    assert facts.snapshot(path, as_of=date(2024, 6, 30), scheme=DEFAULT) == 5
    table = pq.read_table(path)
    assert table.schema.equals(facts.SCHEMA)
    rows = {row["code"]: row for row in table.to_pylist()}
    assert rows["A1"] == {
        "code": "A1",
        "industry": "Food",
        "size": "40",
        "country": "France",
        "need": "pallets",
        "last_contact": date(2024, 3, 15),
        "potential": Decimal("12345678901234.5678"),
        "room": 2.0,
        "score": 75.0,
        "contacts": 2,
    }
    assert rows["B3"] == {
        "code": "B3",
        "industry": "",
        "size": "",
        "country": "",
        "need": None,
        "last_contact": None,
        "potential": None,
        "room": None,
        "score": None,
        "contacts": 0,
    }


def test_no_accounts_make_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "facts.parquet"
    assert facts.snapshot(path, as_of=date(2024, 6, 30), scheme=DEFAULT) == 0
    assert pq.read_table(path).schema.equals(facts.SCHEMA)
