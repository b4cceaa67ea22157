"""Reading files: CSV, XLSX and Parquet become staged Parquet of typed fields, and refused rows with their reasons.

recognise() → match_columns() → preview() or stage() → describe_refusals(), write_refusals().
"""

from mainstay.ledger.reading.aside import Aside, set_aside
from mainstay.ledger.reading.columns import Match, heading_key, match_columns
from mainstay.ledger.reading.kinds import KINDS, Field, Kind, kind_named
from mainstay.ledger.reading.preview import PreviewRow, Problem, preview
from mainstay.ledger.reading.recognise import recognise
from mainstay.ledger.reading.refusals import describe_refusals, write_refusals
from mainstay.ledger.reading.source import Hints, SourceFile
from mainstay.ledger.reading.stage import Staged, stage
from mainstay.ledger.reading.styles import Style

__all__ = [
    "KINDS",
    "Aside",
    "Field",
    "Hints",
    "Kind",
    "Match",
    "PreviewRow",
    "Problem",
    "SourceFile",
    "Staged",
    "Style",
    "describe_refusals",
    "heading_key",
    "kind_named",
    "match_columns",
    "preview",
    "recognise",
    "set_aside",
    "stage",
    "write_refusals",
]
