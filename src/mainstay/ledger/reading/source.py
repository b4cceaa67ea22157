"""A file that was recognised: what it is and how its cells are reached."""

import codecs
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mainstay.core.errors import N_, Refused
from mainstay.ledger.reading.encoding import ANY, Scan

Format = Literal["csv", "xlsx", "parquet"]
SEPARATORS = (",", ";", "\t", "|")
ORDERS = ("dmy", "mdy", "ymd")
# Of texts that systems export, by the names that Python's codecs give themselves.
ENCODINGS = frozenset(
    """
    utf-8 utf-8-sig utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be ascii gb18030 gbk gb2312 hz big5 big5hkscs
    cp950 shift_jis cp932 euc_jp euc_jis_2004 iso2022_jp euc_kr cp949 johab koi8-r koi8-u tis-620 mac-roman
    mac-cyrillic cp437 cp850 cp852 cp866 cp874 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258
    iso8859-1 iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-9 iso8859-10 iso8859-11
    iso8859-13 iso8859-14 iso8859-15 iso8859-16
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Hints:
    """What a person says about a file; what is None is found out. `separator` may be given as `tab`."""

    encoding: str | None = None
    separator: str | None = None
    decimal: str | None = None
    date_order: str | None = None
    sheet: str | None = None

    def __post_init__(self) -> None:
        if self.separator in ("tab", "TAB", "\\t"):
            object.__setattr__(self, "separator", "\t")
        for name in ("encoding", "separator", "decimal", "date_order", "sheet"):
            if getattr(self, name) == "":
                object.__setattr__(self, name, None)
        self._check()

    def _check(self) -> None:
        if self.encoding is not None and not _is_text_encoding(self.encoding):
            raise Refused(
                N_("There is no encoding “%(encoding)s”; try utf-8, utf-16, cp1252 or gb18030."),
                encoding=self.encoding,
            )
        if self.separator is not None and (len(self.separator) != 1 or self.separator in '"\r\n'):
            raise Refused(N_("The separator must be a single character, or “tab”."))
        if self.decimal not in (None, ".", ","):
            raise Refused(N_("The decimal sign must be a point or a comma."))
        if self.date_order not in (None, *ORDERS):
            raise Refused(N_("The date order must be dmy (day first), mdy (month first) or ymd (year first)."))


def _is_text_encoding(name: str) -> bool:
    """Python's codecs are more than encodings: some unpack archives."""
    try:
        return codecs.lookup(name).name in ENCODINGS
    except (LookupError, ValueError):
        return False


class Scratch:
    """A folder of its own that goes when it is closed or nobody holds it any more."""

    def __init__(self, within: Path | None = None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="reading-", dir=within))
        self.close = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


@dataclass(frozen=True, eq=False)
class SourceFile:
    """A recognised file, or a sheet of one. `columns` name its columns: by their headings, by their place where cells
    stand below none, `""` where nothing does; `heading_row` is the row they stand in as a spreadsheet counts, `sample`
    the first rows below it as text, short rows filled up. `title` is the file's name where `name` has its sheet."""

    path: Path
    name: str
    format: Format
    columns: tuple[str, ...]
    sample: tuple[tuple[str | None, ...], ...]
    heading_row: int
    hints: Hints
    encoding: str | None = None
    separator: str | None = None
    sheet: str | None = None
    types: tuple[str, ...] = ()  # of a Parquet file's columns
    data: Path = field(default_factory=Path)  # what is read: the file itself, or its UTF-8 copy
    quick: bool = False  # a CSV that DuckDB may read by itself: one-line heading, no blank lines below
    scan: Scan = ANY  # what the cells of a CSV may hold
    scratch: Scratch | None = field(default=None, repr=False)
    heads: tuple[str, ...] = ()
    title: str = ""
    notes: tuple[tuple[str, dict[str, str]], ...] = ()  # (msgid, params) that a person should know

    @property
    def heading(self) -> tuple[str, ...]:
        """The headings as they stand in the file."""
        return self.heads or self.columns

    def close(self) -> None:
        """Remove the temporary copy, if there is one."""
        if self.scratch is not None:
            self.scratch.close()


def named_columns(heads: tuple[str, ...], sample: Sequence[Sequence[str | None]]) -> tuple[str, ...]:
    """The headings, and a name by its place for each column that has cells and no heading."""
    names = []
    for place, head in enumerate(heads):
        name = f"column {place + 1}"
        filled = not head and any(place < len(row) and (row[place] or "").strip() for row in sample)
        names.append(name if filled and name not in heads else head)
    return tuple(names)


def globless(path: Path, scratch: Scratch) -> Path:
    """The path, or a link to it where its name holds signs that DuckDB takes for a pattern."""
    resolved = path.resolve()
    if not set("*?[{") & set(str(resolved)):
        return resolved
    link = scratch.path / f"source{len(list(scratch.path.iterdir()))}"
    link.symlink_to(resolved)
    return link
