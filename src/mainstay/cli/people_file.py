"""A file of people: CSV or XLSX, its headings in English or Chinese."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext

from mainstay.core.errors import N_, Refused
from mainstay.ledger.engine import scratch
from mainstay.ledger.reading import SourceFile, heading_key, recognise
from mainstay.ledger.reading.records import Record
from mainstay.ledger.reading.text import text_records
from mainstay.ledger.reading.workbook import Sheet
from mainstay.people.importing import FIELDS

_HEADINGS = {
    "email": ("email", "e-mail", "mail", "e-mail address", "log-in", "邮箱", "电子邮件", "电子邮箱", "邮件"),
    "name": ("name", "full name", "person", "姓名", "名字", "名称"),
    "role": ("role", "角色", "职务", "岗位"),
    "rank": ("rank", "级别", "等级"),
    "team": ("team", "团队", "小组"),
}
_KNOWN = {heading_key(heading): field for field, headings in _HEADINGS.items() for heading in headings}


@dataclass(frozen=True)
class PeopleFile:
    """`rows` by field, `numbers` theirs as a spreadsheet counts, `columns` the heading of each field."""

    rows: list[dict[str, str]]
    numbers: list[int]
    columns: dict[str, str]
    left_out: list[str]


def read_people(path: Path) -> PeopleFile:
    """Read a file of people. Raises Refused where it is no table, lacks the e-mails or has a broken row."""
    with scratch("people") as folder:
        source = recognise(path, scratch=folder)
        try:
            columns = _columns(source)
            records = list(_records(source))
        finally:
            source.close()
    for record in records:
        if record.fault:
            raise Refused(
                N_("%(file)s, row %(row)s: %(problems)s"),
                file=source.name,
                row=record.row,
                problems=gettext(record.fault),
            )
    used = set(columns.values())
    return PeopleFile(
        rows=[{field: record.cells[place] or "" for field, place in columns.items()} for record in records],
        numbers=[record.row for record in records],
        columns={field: source.columns[place] for field, place in columns.items()},
        left_out=[heading for place, heading in enumerate(source.columns) if heading and place not in used],
    )


def _columns(source: SourceFile) -> dict[str, int]:
    """The place of each field; of two headings for one the first counts."""
    found: dict[str, int] = {}
    for place, heading in enumerate(source.columns):
        field = _KNOWN.get(heading_key(heading)) if heading else None
        if field:
            found.setdefault(field, place)
    if "email" not in found:
        raise Refused(
            N_("“%(file)s” has no column with e-mails. Its columns are: %(columns)s. Columns of people: %(fields)s."),
            file=source.name,
            columns=", ".join(filter(None, source.columns)),
            fields=", ".join(FIELDS),
        )
    return found


def _records(source: SourceFile) -> Iterator[Record]:
    if source.format == "xlsx":
        return Sheet(source).records(decimal=".", dates=())
    if source.format == "csv":
        return text_records(source)
    raise Refused(N_("“%(file)s” is no CSV or XLSX. Save the people as one of these."), file=source.name)
