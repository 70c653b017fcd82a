"""The page `collect`."""
