"""No text stands in a template for one language only."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.project.sources import SRC, here

TRANSLATED = re.compile(r"\{%-?\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
COMMENT = re.compile(r"\{%\s*comment\b.*?\{%\s*endcomment\s*%\}|\{#.*?#\}", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]")
SEEN = {"alt", "aria-label", "aria-description", "label", "placeholder", "title", "hint", "caption", "heading", "text"}
# Names and keys, which are called the same everywhere.
NAMES = {"Mainstay", "English", "简体中文", "CSV", "XLSX", "Parquet", "Esc", "Enter", "Ctrl", "Tab"}


class Texts(HTMLParser):
    """Gathers what a person would read."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"script", "style"}
        if tag != "c-vars":
            self.found += [value for name, value in attrs if name in SEEN and value]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.found.append(data)


def texts(source: str) -> list[str]:
    for pattern in (COMMENT, TRANSLATED, TAG):
        source = pattern.sub(" ", source)
    parser = Texts()
    parser.feed(source)
    parser.close()
    return [text.strip() for text in parser.found if WORD.search(text) and text.strip(" ·\n") not in NAMES]


def templates() -> list[Path]:
    return sorted(path for path in SRC.rglob("*.html") if "templates" in path.parts)


@pytest.mark.parametrize("path", [pytest.param(path, id=here(path)) for path in templates()])
def test_every_text_of_a_template_can_be_translated(path: Path) -> None:
    assert texts(path.read_text()) == []


def test_text_is_found_wherever_it_is_read() -> None:
    source = """{% if a %}<p class="b">Sales {{ n }}</p>{% endif %}<c-x label="Save it" :hint="_('x')"/>
    <p>{% translate "Fine" %} {# no #}</p>{% blocktranslate %}Fine too{% endblocktranslate %}<b>Mainstay</b>
    <script type="module">const word = "code"</script>"""
    assert texts(source) == ["Sales", "Save it"]
