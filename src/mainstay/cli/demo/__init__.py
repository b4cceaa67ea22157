"""The demonstration company: Adventure Works, brought up to date, with made-up contacts and effort."""
