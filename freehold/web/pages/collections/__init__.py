"""The page `collections`."""
