"""The page `ending`."""
