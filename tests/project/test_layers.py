"""Imports and foreign keys only ever point down."""

import ast
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db.models import Field, ForeignObject, ManyToManyField, Model

from tests.project.sources import ROOT, SRC, here, layers, pyproject, python_files, tree

RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField"}


def part(model: type[Model]) -> str:
    return model.__module__.split(".")[1]


def ours() -> list[type[Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("mainstay.")]


def related(model: type[Model]) -> "list[Field[Any, Any]]":
    return [field for field in model._meta.get_fields() if isinstance(field, ForeignObject | ManyToManyField)]


def test_imports_keep_the_contracts() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_part_stands_in_the_contract() -> None:
    contracts = pyproject()["tool"]["importlinter"]["contracts"]
    assert contracts[0]["exhaustive"] is True
    parts = {path.parent.name for path in SRC.glob("*/__init__.py")}
    assert parts <= set(layers())
    pure = next(contract for contract in contracts if contract["type"] == "forbidden")
    assert pure["source_modules"] == ["mainstay.insight"]
    assert {"django", "pandas", "mainstay.accounts"} <= set(pure["forbidden_modules"])


def test_foreign_keys_point_down() -> None:
    upward = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in ours()
        for field in related(model)
        if field.related_model in ours() and layers()[part(field.related_model)] > layers()[part(model)]
    ]
    assert not upward


def test_there_are_foreign_keys_to_check() -> None:
    assert sum(len(related(model)) for model in ours()) > 10


def test_foreign_keys_name_the_imported_class() -> None:
    """A string would hide the dependency from import-linter."""
    hidden = []
    for path in python_files("src"):
        for call in (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)):
            if not (isinstance(call.func, ast.Attribute | ast.Name) and name_of(call.func) in RELATIONS):
                continue
            targets = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "to")]
            if not all(isinstance(target, ast.Name) or is_self(target) for target in targets):
                hidden.append(f"{here(path)}:{call.lineno}")
    assert not hidden


def name_of(function: ast.Attribute | ast.Name) -> str:
    return function.attr if isinstance(function, ast.Attribute) else function.id


def is_self(target: ast.expr) -> bool:
    return isinstance(target, ast.Constant) and target.value == "self"
