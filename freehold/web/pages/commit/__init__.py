"""The page `commit`."""
