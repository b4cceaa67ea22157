"""The cost model as a TOML file: one [[version]] table each."""

import json
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from mainstay.core.errors import N_, Refused
from mainstay.costing.models import CostModelVersion
from mainstay.costing.services import Stated
from mainstay.insight.cost_model import CostModel

_OF_VERSION = ("name", "valid_from", "note")


def written(versions: Iterable[CostModelVersion]) -> str:
    """The text of a file that `read` understands."""
    return "\n".join("\n".join(_version(version)) + "\n" for version in versions)


def read(text: str, *, file: str) -> list[Stated]:
    """What a file states, in its order. Raises Refused with what is wrong."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused(N_("%(file)s is not TOML (%(why)s)."), file=file, why=error) from None
    tables = found.get("version")
    if not isinstance(tables, list) or not tables or found.keys() != {"version"}:
        raise Refused(N_("%(file)s holds no cost model: it needs one [[version]] table for each version."), file=file)
    return [_stated(table, file) for table in tables]


def _stated(table: Any, file: str) -> Stated:
    if not isinstance(table, Mapping):
        raise Refused(N_("%(file)s holds no cost model: it needs one [[version]] table for each version."), file=file)
    day = table.get("valid_from")
    if type(day) is not date:
        raise Refused(N_("%(file)s: a version needs valid_from, a day such as 2024-01-31 without quotes."), file=file)
    content = {name: value for name, value in table.items() if name not in _OF_VERSION}
    return Stated(
        name=str(table.get("name", "")),
        valid_from=day,
        model=CostModel.from_dict(content),
        note=str(table.get("note", "")),
    )


def _version(version: CostModelVersion) -> list[str]:
    content = version.content
    lines = ["[[version]]", _pair("name", version.name), f"valid_from = {version.valid_from.isoformat()}"]
    lines += [_pair("note", version.note)] if version.note else []
    lines += [_pair("capacity_rate", content["capacity_rate"])] if "capacity_rate" in content else []
    for name, one in content.get("activities", {}).items():
        lines += ["", f"[version.activities.{name}]", *(_pair(*pair) for pair in one.items())]
    for pool in content.get("pools", []):
        lines += ["", "[[version.pools]]", *(_pair(*pair) for pair in pool.items())]
    return lines


def _pair(name: str, value: str) -> str:
    """A TOML text is written as JSON writes it, but for DEL, which TOML wants escaped."""
    return f"{name} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f")
