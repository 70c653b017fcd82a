"""The page `file`."""
