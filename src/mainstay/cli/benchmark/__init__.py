"""Measures import, refresh and pages on this machine, beside hand-written SQL that does the same work."""
