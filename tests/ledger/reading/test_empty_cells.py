"""An empty cell that is needed is told as empty, before an import as in it, however the file is written."""

from pathlib import Path

import pytest

from mainstay.ledger.reading import match_columns, preview, recognise
from tests.ledger.reading.reading import read, write

HEAD = "单据号,日期,数量,单价\nS1,2024-01-02,1,5\n"


@pytest.mark.parametrize("empty", ["", '""', "  ", "\u3000"])
def test_it_is_told_as_empty(tmp_path: Path, empty: str) -> None:
    path = write(tmp_path / "a.csv", f"{HEAD}S2,2024-01-02,{empty},5\nS3,{empty},1,5\nS4,2024-01-02,x,5\n")
    source = recognise(path, kind="sales")
    shown = [
        str(problem)
        for row in preview(source, match_columns("sales", source.columns), "sales")
        for problem in row.problems
    ]
    told = [one["message"] for one in read(path).refusals]
    assert shown == told
    assert [message.partition(" is ")[2][:5] for message in told] == ["empty", "empty", "no nu"]
