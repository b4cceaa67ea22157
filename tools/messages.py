"""Gathers the texts to translate, keeps the catalogue, compiles it; without the GNU gettext programs.

    python -m tools.messages update        sources → src/mainstay/locale/zh_Hans/LC_MESSAGES/django.po
    python -m tools.messages merge FILE…   take translations from plain .po files
    python -m tools.messages compile       .po → .mo
    python -m tools.messages check         complete, nothing left over, placeholders kept

English needs no catalogue: the message ids are the English texts. The catalogue is sorted by them and bears neither
line numbers nor dates, so that it changes only where a text does.
"""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tools.compile_messages import LOCALE, compile_messages

SOURCES = LOCALE.parent
CATALOGUE = LOCALE / "zh_Hans" / "LC_MESSAGES" / "django.po"
HEADER = """\
# Mainstay in simplified Chinese.
msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
PLURAL = (1, 2)
IN_CONTEXT = ((1, "c"), 2)
PLURAL_IN_CONTEXT = ((1, "c"), 2, 3)
KEYWORDS = {
    **dict.fromkeys(("_", "N_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), IN_CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), PLURAL_IN_CONTEXT),
}
PLACEHOLDER = re.compile(r"%%|%\([^)]+\)[#0\- +]*[\d.]*[a-zA-Z]|%[sdifr]|\{[a-z_][\w.]*(?:![rsa])?(?::[^{}]*)?\}")
# Cotton evaluates an attribute that begins with a colon; templatize sees only text in it.
COTTON_ATTRIBUTE = re.compile(r"""\s:[\w.-]+=("[^"]*"|'[^']*')""")
CONSTANT = re.compile(r"""_\((?:"[^"]*"|'[^']*')\)""")

Found = tuple[str | tuple[str, ...], str | None]


def python_messages(source: bytes) -> Iterator[Found]:
    """The (message id, context) pairs in Python source; the id of a plural is (singular, plural)."""
    for _line, message, _comments, context in extract("python", BytesIO(source), KEYWORDS):
        if message and message != ("",):
            yield message, context


def template_messages(source: str) -> Iterator[Found]:
    """The (message id, context) pairs in a Django template, cotton components included."""
    code = templatize(source)
    constants = [found for attribute in COTTON_ATTRIBUTE.findall(source) for found in CONSTANT.findall(attribute)]
    # Within parentheses the tokenizer overlooks the indentation of the page.
    yield from python_messages("\n".join(["(", code, *constants, ")"]).encode())


def gather(sources: Path = SOURCES) -> Catalog:
    """Every message of the sources, without translations."""
    catalog = Catalog(locale="zh_Hans", charset="utf-8", fuzzy=False)
    for path in sorted(sources.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            found = python_messages(path.read_bytes())
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            found = template_messages(path.read_text())
        else:
            continue
        place = path.relative_to(sources).as_posix()
        for message, context in found:
            catalog.add(message, locations=[(place, 0)], context=context)
    return catalog


def read(path: Path) -> Catalog:
    """The catalogue in a .po file; empty where there is none."""
    if not path.exists():
        return Catalog(locale="zh_Hans")
    return read_po(BytesIO(path.read_bytes()), locale="zh_Hans", charset="utf-8", abort_invalid=True)


def text_of(catalog: Catalog) -> str:
    """The catalogue as the text of a .po file."""
    for message in catalog:
        message.locations = [(place, 0) for place in dict.fromkeys(place for place, _line in message.locations)]
    out = BytesIO()
    write_po(out, catalog, width=0, omit_header=True, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return HEADER + out.getvalue().decode().lstrip("\n")


def updated(catalog: Catalog, sources: Catalog) -> Catalog:
    """The messages of the sources with the translations of the catalogue."""
    for message in sources:
        known = catalog.get(message.id, message.context) if message.id else None
        if known and is_plural(known) == is_plural(message):
            message.string = known.string
    return sources


def is_plural(message: Message) -> bool:
    return isinstance(message.id, list | tuple)


def translations(message: Message) -> Sequence[str]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def placeholders(text: str) -> list[str]:
    return sorted(set(PLACEHOLDER.findall(text)) - {"%%"})


def problem(message: Message) -> str | None:
    """What is wrong with one translation."""
    if not all(translations(message)):
        return "is not translated"
    if message.fuzzy:
        return "is marked fuzzy"
    wanted = placeholders(message.id[-1] if is_plural(message) else str(message.id))
    if any(placeholders(text) != wanted for text in translations(message)):
        return f"has other placeholders in its translation (wanted: {', '.join(wanted) or 'none'})"
    return None


def problems(path: Path = CATALOGUE, sources: Path = SOURCES) -> list[str]:
    """Everything that keeps the catalogue from being complete; empty when all is well."""
    catalog = read(path)
    found = [f"{message.id!r} {what}" for message in catalog if message.id and (what := problem(message))]
    found += [f"{message.id!r} is obsolete" for message in catalog.obsolete.values()]
    if not found and path.exists() and path.read_text() != text_of(updated(catalog, gather(sources))):
        found.append("the catalogue differs from the sources")
    wanted = {(message.id, message.context) for message in gather(sources) if message.id}
    known = {(message.id, message.context) for message in catalog if message.id}
    found += [f"{message!r} is missing" for message, _context in sorted(wanted - known, key=str)]
    found += [f"{message!r} is in no source" for message, _context in sorted(known - wanted, key=str)]
    return found


def update() -> int:
    catalog = updated(read(CATALOGUE), gather())
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text(text_of(catalog))
    missing = sum(not all(translations(message)) for message in catalog if message.id)
    print(f"{len(catalog)} messages, {missing} without translation: {CATALOGUE}")
    return 0


def merge(paths: Sequence[Path]) -> int:
    """Fill in what is not translated yet; tell what contradicts the catalogue or is in no source."""
    catalog = updated(read(CATALOGUE), gather())
    for path in paths:
        for message in read(path):
            if not message.id or not all(translations(message)):
                continue
            known = catalog.get(message.id, message.context)
            if known is None or is_plural(known) != is_plural(message):
                print(f"{path.name}: {message.id!r} is in no source")
            elif not all(translations(known)):
                known.string = message.string
            elif known.string != message.string:
                print(f"{path.name}: {message.id!r} stays {known.string!r}, not {message.string!r}")
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text(text_of(catalog))
    return update()


def check() -> int:
    found = problems()
    for line in found:
        print(line)
    if found:
        print(f"{len(found)} to mend in {CATALOGUE}; `make messages` brings new messages in and takes old ones out.")
    return 1 if found else 0


def compiled() -> int:
    compile_messages()
    return 0


COMMANDS: dict[str, Callable[[], int]] = {"update": update, "compile": compiled, "check": check}


def main(arguments: Sequence[str]) -> int:
    match arguments:
        case ["merge", _, *_]:
            return merge([Path(name) for name in arguments[1:]])
        case [command] if command in COMMANDS:
            return COMMANDS[command]()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
