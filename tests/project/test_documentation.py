"""The documentation tells of every command, option and setting, and of none that is not there."""

import re
from collections.abc import Iterator

import click
import pytest

import mainstay
from tests.project.sources import ROOT, SRC

HANDBOOK = ROOT / "docs" / "handbook"
DECISIONS = ROOT / "docs" / "decisions"
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")


def commands(group: click.Command, path: str = "mainstay") -> Iterator[tuple[str, click.Command]]:
    """Every command below a group with the words that call it."""
    if not isinstance(group, click.Group):
        yield path, group
        return
    for name, command in group.commands.items():
        if not command.hidden:
            yield from commands(command, f"{path} {name}")


@pytest.fixture(scope="module")
def command_line() -> dict[str, click.Command]:
    from mainstay.cli.commands import cli  # needs Django to be set up

    return dict(commands(cli))


def preamble() -> str:
    """What the page says of every command."""
    return (HANDBOOK / "command-line.md").read_text().partition("\n## ")[0]


def sections() -> dict[str, str]:
    """The handbook's text for each command, by the words that call it."""
    text = (HANDBOOK / "command-line.md").read_text()
    found = {}
    for section in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        heading, _newline, body = section.partition("\n")
        found[heading.strip("`")] = body
    return found


def test_every_command_has_its_section(command_line: dict[str, click.Command]) -> None:
    assert sorted(sections()) == sorted(command_line)


def test_every_option_is_told(command_line: dict[str, click.Command]) -> None:
    told = sections()
    untold = [
        f"{path} {option}"
        for path, command in command_line.items()
        for parameter in command.params
        if isinstance(parameter, click.Option) and not parameter.hidden
        for option in parameter.opts
        if option.startswith("--") and not re.search(rf"{option}\b", preamble() + told.get(path, ""))
    ]
    assert not untold


def test_no_option_is_told_that_is_not_there(command_line: dict[str, click.Command]) -> None:
    invented = []
    for path, body in sections().items():
        known = {option for parameter in command_line[path].params for option in parameter.opts}
        named = re.findall(r"^- `(--[a-z-]+)", body, flags=re.MULTILINE)
        invented += [f"{path} {option}" for option in named if option not in known]
    assert not invented


def test_every_setting_is_told_and_every_told_setting_is_there() -> None:
    name = re.compile(r"\b(?:MAINSTAY_[A-Z_]+|DATABASE_URL)\b")
    there = set(re.findall(r'"(MAINSTAY_[A-Z_]+|DATABASE_URL)"', (SRC / "config" / "environment.py").read_text()))
    told = set(name.findall((HANDBOOK / "settings.md").read_text()))
    assert there
    assert told == there


def test_the_changelog_tells_of_this_version() -> None:
    assert f"## [{mainstay.__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_links_within_the_documentation_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text())
        if not (page.parent / target).exists()
    ]
    assert not broken


def test_the_handbook_s_first_page_leads_to_every_other() -> None:
    linked = set(LINK.findall((HANDBOOK / "index.md").read_text()))
    assert {page.name for page in HANDBOOK.glob("*.md")} - {"index.md"} <= linked


def test_decisions_are_numbered_without_gaps_and_have_their_parts() -> None:
    records = sorted(DECISIONS.glob("0*.md"))
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for record in records:
        headings = re.findall(r"^## (.+)$", record.read_text(), flags=re.MULTILINE)
        assert headings == ["Context", "Decision", "Rejected", "Consequences"], record.name
