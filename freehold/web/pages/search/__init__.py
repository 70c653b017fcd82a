"""The page `search`."""
