"""The page `device`."""
