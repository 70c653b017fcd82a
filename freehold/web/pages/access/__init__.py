"""The page `access`."""
