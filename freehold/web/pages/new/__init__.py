"""The page `new`."""
