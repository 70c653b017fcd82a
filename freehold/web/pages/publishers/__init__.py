"""The page `publishers`."""
