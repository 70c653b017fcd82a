"""Parquet files: what they hold, and their first rows, read by ranges and under limits."""
