"""The playbook: 18 cells, their targets as the rules have them, texts in both languages."""

import re

import pytest

from mainstay.grading.playbook import CELLS, CLASSES, FACTORS, LETTERS, PLAYBOOK, STATES
from mainstay.relationships import score

TARGETS = {
    "A1": "A1", "B1": "A1", "C1": "B1",
    "A2": "A1", "B2": "A2", "C2": "B2",
    "A3": "A3", "B3": "A3", "C3": "B2",
    "A4": "A3", "B4": "B3", "C4": "B4",
    "A5": "A5", "B5": "B4", "C5": "B5",
    "A6": "A5", "B6": None, "C6": None,
}  # fmt: skip


def test_every_cell_has_its_target() -> None:
    assert {cell: play.target for cell, play in PLAYBOOK.items()} == TARGETS
    assert set(CELLS) == set(PLAYBOOK)


@pytest.mark.parametrize("cell", CELLS)
def test_strategies_are_two_or_three_sentences_in_each_language(cell: str) -> None:
    strategy = PLAYBOOK[cell].strategy
    assert 2 <= len(re.findall(r"[.](?= |$)", strategy.en)) <= 3
    assert 2 <= strategy.zh.count("。") <= 3
    assert strategy.en.isascii()
    assert not re.search("[A-Za-z]", strategy.zh)


def test_no_two_cells_say_the_same() -> None:
    assert len({play.strategy.en for play in PLAYBOOK.values()}) == 18
    assert len({play.strategy.zh for play in PLAYBOOK.values()}) == 18


def test_every_scale_has_names_in_both_languages() -> None:
    names = [*LETTERS.values(), *CLASSES.values(), *FACTORS.values(), *STATES.values()]
    assert (len(LETTERS), len(CLASSES), len(FACTORS), len(STATES)) == (3, 6, 5, 6)
    assert all(name.en and name.zh for name in names)
    assert tuple(FACTORS) == score.FACTORS
    assert CLASSES[1].in_language("zh-hans") == "核心大客户"
    assert CLASSES[1].in_language("en") == CLASSES[1].in_language("fr") == "Anchor key account"
