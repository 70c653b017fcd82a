"""The Hub's JSON and NDJSON documents as values."""
