"""The project's own files, for tests that read them."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
SRC = ROOT / "src" / "mainstay"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def python_files(*folders: str) -> list[Path]:
    """Every Python file below these folders but migrations, which Django writes."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def functions(path: Path) -> Iterator[Function]:
    """Every function of a file, methods and inner ones included."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def here(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def layers() -> dict[str, int]:
    """Each part of the product with its height: what is lower has the smaller number."""
    contract = pyproject()["tool"]["importlinter"]["contracts"][0]
    heights: dict[str, int] = {}
    for height, names in enumerate(reversed(contract["layers"])):
        heights |= {name.strip(" ()"): height for name in names.split("|")}
    return heights
