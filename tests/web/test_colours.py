"""The tokens' colours can be read: WCAG contrast, worked out from the style sheet itself."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "src/mainstay/web/static/mainstay/css"
TOKENS = dict(re.findall(r"--([\w-]+): light-dark\((#\w{6}, #\w{6})\)", (CSS / "tokens.css").read_text()))
CELLS = [f"{letter}{number}" for letter in "abc" for number in range(1, 7)]
TEXT = [
    (ink, ground)
    for ink in ("ink", "ink-2", "ink-3", "accent", "negative", "positive", "warning")
    for ground in ("canvas", "surface", "hover")
]


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def pairs(ink: str, ground: str) -> list[tuple[str, str]]:
    return list(zip(TOKENS[ink].split(", "), TOKENS[ground].split(", "), strict=True))


@pytest.mark.parametrize("cell", CELLS)
def test_the_code_in_a_chip_can_be_read(cell: str) -> None:
    for ink, ground in pairs(f"cell-{cell}-ink", f"cell-{cell}"):
        assert contrast(ink, ground) >= 4.5


@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *TEXT,
        ("on-accent", "accent"),
        ("on-accent", "accent-strong"),
        ("ink-2", "sunk"),
        ("ink-3", "sunk"),
        ("ink-2", "nav-ground"),
        ("ink-3", "nav-ground"),
        ("accent", "nav-ground"),
        ("ink", "accent-soft"),
        ("negative", "negative-soft"),
        ("positive", "positive-soft"),
        ("warning", "warning-soft"),
    ],
)
def test_text_can_be_read(ink: str, ground: str) -> None:
    for one, other in pairs(ink, ground):
        assert contrast(one, other) >= 4.5


@pytest.mark.parametrize("mark", ["control-line", "chart-main", "chart-loss", "accent"])
def test_edges_and_marks_can_be_seen(mark: str) -> None:
    for one, other in pairs(mark, "surface"):
        assert contrast(one, other) >= 3


def test_a_class_is_told_by_depth() -> None:
    for letter in "abc":
        for theme in (0, 1):
            depths = [luminance(TOKENS[f"cell-{letter}{number}"].split(", ")[theme]) for number in range(1, 7)]
            assert depths == sorted(depths, reverse=theme == 1)


def test_no_style_sheet_imports_or_fetches_anything() -> None:
    for sheet in CSS.glob("*.css"):
        text = sheet.read_text()
        assert "@import" not in text
        assert "url(" not in text
        assert text.count("{") == text.count("}")
        used = set(re.findall(r"var\(--([\w-]+)", text))
        known = set(re.findall(r"--([\w-]+):", "".join(file.read_text() for file in CSS.glob("*.css"))))
        assert used <= known
