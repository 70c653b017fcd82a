"""The Hub's JSON documents and its NDJSON commit as values; no input or output happens here."""
