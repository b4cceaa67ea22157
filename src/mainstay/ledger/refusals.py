"""Rows that an import cannot use: why, and the file that gives them back."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from mainstay.core.errors import N_
from mainstay.ledger.reading import Match, SourceFile, Staged
from mainstay.ledger.schema import Lines
