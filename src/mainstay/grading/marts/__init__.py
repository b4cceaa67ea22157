"""The marts of a refresh: immutable Parquet, one folder each."""
