"""The page `upload`."""
