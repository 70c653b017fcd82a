"""The page `edit`."""
