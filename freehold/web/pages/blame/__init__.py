"""The page `blame`."""
