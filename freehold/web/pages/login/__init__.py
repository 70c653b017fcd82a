"""The page `login`."""
