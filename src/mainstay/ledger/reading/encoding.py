"""The encoding of a text file, decided from the whole of it, and its copy in UTF-8."""

import codecs
import functools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import category

from mainstay.core.errors import N_, Refused

CHUNK = 1 << 20
_NON_ASCII = re.compile(r"[^\x00-\x7f]+")
_NON_ASCII_BYTES = re.compile(rb"[\x80-\xff]+")
_EMPTY_LINE = re.compile(rb"\n[\r\n]")
_ENOUGH = 1_000_000  # characters looked at to tell two encodings apart
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


# White space beside the blank, marks that show nothing, and the quote, in which line ends may stand.
_STRANGE = (b'"', b"\t", b"\x0b", b"\x0c", b"\x1c", b"\x1d", b"\x1e", b"\x1f")
_STRANGE_WIDE = (
    b"\xc2\x85",
    b"\xc2\xa0",
    b"\xe1\x9a\x80",
    b"\xe2\x80",
    b"\xe2\x81\x9f",
    b"\xe3\x80\x80",
    codecs.BOM_UTF8,
)


@dataclass(frozen=True)
class Scan:
    """What a pass over a UTF-8 text found: `empty_lines` (but at its end), `blanks`, `apostrophes`, `underscores`, and
    whether cells may hold `strange` white space."""

    empty_lines: bool = False
    blanks: bool = False
    apostrophes: bool = False
    underscores: bool = False
    strange: bool = False


ANY = Scan(empty_lines=True, blanks=True, apostrophes=True, underscores=True, strange=True)


def encoding_of(path: Path, name: str) -> str:
    """A codec's name: utf-8, utf-8-sig, utf-16, utf-16-le, utf-16-be, utf-32, gb18030 or cp1252."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    if head.count(0):
        wide = _utf16_without_mark(head)
        if wide:
            return wide
    if _is_utf8(path):
        return "utf-8"
    return _legacy(path, name)


def _utf16_without_mark(head: bytes) -> str | None:
    """UTF-16 shows as NULs at every odd (little end first) or even byte of its ASCII characters, or by what it says."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    text = _begun(head, encoding) if min(even, odd) * 20 <= max(even, odd) else ""
    if "\n" in text or "\r" in text or (text and even + odd > len(head) // 4):
        return encoding
    return utf16_table(head)


def utf16_table(head: bytes) -> str | None:
    """The encoding in which this is the beginning of a table in UTF-16: cells and lines of signs that texts have."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _begun(head, encoding)
        strange = any(category(sign) in ("Cn", "Co", "Cc") for sign in set(text) - set("\t\r\n"))
        if set(text) & set(",;\t|") and set(text) & set("\r\n") and not strange:
            return encoding
    return None


def _begun(head: bytes, encoding: str) -> str:
    """What the beginning of a text says, "" where it is not of that encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeDecodeError:
        return ""


def _decodes(path: Path, encoding: str) -> bool:
    try:
        for _ in decoded(path, encoding):
            pass
    except UnicodeDecodeError:
        return False
    return True


def decoded(path: Path, encoding: str) -> Iterator[str]:
    """The text in pieces; UnicodeDecodeError where it is not of that encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield decoder.decode(chunk)
        yield decoder.decode(b"", final=True)


def _is_utf8(path: Path) -> bool:
    """ASCII is passed over without being decoded: most files are little else."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                if not chunk.isascii() or decoder.getstate()[0]:
                    decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _legacy(path: Path, name: str) -> str:
    common, seen = _common_han(path)
    if seen and common >= 0.7 * seen:
        return "gb18030"
    good, bad, cut = _utf8_share(path)
    if cut and good and not bad:
        raise Refused(
            N_("“%(file)s” is cut off in the middle of a character, in row %(row)s. Copy or export it again."),
            file=name,
            row=_rows(path),
        )
    if good > 3 * bad:
        raise _broken(path, name, "utf-8")
    if _decodes(path, "cp1252"):
        return "cp1252"
    raise Refused(
        N_("The encoding of “%(file)s” could not be recognised. Save it as UTF-8, or say the encoding."), file=name
    )


@functools.cache
def _gb2312_common() -> frozenset[str]:
    """The 3,755 commonest Han characters (level 1 of GB 2312) and the punctuation and full-width signs it has."""
    leads = [*range(0xA1, 0xA4), *range(0xB0, 0xD8)]
    pairs = (bytes((lead, trail)) for lead in leads for trail in range(0xA1, 0xFF))
    return frozenset(pair.decode("gb2312", "ignore") for pair in pairs) - {""}


def _common_han(path: Path) -> tuple[int, int]:
    """(common, all) non-ASCII characters where the text is read as GB 18030; (0, 0) where it cannot be."""
    common = seen = 0
    frequent = _gb2312_common()
    try:
        for text in decoded(path, "gb18030"):
            if seen >= _ENOUGH:
                continue
            counts = Counter("".join(_NON_ASCII.findall(text)))
            seen += counts.total()
            common += sum(count for sign, count in counts.items() if sign in frequent)
    except UnicodeDecodeError:
        return 0, 0
    return common, seen


def _utf8_share(path: Path) -> tuple[int, int, bool]:
    """How many non-ASCII characters are sound UTF-8, how many bytes are not, and whether the end breaks one off."""
    good = bad = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            text = decoder.decode(chunk)
            bad += text.count("\ufffd")
            good += sum(map(len, _NON_ASCII.findall(text)))
        good -= bad
    return good, bad, bool(decoder.getstate()[0])


def _rows(path: Path, end: int | None = None) -> int:
    """The line on which byte `end` (default: the last) stands."""
    row = 1
    with path.open("rb") as file:
        left = end if end is not None else path.stat().st_size
        while left and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            row += chunk.count(b"\n") or (chunk.count(b"\r") if b"\n" not in chunk else 0)
    return row


def _broken(path: Path, name: str, encoding: str) -> Refused:
    """The refusal that names the first row that is not of the encoding."""
    row = 1
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        for line in file:
            try:
                row += decoder.decode(line).count("\n")
            except UnicodeError:
                break
    return Refused(
        N_(
            "Row %(row)s of “%(file)s” is not %(encoding)s like the rest. "
            "Save the file again as UTF-8, or say the encoding."
        ),
        file=name,
        row=row,
        encoding=encoding,
    )


def to_utf8(path: Path, encoding: str, to: Path, name: str) -> None:
    """Write the text at `path` to `to` in UTF-8; Refused names the row that is not of that encoding."""
    try:
        with to.open("wb") as out:
            for text in decoded(path, encoding):
                out.write(text.encode("utf-8"))
    except UnicodeError:
        raise _broken(path, name, encoding) from None


def scan(path: Path, name: str) -> Scan:
    """Look through a UTF-8 text; Refused for a NUL, naming the row. What was found once is not looked for again."""
    empty_lines = blanks = apostrophes = underscores = strange = False
    carry, tail, offset = b"", b"", 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if b"\x00" in chunk:
                raise Refused(
                    N_("Row %(row)s of “%(file)s” holds a NUL byte: the file is damaged or no text. Export it again."),
                    file=name,
                    row=_rows(path, offset + chunk.find(b"\x00")),
                )
            blanks = blanks or b" " in chunk
            apostrophes = apostrophes or b"'" in chunk
            underscores = underscores or b"_" in chunk
            if not strange:
                signs = _STRANGE if chunk.isascii() else (*_STRANGE, *_STRANGE_WIDE)
                whole = tail + (
                    chunk if offset else chunk.removeprefix(codecs.BOM_UTF8)
                )  # a sign of three bytes may be cut in two
                strange, tail = any(sign in whole for sign in signs), chunk[-2:]
            if not empty_lines:
                text = carry + chunk
                body = text.rstrip(b"\r\n")
                empty_lines = _EMPTY_LINE.search(body) is not None or (b"\r" in body and b"\r\r" in body)
                carry = text[len(body) :][-4:]
            offset += len(chunk)
    return Scan(empty_lines, blanks, apostrophes, underscores, strange)
