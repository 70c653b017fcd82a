"""Xet's hashes, chunks, xorbs and shards as values."""
