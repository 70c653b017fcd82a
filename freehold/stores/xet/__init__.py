"""Xorbs, shards, the chunk index and reconstruction."""
