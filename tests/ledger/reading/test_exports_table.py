"""The table of headings that business systems export."""

from mainstay.ledger.reading import KINDS, heading_key
from mainstay.ledger.reading.exports import EXPORTS, exact, last


def test_the_table_names_fields_that_there_are_and_no_heading_twice() -> None:
    for system in EXPORTS.values():
        for kind, fields in system.items():
            assert set(fields) <= set(KINDS[kind].names)
            for name in fields:
                headings = [heading_key(heading) for heading in (*exact(kind, name), *last(kind, name))]
                assert all(headings)
