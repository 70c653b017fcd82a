"""The page `tokens`."""
