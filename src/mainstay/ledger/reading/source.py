"""A file that was recognised: what it is and how its cells are reached."""

import codecs
import shutil
import tempfile
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mainstay.core.errors import N_, Refused

Format = Literal["csv", "xlsx", "parquet"]
SEPARATORS = (",", ";", "\t", "|")
ORDERS = ("dmy", "mdy")


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
        if self.encoding is not None:
            try:
                codecs.lookup(self.encoding)
            except LookupError:
                raise Refused(
                    N_("There is no encoding “%(encoding)s”; try utf-8, utf-16, cp1252 or gb18030."),
                    encoding=self.encoding,
                ) from None
        if self.separator is not None and (len(self.separator) != 1 or self.separator in '"\r\n'):
            raise Refused(N_("The separator must be a single character, or “tab”."))
        if self.decimal not in (None, ".", ","):
            raise Refused(N_("The decimal sign must be a point or a comma."))
        if self.date_order not in (None, *ORDERS):
            raise Refused(N_("The date order must be dmy (day first) or mdy (month first)."))


class Scratch:
    """A folder of its own that goes when it is closed or nobody holds it any more."""

    def __init__(self, within: Path | None = None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="reading-", dir=within))
        self.close = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


@dataclass(frozen=True, eq=False)
class SourceFile:
    """A recognised file. `columns` are its headings (`""` where there is none), `heading_row` the row they stand
    in as a spreadsheet counts, `sample` the first rows below it as text, short rows filled up."""

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
    scratch: Scratch | None = field(default=None, repr=False)

    def close(self) -> None:
        """Remove the temporary copy, if there is one."""
        if self.scratch is not None:
            self.scratch.close()


def globless(path: Path, scratch: Scratch) -> Path:
    """The path, or a link to it where its name holds signs that DuckDB takes for a pattern."""
    resolved = path.resolve()
    if not set("*?[{") & set(str(resolved)):
        return resolved
    link = scratch.path / f"source{len(list(scratch.path.iterdir()))}"
    link.symlink_to(resolved)
    return link
