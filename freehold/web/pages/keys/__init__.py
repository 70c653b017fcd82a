"""The page `keys`."""
