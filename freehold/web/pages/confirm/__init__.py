"""The page `confirm`."""
