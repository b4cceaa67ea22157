"""DuckDB over the marts: for pages in turns, so that many readers at once do not exhaust the memory."""

from mainstay.ledger.reader import computing, reading

__all__ = ["computing", "reading"]
