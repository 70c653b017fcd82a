"""The page `reset`."""
