"""What holds for every source file."""

import ast
import re
from pathlib import Path

import pytest

from tests.project.sources import ROOT, Function, functions, here, python_files, tree

FILE_LINES = 400
FUNCTION_LINES = 60
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\braise NotImplementedError\b")
SOMEBODYS = re.compile(r"/(?:home|Users)/\w+|[A-Z]:\\Users|(?<![\w.])/(?:tmp|root|work|opt)/\w")
TEXT = {".py", ".html", ".css", ".js", ".md", ".toml", ".txt", ".po", ".svg", ".yml", ".yaml", ""}


def test_files_stay_short() -> None:
    long = {here(path): lines for path in python_files("src", "tests", "tools") if (lines := count(path)) > FILE_LINES}
    assert not long


def count(path: Path) -> int:
    return path.read_text().count("\n")


def test_functions_stay_short() -> None:
    long = {
        f"{here(path)}:{function.name}": lines
        for path in python_files("src", "tests", "tools")
        for function in functions(path)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES
    }
    assert not long


def test_nothing_is_left_unfinished() -> None:
    left = [
        f"{here(path)}:{number}"
        for path in python_files("src", "tools")
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert not left


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    kept = [ROOT / name for name in ("Makefile", "pyproject.toml", "README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
    for folder in ("src", "tools", "docs", "requirements"):
        kept += [path for path in (ROOT / folder).rglob("*") if path.suffix in TEXT and path.is_file()]
    named = [here(path) for path in kept if SOMEBODYS.search(path.read_text())]
    assert not named


def services() -> list[tuple[str, Function]]:
    files = [path for path in python_files("src") if path.stem == "services" or path.parent.name == "services"]
    return [
        (f"{here(path)}:{node.name}", node)
        for path in files
        for node in tree(path).body
        if isinstance(node, Function) and not node.name.startswith("_")
    ]


@pytest.mark.parametrize("function", [pytest.param(node, id=name) for name, node in services()])
def test_a_service_takes_keywords_and_says_what_it_does(function: Function) -> None:
    given = function.args
    assert not [*given.posonlyargs, *given.args, *filter(None, [given.vararg])], "its parameters are keyword-only"
    assert ast.get_docstring(function), "it has a docstring"
    assert function.returns is not None


def test_the_core_knows_no_django() -> None:
    knowing = [here(path) for path in python_files("src/mainstay/core") if "django" in path.read_text().lower()]
    assert not knowing


def test_every_source_file_says_what_it_is_for() -> None:
    silent = [
        here(path)
        for path in python_files("src")
        if path.read_text().strip() and path.name != "apps.py" and not ast.get_docstring(tree(path))
    ]
    assert not silent
