"""Reading files: CSV, XLSX and Parquet become staged Parquet of typed fields, and refused rows with their reasons.

recognise_all() → match_columns() → preview() or stage() → describe_refusals(), write_refusals().
"""

from mainstay.ledger.reading.aside import Aside, set_aside
from mainstay.ledger.reading.columns import Match, heading_key, match_columns
from mainstay.ledger.reading.kinds import KINDS, Field, Kind, kind_named
from mainstay.ledger.reading.likeness import Likeness, likely_kind
from mainstay.ledger.reading.preview import PreviewRow, Problem, preview
from mainstay.ledger.reading.recognise import recognise, recognise_all
from mainstay.ledger.reading.refusals import CONTENT_TYPES, describe_refusals, form_of_refusals, write_refusals
from mainstay.ledger.reading.source import Hints, SourceFile
from mainstay.ledger.reading.stage import Staged, stage
from mainstay.ledger.reading.styles import Style

__all__ = [
    "CONTENT_TYPES",
    "KINDS",
    "Aside",
    "Field",
    "Hints",
    "Kind",
    "Likeness",
    "Match",
    "PreviewRow",
    "Problem",
    "SourceFile",
    "Staged",
    "Style",
    "describe_refusals",
    "form_of_refusals",
    "heading_key",
    "kind_named",
    "likely_kind",
    "match_columns",
    "preview",
    "recognise",
    "recognise_all",
    "set_aside",
    "stage",
    "write_refusals",
]
