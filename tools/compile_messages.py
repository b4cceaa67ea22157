"""Compiles the translations (.po → .mo) when the package is installed or built."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = Path(__file__).parent.parent / "src" / "mainstay" / "locale"


def compile_messages() -> None:
    for source in LOCALE.glob("*/LC_MESSAGES/*.po"):
        with source.open("rb") as file:
            catalog = read_po(file, locale=source.parent.parent.name)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)


class MessagesHook(BuildHookInterface[Any]):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_messages()


if __name__ == "__main__":
    compile_messages()
